"""Log lines: one JSON object each, with the request they belong to, free of control characters."""

import logging

from pythonjsonlogger.orjson import OrjsonFormatter

from gal_dashboard.core import context


class RequestFilter(logging.Filter):
    """Adds the id of the request that a line was written in."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = context.request_id() or None
        return True


class JsonFormatter(OrjsonFormatter):
    """``{"at", "level", "logger", "message", "request_id"}`` and what was passed as ``extra``."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}{request_id}",
            style="{",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
            datefmt="%Y-%m-%dT%H:%M:%S%z",
        )
