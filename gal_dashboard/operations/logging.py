"""Log lines: one JSON object each, with the request they belong to.

Free of control characters and of keys of overlays, whoever wrote the line.
"""

import logging
import re
from datetime import UTC, datetime

from pythonjsonlogger.orjson import OrjsonFormatter

from gal_dashboard.core import context

# What JSON would leave as it is: a terminal, or whoever reads along, may take it for an order.
_UNSEEN = re.compile("[\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")


# Keys of overlays: what comes after /k/ in an address, and what looks like one anywhere.
_KEY = re.compile(r"(/k/)[^\s\"'/?#\\]+|\bov[kp]_[A-Za-z0-9_.:%-]+")


class RequestFilter(logging.Filter):
    """Adds the id of the request that a line was written in, and takes the request itself out.

    A line that is about another request brings that one's id itself.

    Django passes the request along with its warnings and faults. As text it is the whole address,
    and what clients put into a query string is not for the log.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = getattr(record, "request_id", "") or context.request_id() or None
        record.__dict__.pop("request", None)
        return True


class FaultFilter(logging.Filter):
    """Lets Django's words on a request pass only with the traceback of a fault.

    ``RequestMiddleware`` logs each answer once, with its status and the request's id.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        return bool(record.exc_info)


class JsonFormatter(OrjsonFormatter):
    """``{"at", "level", "logger", "message", "request_id"}`` and what was passed as ``extra``."""

    def __init__(self) -> None:
        super().__init__(
            "{asctime}{levelname}{name}{message}{request_id}",
            style="{",
            rename_fields={"asctime": "at", "levelname": "level", "name": "logger"},
        )

    def format(self, record: logging.LogRecord) -> str:
        line = _KEY.sub(lambda found: f"{found[1] or ''}[key]", super().format(record))
        return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", line)

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - logging's name
        at = datetime.fromtimestamp(record.created, UTC)
        return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}Z"
