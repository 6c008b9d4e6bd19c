"""Three things that a server's ``send`` cannot do for us.

Knows uvicorn, where ``send`` is a method of the protocol, and Daphne, where it is bound to it. With
another server nothing happens here, and the kernel's own patience decides.
"""

from collections.abc import Callable
from functools import partial
from typing import Any


def ready_writer(send: Any) -> Callable[[bytes], bool] | None:
    """How to write a whole WebSocket frame to the connection behind ``send``, if there is a way.

    It may say False, and has written nothing then: ``send`` knows what is to be done. A server that
    is given a text makes a frame of it anew for each of a thousand clients.
    """
    return getattr(_protocol(send), "write_ready", None)


def abort(send: Any) -> None:
    """End the connection behind ``send`` now, dropping what the client has not taken.

    ASGI can only ask a client to close, and one that does not read never hears it.
    """
    transport = getattr(_protocol(send), "transport", None)
    for name in ("abort", "abortConnection"):
        cut = getattr(transport, name, None)
        if callable(cut):
            cut()
            return


def close(send: Any, code: int) -> None:
    """Send a close frame with a code that Daphne's ``send`` refuses.

    Beneath it, autobahn takes no code below 3000 from an application, though 1009 and 1012 are what
    servers have to say.
    """
    send_close_frame = getattr(_protocol(send), "sendCloseFrame", None)
    if callable(send_close_frame):
        send_close_frame(code=code)


def _protocol(send: Any) -> Any:
    if isinstance(send, partial) and send.args:
        return send.args[0]
    return getattr(send, "__self__", None)
