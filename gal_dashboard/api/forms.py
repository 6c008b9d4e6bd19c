"""Forms: what a body must look like."""

import copy
from typing import Any

from rest_framework import serializers


class Form(serializers.Serializer):
    """A serializer that reads bodies only, as one is made for every request with a body.

    DRF makes each declared field anew for each of them, with its messages and validators: a tenth
    of what a save costs. Here a field is a shallow copy, which shares those. They are never changed
    once a field is made; what it learns from its form (name, parent) is the copy's own.
    """

    def get_fields(self) -> dict[str, Any]:
        declared = self._declared_fields
        return {name: _of_this_form(field) for name, field in declared.items()}


def _of_this_form(field: Any) -> Any:
    # a field with fields of its own would share them, and they know their parent
    is_flat = not isinstance(field, serializers.BaseSerializer) and not hasattr(field, "child")
    return copy.copy(field) if is_flat else copy.deepcopy(field)
