"""Cutting a line. ASGI can only ask a client to close; one that does not read never hears it."""

from functools import partial
from typing import Any


def abort(send: Any) -> None:
    """End the connection behind an ASGI ``send`` now, dropping what it has not taken.

    Knows uvicorn, where ``send`` is a method of the protocol, and Daphne, where it is bound to it.
    With another server nothing happens, and the kernel's own patience decides.
    """
    protocol = send.args[0] if isinstance(send, partial) and send.args else None
    transport = getattr(protocol or getattr(send, "__self__", None), "transport", None)
    for name in ("abort", "abortConnection"):
        cut = getattr(transport, name, None)
        if callable(cut):
            cut()
            return
