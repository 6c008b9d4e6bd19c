"""A dashboard in a process of its own, which can be stopped as a laptop is that is shut.

Reads requests from its input, one JSON array ``[method, path, body]`` a line, sends each and writes
``[status, body]`` to its output: ``python -m tests.graphics.holder URL TOKEN``.
"""

import json
import signal
import subprocess
import sys
from typing import Any, Self

import httpx

from tests.support.api import Api
from tests.support.databases import ROOT


class Holder:
    """The far end: ``send`` gives it a request, also while it is stopped; ``answer`` waits."""

    def __init__(self, client: Api) -> None:
        token = client.tokens["access_token"]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.graphics.holder", client.server.http_url, token],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def send(self, method: str, path: str, body: Any = None) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps([method, path, body]) + "\n")
        self._process.stdin.flush()

    def answer(self) -> tuple[int, Any]:
        assert self._process.stdout is not None
        status, body = json.loads(self._process.stdout.readline())
        return status, body

    def ask(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        self.send(method, path, body)
        return self.answer()

    def stop(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def wake_up(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.wake_up()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(timeout=10)


def main(url: str, token: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=url, headers=headers, timeout=30, verify=False) as client:  # noqa: S501 - plain HTTP
        for line in sys.stdin:
            method, path, body = json.loads(line)
            answer = client.request(method, f"/api/v1{path}", json=body)
            sys.stdout.write(json.dumps([answer.status_code, answer.json()]) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
