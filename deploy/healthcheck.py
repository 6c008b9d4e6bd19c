"""Whether the server on this machine answers: exit code 0 or 1.

It answers under its own names only, so it is asked under the first of ``ALLOWED_HOSTS``. Where that
is not known here, a refusal of the name is an answer, too.
"""

import http
import os
import sys
import urllib.error
import urllib.request

URL = f"http://127.0.0.1:{os.environ.get('PORT', '8000')}/health"
NAME = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")


def is_healthy() -> bool:
    request = urllib.request.Request(URL, headers={"Host": NAME})
    try:
        urllib.request.urlopen(request, timeout=2).close()  # noqa: S310 - the same
    except urllib.error.HTTPError as refusal:
        return refusal.code == http.HTTPStatus.BAD_REQUEST
    except OSError:
        return False
    return True


if __name__ == "__main__":
    sys.exit(not is_healthy())
