"""The one form of every refusal."""

import re
from typing import Any

import httpx

_CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*\Z")


def refusal(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """The body of ``answer``, which must be a refusal of ``status`` in the one form."""
    seen = f"{answer.request}: {answer.status_code} {answer.content[:300]!r}"
    assert answer.status_code == status, seen
    assert answer.headers["Content-Type"] == "application/json", seen
    body = answer.json()
    assert isinstance(body["detail"], str), seen
    assert body["detail"], seen
    assert _CODE.match(body["code"]), seen
    assert body["request_id"] == answer.headers["X-Request-ID"], seen
    if code is not None:
        assert body["code"] == code, seen
    return body


def fault_of(answer: httpx.Response, status: int, code: str | None = None) -> str | None:
    """What is wrong with a refusal, for tests that go on to find all that is wrong."""
    try:
        refusal(answer, status, code)
    except (AssertionError, KeyError, ValueError) as error:
        return f"{type(error).__name__}: {error}".partition("\n")[0]
    return None
