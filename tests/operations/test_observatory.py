"""What the headers of every kind of answer are worth, with the settings of production."""

import re
from collections.abc import Iterator

import httpx
import pytest

from tests.operations.observatory import modifiers, policy_of, score
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.server import RunningServer

BY_HTTPS = {"X-Forwarded-Proto": "https", "Origin": "https://somewhere-else.example"}
API = ["/", "/health", "/health/ready", "/api/v1/graphics", "/openapi.json", "/nowhere", "/a//b"]
PAGES = ["/docs", "/redoc", "/static/operations/swagger.js", "/static/nothing"]
ADMIN = ["/admin/login/", "/admin/", "/admin/graphics/graphic/", "/admin/nowhere/"]
OVERLAY = ["/overlay/1", "/overlay/k/nobody", "/canvas/view/1"]
VIEW = "/api/v1/graphics/{}/view"  # from ready bytes the second time
# With the numbers of versions that would tell which faults to try.
SOFTWARE = re.compile(r"(?:django|daphne|uvicorn|python|servestatic|postgres\w*)[/ ]v?\d", re.I)


def https_origin(server: RunningServer) -> str:
    return f"https://127.0.0.1:{server.port}"


def returned_cookies(answer: httpx.Response) -> dict[str, str]:
    """The proxy speaks HTTPS with browsers, so they send Secure cookies; a client that talks to
    the server itself would not."""
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in answer.cookies.items())}


@pytest.fixture(scope="module")
def on_air(
    databases: dict[str, Databases], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    running = RunningServer(
        database_url=databases["sqlite"].new(),
        log=tmp_path_factory.mktemp("on-air") / "log",
        environment={"APP_ENV": "production", "TRUSTED_PROXIES": "1", "RATE_LIMITS": "on"},
    )
    yield running.start()
    running.close()


@pytest.fixture(scope="module")
def crew(on_air: RunningServer) -> Iterator[Api]:
    """Somebody who is signed in, and comes through a proxy that speaks HTTPS."""
    with Api(on_air, headers=BY_HTTPS) as client:
        yield client.login()


@pytest.fixture(scope="module")
def stranger(on_air: RunningServer) -> Iterator[Api]:
    with Api(on_air, headers=BY_HTTPS) as client:
        yield client


@pytest.mark.parametrize("path", [*API, *PAGES, *ADMIN, *OVERLAY])
def test_every_kind_of_answer_is_worth_100_or_more(path: str, crew: Api, stranger: Api):
    for client in (crew, stranger):
        answer = client.get(path)

        assert score(answer) >= 100, (answer.status_code, modifiers(answer))
        assert modifiers(answer)["strict_transport_security"] == 0


def test_ready_bytes_are_worth_as_much(crew: Api, stranger: Api):
    graphic_id = crew.new_graphic()["id"]

    for _ in range(3):
        answer = stranger.get(VIEW.format(graphic_id))
        assert answer.status_code == 200
        assert score(answer) >= 100, modifiers(answer)


def test_what_a_signed_in_person_of_the_admin_gets_is_worth_100(on_air: RunningServer):
    made = on_air.manage("first_start")
    password = re.search(r"admin / (\S+)", made.stdout)
    assert password is not None
    with Api(on_air, headers=BY_HTTPS | {"Origin": https_origin(on_air)}) as person:
        page = person.get("/admin/login/")
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token is not None
        fields = {"username": "admin", "password": password[1], "csrfmiddlewaretoken": token[1]}
        referer = {"Referer": f"{https_origin(on_air)}/admin/login/"}
        signed_in = person.post(
            "/admin/login/", data=fields, headers=referer | returned_cookies(page)
        )
        home = person.get("/admin/", headers=returned_cookies(signed_in))

    assert signed_in.status_code == 302
    assert home.status_code == 200
    assert score(signed_in) >= 100, modifiers(signed_in)
    assert score(home) >= 100, modifiers(home)


def test_each_kind_of_page_has_its_own_policy(stranger: Api):
    """Which may do what: an answer of the API nothing, a page only what it does."""
    policies = {
        path: policy_of(stranger.get(path)) for path in ("/health", "/admin/login/", "/overlay/1")
    }

    assert set(policies["/health"]) == {"default-src", "base-uri", "form-action", "frame-ancestors"}
    assert policies["/admin/login/"]["form-action"] == {"'self'"}
    assert policies["/admin/login/"]["frame-ancestors"] == {"'none'"}
    assert policies["/overlay/1"]["form-action"] == {"'none'"}
    assert "'self'" in policies["/overlay/1"]["frame-ancestors"]


@pytest.mark.parametrize("path", [*API, "/docs", *ADMIN, *OVERLAY])
def test_no_other_page_gets_a_hand_on_ours(path: str, stranger: Api):
    assert stranger.get(path).headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", [*API, *PAGES, *ADMIN, *OVERLAY])
def test_nobody_is_told_what_the_server_is_made_of(path: str, stranger: Api):
    answer = stranger.get(path)

    assert not {"server", "x-powered-by", "via"} & set(answer.headers)
    assert not SOFTWARE.search(str(answer.headers))
    if not path.startswith("/static/"):  # a library's own file may name itself
        assert not SOFTWARE.search(answer.text)


def test_by_plain_http_no_promise_of_https_is_made(on_air: RunningServer):
    with Api(on_air) as client:
        for path in ("/health", "/overlay/1"):
            assert "Strict-Transport-Security" not in client.get(path).headers


def test_the_model_finds_what_is_wrong():
    bare = httpx.Response(
        200,
        headers=[
            ("Content-Type", "text/html"),
            ("Set-Cookie", "sessionid=1"),
            ("Access-Control-Allow-Origin", BY_HTTPS["Origin"]),
            ("Access-Control-Allow-Credentials", "true"),
            ("Referrer-Policy", "unsafe-url"),
        ],
        text='<script src="//cdn.example/x.js"></script>',
        request=httpx.Request("GET", "https://overlay.example.org/", headers=BY_HTTPS),
    )

    assert score(bare) == 0
    assert modifiers(bare) == {
        "content_security_policy": -25,
        "cookies": -40,
        "cross_origin_sharing": -50,
        "referrer_policy": -5,
        "strict_transport_security": -20,
        "subresource_integrity": -50,
        "content_type_options": -5,
        "frame_options": -20,
        "cross_origin_resource_policy": 0,
    }
