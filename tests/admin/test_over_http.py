"""The admin at a real server, on both engines: through the gate, with cookies and tokens."""

from collections.abc import Iterator

import httpx
import pytest

from tests.admin.over_http import Desk, new_superuser
from tests.support.api import Api
from tests.support.server import RunningServer
from tests.support.threads import at_once

ADD = "/admin/graphics/graphic/add/"


@pytest.fixture(scope="module")
def account(server: RunningServer) -> str:
    return new_superuser(server)


@pytest.fixture
def desk(server: RunningServer, account: str) -> Iterator[Desk]:
    with Desk(server) as browser:
        yield browser.sign_in(account)


def page_of(graphic: dict) -> str:
    return f"/admin/graphics/graphic/{graphic['id']}/change/"


def test_a_save_in_the_admin_is_what_the_public_view_shows(desk: Desk, api: Api, stranger: Api):
    graphic = api.new_graphic(data_json={"elements": []})

    answer = desk.edit(page_of(graphic), title="Scores", document='{"z": 1.0, "a": 2}')

    assert answer.url.path == "/admin/graphics/graphic/"
    view = stranger.get(f"/api/v1/graphics/{graphic['id']}/view")
    assert view.text.find('"data_json":{"z":1.0,"a":2}') > 0
    assert (view.json()["title"], view.json()["version"]) == ("Scores", 2)


def test_a_refused_document_leaves_the_graphic_as_it_was(desk: Desk, api: Api):
    graphic = api.new_graphic(data_json={"elements": []})

    answer = desk.edit(page_of(graphic), document='{"a": "\\ud800"}')

    assert answer.status_code == httpx.codes.OK
    assert "This is not valid JSON" in answer.text
    assert api.get(f"/api/v1/graphics/{graphic['id']}").json()["version"] == 1


def test_of_savers_at_the_same_moment_one_wins_and_the_others_are_told(
    server: RunningServer, account: str, desk: Desk, api: Api
):
    graphic = api.new_graphic()
    desks = [Desk(server).sign_in(account) for _ in range(4)]
    forms = []
    for number, one in enumerate(desks):
        one.take(page_of(graphic))
        forms.append(one.fill(page_of(graphic), "title", title=f"By desk {number}"))
        # all but the last lose the lock while they type
        if one is not desks[-1]:
            assert api.delete(f"/api/v1/lock/{graphic['id']}?force=true").is_success

    answers = at_once(
        [
            lambda one=one, form=form: one.post(page_of(graphic), data=form)
            for one, form in zip(desks, forms, strict=True)
        ]
    )

    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 302]
    refusals = ("is editing this graphic until", "Your lock has ended")
    for answer in answers:
        assert answer.is_redirect or any(words in answer.text for words in refusals)
    assert api.get(f"/api/v1/graphics/{graphic['id']}").json()["version"] == 2
    for one in desks:
        one.close()


def test_a_document_may_be_large_and_not_too_large(desk: Desk, api: Api):
    graphic = api.new_graphic()
    picture = "A" * 4_000_000

    fits = desk.edit(page_of(graphic), document=f'{{"picture": "{picture}"}}')
    too_large = desk.edit(page_of(graphic), document=f'{{"x": "{picture * 7}"}}')

    assert fits.status_code == httpx.codes.OK
    assert too_large.status_code == httpx.codes.REQUEST_ENTITY_TOO_LARGE
    assert api.get(f"/api/v1/graphics/{graphic['id']}").json()["version"] == 2


def test_the_admin_answers_with_and_without_the_last_slash(desk: Desk):
    for path in ("/admin", "/admin/", "/admin/graphics/graphic", "/admin/graphics/graphic/"):
        answer = desk.get(path, follow_redirects=True)
        assert answer.status_code == httpx.codes.OK, path
        assert answer.url.path.endswith("/"), path


def test_the_files_of_the_admin_are_served(desk: Desk):
    page = desk.get(ADD).text
    names = ["core/admin.css", "core/json_editor.js", "core/shield.svg", "admin/css/base.css"]

    desk_names = [name for name in names if f"/static/{name}" not in page]

    assert desk_names == []
    for name in names:
        assert desk.get(f"/static/{name}").status_code == httpx.codes.OK, name


def test_the_cookies_stay_out_of_reach_of_scripts(server: RunningServer, account: str):
    with Desk(server) as browser:
        browser.sign_in(account)
        cookies = list(browser.cookies.jar)

    assert {cookie.name for cookie in cookies} == {"sessionid", "csrftoken"}
    for cookie in cookies:
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name
        assert cookie.get_nonstandard_attr("SameSite") == "Lax", cookie.name


def test_a_form_without_its_token_says_that_it_expired(desk: Desk, api: Api):
    graphic = api.new_graphic()
    desk.take(page_of(graphic))
    values = desk.fill(page_of(graphic), "title", title="x") | {"csrfmiddlewaretoken": "wrong"}

    answer = desk.post(page_of(graphic), data=values)

    assert answer.status_code == httpx.codes.FORBIDDEN
    assert "This form has expired" in answer.text
    assert "style-src 'self'" in answer.headers["Content-Security-Policy"]
