"""A service's no, shown where the person who asked is looking: at the form and its fields."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, TypeVar, cast

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpResponseBase

from gal_dashboard.core.errors import DomainError, ErrorKind, InvalidFieldsError

# The path of a row's field in a formset: its form's prefix, a dot, the field.
_ROW_PATH = re.compile(r"(?P<prefix>[a-z_]+-[0-9]+)\.(?P<field>.*)\Z", re.DOTALL)

ResponseType = TypeVar("ResponseType", bound=HttpResponseBase)
FormClass = TypeVar("FormClass", bound="type[forms.BaseForm]")


class ChangedMeanwhileError(DomainError):
    """Raised for a save of a form that shows what is no longer so."""

    kind = ErrorKind.STALE
    code = "changed_meanwhile"
    message = (
        "{who} changed this at {when}, while you were editing, so nothing of yours was saved. "
        "Open the page anew to see what changed, then enter your changes again."
    )


class Refusal:
    """Sentences by the path of a field; the empty path means the form as a whole."""

    def __init__(self, cause: DomainError | ValidationError, aliases: Mapping[str, str]) -> None:
        self._aliases = aliases
        if isinstance(cause, InvalidFieldsError):
            self.sentences = dict(cause.errors)
        elif isinstance(cause, ValidationError) and hasattr(cause, "error_dict"):
            self.sentences = dict(cause.message_dict)
        else:
            self.sentences = {"": _messages(cause)}

    def __str__(self) -> str:
        return " ".join(sentence for group in self.sentences.values() for sentence in group)

    def add_to(self, form: forms.BaseForm) -> None:
        """Add what concerns ``form``: a row its own fields, the main form all the rest."""
        for path, sentences in self.sentences.items():
            row = _ROW_PATH.match(path)
            if row is None and form.prefix is None:
                self._add(form, path, sentences)
            elif row is not None and row["prefix"] == form.prefix:
                self._add(form, row["field"], sentences)
            elif row is not None and form.prefix is None:
                # so that the whole is not valid even if no row of that name is left
                self._add(form, "", ["Some rows below are not valid."])

    def _add(self, form: forms.BaseForm, path: str, sentences: list[str]) -> None:
        head = path.partition(".")[0]
        for name in (self._aliases.get(head, head), head.removesuffix("_id")):
            if name in form.fields:
                form.add_error(name, list(sentences))
                return
        known = form.non_field_errors()
        where = f"{path}: " if path not in {"", NON_FIELD_ERRORS} else ""
        new = [f"{where}{sentence}" for sentence in sentences if f"{where}{sentence}" not in known]
        form.add_error(None, new)


def with_status_of_refusal(response: ResponseType) -> ResponseType:
    """A page whose form notes in ``refused`` that a part is away answers as the API does: 503."""
    form = (getattr(response, "context_data", None) or {}).get("form")
    refused = getattr(form, "refused", None)
    if isinstance(refused, DomainError) and refused.kind == ErrorKind.UNAVAILABLE:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        response.headers["Retry-After"] = str(refused.facts.get("retry_after", 1))
    return response


def with_refusal(form_class: FormClass, refusal: Refusal) -> FormClass:
    """``form_class`` that finds in its data what the service found."""

    def clean(form: forms.BaseForm) -> Any:
        cleaned = form_class.clean(form)
        refusal.add_to(form)
        return cleaned

    made: Any = type(form_class)
    return cast("FormClass", made(form_class.__name__, (form_class,), {"clean": clean}))


def _messages(cause: DomainError | ValidationError) -> list[str]:
    return list(cause.messages) if isinstance(cause, ValidationError) else [str(cause)]
