import pytest

from gal_dashboard.realtime.cursors import Cursor
from gal_dashboard.realtime.handshake import Handshake
from gal_dashboard.realtime.origins import is_welcome


def handshake(
    *, query: str = "", graphic_id: str = "1", headers: list[tuple[bytes, bytes]] | None = None
) -> Handshake:
    return Handshake(
        {
            "query_string": query.encode("latin-1"),
            "url_route": {"args": (), "kwargs": {"graphic_id": graphic_id}},
            "headers": headers or [],
            "client": ["192.0.2.1", 4711],
        }
    )


@pytest.mark.parametrize(
    ("query", "cursor"),
    [
        ("after=0&epoch=e", Cursor(0, "e")),
        ("epoch=e-1_x&after=9223372036854775807", Cursor(2**63 - 1, "e-1_x")),
        ("", None),
        ("after=5", None),
        ("epoch=e", None),
        ("after=&epoch=e", None),
        ("after=-1&epoch=e", None),
        ("after=+1&epoch=e", None),
        ("after=1.0&epoch=e", None),
        ("after=01&epoch=e", None),
        ("after=1_0&epoch=e", None),
        ("after=%D9%A3&epoch=e", None),
        ("after=1%0A&epoch=e", None),
        ("after=9223372036854775808&epoch=e", None),
        ("after=1&after=2&epoch=e", None),
        ("after=1&epoch=e&epoch=f", None),
        ("after=null&epoch=e", None),
        ("\xff\xfe&after", None),
    ],
)
def test_cursor_is_read_strictly(query: str, cursor: Cursor | None):
    assert handshake(query=query).cursor == cursor


@pytest.mark.parametrize(
    ("text", "graphic_id"),
    [
        ("1", 1),
        ("9223372036854775807", 2**63 - 1),
        ("9223372036854775808", None),
        ("0", None),
        ("01", None),
        ("-1", None),
        ("+1", None),
        ("1\n", None),
        ("٣", None),
        ("1_0", None),
        ("", None),
        ("board", None),
        ("9" * 5000, None),
    ],
)
def test_graphic_is_named_by_ascii_digits(text: str, graphic_id: int | None):
    assert handshake(graphic_id=text).graphic_id == graphic_id


@pytest.mark.parametrize(
    ("values", "bearer"),
    [
        ([], None),
        (["Bearer abc"], "abc"),
        (["bearer  abc "], "abc"),
        (["Bearer"], None),
        (["Bearer "], None),
        (["Basic abc"], None),
        (["Bearer abc", "Bearer def"], None),
    ],
)
def test_bearer_is_read_from_one_header(values: list[str], bearer: str | None):
    headers = [(b"Authorization", value.encode()) for value in values]

    assert handshake(headers=headers).bearer == bearer


@pytest.mark.parametrize(
    ("query", "ticket"), [("ticket=abc", "abc"), ("", None), ("ticket=a&ticket=b", None)]
)
def test_ticket_is_read_from_the_query(query: str, ticket: str | None):
    assert handshake(query=query).ticket == ticket


def test_household_is_read_from_the_proxies_that_are_trusted(settings):
    headers = [(b"x-forwarded-for", b"6.6.6.6"), (b"X-Forwarded-For", b"203.0.113.7")]

    settings.TRUSTED_PROXIES = 0
    assert handshake(headers=headers).household == "192.0.2.1"
    settings.TRUSTED_PROXIES = 1
    assert handshake(headers=headers).household == "203.0.113.7"


@pytest.mark.parametrize(
    ("setting", "origin", "welcome"),
    [
        (["*"], None, True),
        (["*"], "null", True),
        (["*"], "https://anywhere.example", True),
        (["https://show.example"], None, True),
        (["https://show.example"], "https://show.example", True),
        (["https://show.example"], "http://dash.example", True),
        (["https://show.example"], "https://anywhere.example", False),
        (["https://show.example"], "null", False),
        (["https://show.example", "null"], "null", True),
        ([], "https://anywhere.example", False),
    ],
)
def test_overlays_are_open_to_every_page_unless_set_otherwise(
    settings, setting: list[str], origin: str | None, welcome: bool
):
    settings.OVERLAY_ORIGINS, settings.ALLOWED_HOSTS = setting, ["dash.example"]
    headers = [(b"host", b"dash.example")]
    if origin is not None:
        headers.append((b"origin", origin.encode()))

    assert handshake(headers=headers).may_be_overlay is welcome


@pytest.mark.parametrize(
    ("origins", "host", "welcome"),
    [
        ([], "dash.example", True),
        (["https://crew.example"], "dash.example", True),
        (["https://crew.example:8443"], "dash.example", False),
        (["http://crew.example"], "dash.example", False),
        (["https://evil.example"], "dash.example", False),
        (["https://dash.example"], "dash.example", True),
        (["http://dash.example"], "dash.example", True),
        (["https://DASH.example"], "Dash.Example", True),
        (["https://dash.example:9000"], "dash.example", False),
        (["http://dash.example:9000"], "dash.example:9000", True),
        (["http://rebound.example"], "rebound.example", False),
        (["http://[::1]:8000"], "[::1]:8000", True),
        (["null"], "dash.example", False),
        (["ftp://dash.example"], "dash.example", False),
        (["https://dash.example/"], "dash.example", False),
        (["https://crew.example.evil.example"], "dash.example", False),
        (["https://crew.example", "https://crew.example"], "dash.example", False),
        (["https://"], "", False),
        ([""], "", False),
    ],
)
def test_origin_of_a_staff_socket(origins: list[str], host: str, welcome: bool):
    assert (
        is_welcome(
            origins=origins,
            host=host,
            known_origins=["https://crew.example"],
            allowed_hosts=["dash.example", "[::1]"],
        )
        is welcome
    )
