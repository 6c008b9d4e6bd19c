"""Files that pages are made of, and nothing beside them."""

import pytest

from tests.api.refusals import refusal

FILE = "/static/operations/swagger.js"


def test_a_file_is_asked_for_again_and_mostly_has_not_changed(stranger):
    first = stranger.get(FILE)
    again = stranger.get(FILE, headers={"If-None-Match": first.headers["ETag"]})
    head = stranger.head(FILE)

    assert first.headers["Content-Type"].startswith("text/javascript")
    assert "max-age=60" in first.headers["Cache-Control"]
    assert (again.status_code, again.content) == (304, b"")
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(first.content))


@pytest.mark.parametrize(
    "path",
    [
        "/static/../manage.py", "/static/%2e%2e/manage.py", "/static/..%2fmanage.py",
        "/static/operations/../../../../manage.py", "/static//etc/passwd", "/static/.env.local",
        "/static/operations", "/static/operations/", "/static/operations/swagger.js/",
        "/static/%00",
    ],
)  # fmt: skip
def test_nothing_else_is_a_file(path, stranger):
    refusal(stranger.get(path), 404, "not_found")


def test_a_file_cannot_be_written(stranger):
    for method in ("POST", "PUT", "DELETE"):
        refusal(stranger.request(method, FILE), 404, "not_found")
