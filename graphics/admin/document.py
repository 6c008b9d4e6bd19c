"""The canvas document as staff edit it: indented, and with faults at their lines."""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from django import forms
from django.core.exceptions import ValidationError

from gal_dashboard.core import ijson
from gal_dashboard.core.admin import MonospaceTextarea
from gal_dashboard.core.errors import InvalidFieldsError
from gal_dashboard.core.wire import dumps

# What comes before a path in the document where a service names a field.
PREFIX: Final = "data_json."
MOST_FAULTS: Final = 20


class DocumentField(forms.CharField):
    """Shows a canvas document indented; takes any text that passes the I-JSON gate."""

    widget = MonospaceTextarea({"data-json-editor": "object"})

    def prepare_value(self, value: Any) -> Any:
        """What is no JSON goes back as it was typed, so that the error's line can be found."""
        try:
            return indented(value)
        except (ijson.IJSONError, AttributeError, UnicodeEncodeError):
            return value

    def to_python(self, value: Any) -> str:
        text: str = super().to_python(value) or ""
        if not text:
            return text
        try:
            document = ijson.loads(text.encode())
        except ijson.IJSONError as error:
            raise ValidationError(str(error), code="ijson") from None
        if not isinstance(document, dict):
            raise ValidationError("The document must be a JSON object: { ... }.", code="object")
        return dumps(document).decode()

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return initial != self.to_python(data)
        except ValidationError:
            return True


def indented(document: str) -> str:
    """Raises ``IJSONError`` for what is no JSON."""
    return orjson.dumps(ijson.loads(document.encode()), option=orjson.OPT_INDENT_2).decode()


def with_lines(refused: InvalidFieldsError, document: str) -> InvalidFieldsError:
    """The same refusal, but faults of ``document`` say the line that ``indented`` shows them at."""
    root = orjson.loads(document)
    errors: dict[str, list[str]] = {}
    located: list[str] = []
    for path, sentences in refused.errors.items():
        if path.startswith(PREFIX):
            inner = path.removeprefix(PREFIX)
            if len(located) < MOST_FAULTS:
                line = line_of(root, inner)
                located += [f"Line {line}, {inner}: {sentence}" for sentence in sentences]
        else:
            errors[path] = sentences
    if located:
        count = sum(path.startswith(PREFIX) for path in refused.errors)
        more = [f"And {count - MOST_FAULTS} more faults."] if count > MOST_FAULTS else []
        errors["data_json"] = [*located, *more]
    return InvalidFieldsError(errors)


def line_of(root: Any, path: str) -> int:
    """The line of ``elements.3.color`` in the indented document; of its parent if it is absent."""
    line, node = 1, root
    for part in path.split("."):
        step = _step(node, part)
        if step is None:
            break
        before, node = step
        line += 1 + before
    return line


def _step(node: Any, part: str) -> tuple[int, Any] | None:
    """How many lines of ``node`` stand before its member ``part``, and that member."""
    if isinstance(node, Mapping):
        members = list(node.items())
    elif isinstance(node, list):
        members = [(str(index), child) for index, child in enumerate(node)]
    else:
        return None
    before = 0
    for name, child in members:
        if name == part:
            return before, child
        before += _lines(child)
    return None


def _lines(node: Any) -> int:
    if not isinstance(node, dict | list) or not node:
        return 1
    children = node.values() if isinstance(node, dict) else node
    return 2 + sum(map(_lines, children))
