"""JSON out: the one writer for answers, frames and stored documents."""

from typing import Any, Final, TypeVar, cast

import msgspec
import orjson
from django.utils.functional import Promise

# What is larger is fetched by REST: a frame must not hold up all others of its stream.
LARGEST_IN_FRAME: Final = 64 * 1024

Form = TypeVar("Form")


def dumps(value: Any) -> bytes:
    """JSON of ``value``; times are ISO 8601 with Z, ``orjson.Fragment`` goes out as it is.

    Structs, which declare the forms of frames, may stand anywhere in it.
    """
    return orjson.dumps(value, default=_default, option=orjson.OPT_UTC_Z)


def ready(form: type[Form], text: str) -> Form:
    """JSON text that has this form already, for a member of a struct.

    It goes out as it stands: nothing of it is parsed or can be read here.
    """
    return cast("Form", msgspec.Raw(text))


def fits_in_frame(document: str) -> bool:
    """Whether JSON text may travel inside a frame: at most 64 KiB of UTF-8."""
    return len(document) <= LARGEST_IN_FRAME and len(document.encode()) <= LARGEST_IN_FRAME


def _default(value: Any) -> Any:
    if isinstance(value, msgspec.Struct):
        return orjson.Fragment(_structs.encode(value))
    return _spoken(value)


def _spoken(value: Any) -> str:
    if isinstance(value, Promise):  # texts that Django translates when they are shown
        return str(value)
    raise TypeError(f"{type(value).__name__} has no form on the wire")


_structs: Final = msgspec.json.Encoder(enc_hook=_spoken)
