"""I-JSON in."""

from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from gal_dashboard.core import ijson


class IJSONParser(BaseParser):
    """Reads a body that every database, browser and writer can carry; see ``core.ijson``."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        body = stream.read()
        if not body.strip():
            return {}
        try:
            return ijson.loads(body)
        except ijson.IJSONError as error:
            raise ParseError(str(error), code="malformed_json") from None
