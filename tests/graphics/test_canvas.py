"""The canvas validator by itself: what it refuses, and what it lets through."""

import json
import re
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gal_dashboard.core.ijson import MAX_INTEGER
from graphics import canvas
from tests.graphics.hostile_values import DRAWN_AS_TEXT, REFUSED, TEXT, background, element

OVERLAY = Path("graphics/static/graphics/overlay")
DEMO = Path("graphics/demo")
ALL_KEYS = sorted(canvas.ELEMENT_CHECKS)

scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["", "NaN", "1", "#fff", "text", "total", "left", "data:image/png;base64,"])
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=4,
)
types = st.sampled_from([*sorted(canvas.TYPES), "image"])
elements = st.builds(
    lambda kind, fields: {"type": kind, **fields},
    types,
    st.dictionaries(st.sampled_from([*ALL_KEYS, "type"]), values, max_size=5),
)
backgrounds = values | st.dictionaries(st.sampled_from(["imageUrl", "width", "height"]), values)
documents = st.dictionaries(st.text(max_size=8), values, max_size=2) | st.fixed_dictionaries(
    {"background": backgrounds, "elements": st.lists(elements | values, max_size=3) | values}
)


@pytest.mark.parametrize(("document", "path"), REFUSED.values(), ids=REFUSED)
def test_what_could_hurt_an_overlay_is_refused_where_it_stands(document, path):
    found = canvas.faults(document)

    assert list(found) == [path]
    assert all(re.match(r"[A-Z][^\n]*\.\Z", sentence) for sentence in found[path])


@pytest.mark.parametrize("text", DRAWN_AS_TEXT.values(), ids=DRAWN_AS_TEXT)
def test_a_text_may_say_anything(text):
    assert canvas.faults(element(content=text)) == {}


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "/static/graphics/demo/standings-board.svg",
        "/media/a%20b.png?size=2&v=1",
        "https://example.org/x.png",
        "http://192.168.0.7:8080/x.png#top",
        "https://example.org:8443/a/b/../x.webp",
        "HTTPS://EXAMPLE.ORG/X.PNG",
        "https://[2001:db8::1]/x.png",
        "https://bücher.example/ä.png",
        *(f"data:image/{kind};base64,iVBORw0KGgo=" for kind in ("png", "jpeg", "gif")),
        *(f"data:image/{kind};base64,iVBORw0KGg" for kind in ("webp", "avif")),
    ],
)
def test_pictures_of_the_web_of_this_server_and_inline_are_fine(url):
    assert canvas.faults(background(url)) == {}


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://cdn.example/x.png", True),
        ("https://CDN.example:8443/x.png", True),
        ("/static/x.png", True),
        ("data:image/png;base64,AAAA", True),
        ("https://cdn.example.evil.example/x.png", False),
        ("https://evil.example/cdn.example", False),
        ("https://evil.example?cdn.example", False),
        ("https://evil.example#@cdn.example", False),
        ("https://cdn.example./x.png", False),
        ("https://cdn%2eexample/x.png", False),
        ("https://cdn\u3002example/x.png", False),
    ],
)
def test_where_hosts_are_listed_pictures_come_from_those_alone(url, is_allowed):
    found = canvas.faults(background(url), image_hosts={"cdn.example"})

    assert list(found) == ([] if is_allowed else ["background.imageUrl"])


@pytest.mark.parametrize(
    "colour",
    ["", "#fff", "#FFFA", "#f3cf86", "#f3cf86cc", "gold", "transparent", "currentColor",
     "rgb(243, 207, 134)", "rgba(0,0,0,.5)", "rgb(0 0 0 / 50%)", "hsl(210, 40%, 98%)"],
)  # fmt: skip
def test_plain_colours_are_fine(colour):
    assert canvas.faults(element(color=colour)) == {}


@pytest.mark.parametrize(
    "font",
    ["", "Arial", "Sofia Sans Condensed", '"Segoe UI", Arial, sans-serif', "'M PLUS 1p'",
     "-apple-system, BlinkMacSystemFont, sans-serif", "__Inter_d65c78, __Inter_Fallback_d65c78",
     "ヒラギノ角ゴ Pro W3", "Noto Sans KR"],
)  # fmt: skip
def test_names_of_fonts_are_fine(font):
    assert canvas.faults(element(fontFamily=font)) == {}


@pytest.mark.parametrize(
    ("key", "number"),
    [("x", 0), ("x", -20_000), ("y", 20_000.0), ("x", "12"), ("x", "-12.5"), ("y", "+.5"),
     ("fontSize", 1), ("fontSize", 1000), ("opacity", 0), ("opacity", 1), ("previewCount", 0),
     ("spacing", -56), ("letterSpacing", 0.5), ("fontWeight", 650)],
)  # fmt: skip
def test_numbers_within_reason_are_fine(key, number):
    assert canvas.faults(element(**{key: number})) == {}


@pytest.mark.parametrize(
    ("key", "bound"),
    [("rows", "9-16"), ("rows", "5"), ("rows", "9-"), ("rows", "7-7"), ("rows", "1-9999"),
     ("rows", 9999), ("rows", ""), ("rows", None), ("stage", 1), ("stage", "2"),
     ("roundId", "last"), ("roundId", "round_12"), ("orderBy", "seat"),
     ("value", "points_to_cut"), ("bind", "standings.cut")],
)  # fmt: skip
def test_what_elements_may_be_bound_to_is_fine(key, bound):
    assert canvas.faults(element(**{key: bound})) == {}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Two\nlines\tand a tab\r\n",
        "ÄÖÜ ß ñ 漢字 한글 🏆👩‍👧",
        "مرحبا بالعالم",
        "a\u200eb",
        7,
        7.5,
    ],
)
def test_texts_of_all_scripts_are_fine(text):
    assert canvas.faults(element(content=text)) == {}


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"participants": [], "rounds": []},
        {"background": None, "elements": []},
        {"elements": [{}]},
        {
            "elements": [
                {"type": "image", "src": "javascript:alert(1)", "color": "x;y", "x": "left"}
            ]
        },
        {"elements": [{"type": ["text"], "x": "left"}, {"type": None, "content": 1e308}]},
        {"elements": [{"type": "text"}, {"type": "text"}]},
        {"elements": [{"type": "text", "id": None}, {"type": "text", "id": None}]},
        {"elements": [{**TEXT, "notes": {"color": "x;y"}, "onclick": "alert(1)"}]},
        {"background": {"imageUrl": None, "color": "x;y"}, "elements": []},
        {"elements": [dict.fromkeys(ALL_KEYS) | {"type": "scores"}]},
        {"elements": [{"id": str(number), "type": "text"} for number in range(500)]},
    ],
)
def test_what_it_does_not_know_it_leaves_alone(document):
    before = orjson.dumps(document)

    assert canvas.faults(document) == {}
    assert orjson.dumps(document) == before


@pytest.mark.parametrize("twins", [(1, "1"), (1, 1.0), (1.5, "1.5"), ("", ""), ("a", "a")])
def test_ids_that_are_one_to_the_page_are_duplicates(twins):
    first, second = ({"type": "note", "id": twin} for twin in twins)

    found = canvas.faults({"elements": [first, {"type": "note", "id": "other"}, second]})

    assert found == {"elements.2.id": ["Element 0 has this id too."]}


def test_all_that_is_wrong_is_told_at_once():
    document = element(color="x;y", x="left", bold=1)
    document["background"] = {"imageUrl": "javascript:alert(1)", "width": -1}

    assert sorted(canvas.faults(document)) == [
        "background.imageUrl",
        "background.width",
        "elements.1.bold",
        "elements.1.color",
        "elements.1.x",
    ]


@pytest.mark.parametrize("demo", sorted(DEMO.glob("*.json")), ids=lambda path: path.name)
def test_the_demo_may_go_on_air(demo):
    assert canvas.faults(json.loads(demo.read_text(encoding="utf-8"))["data_json"]) == {}


def test_every_member_that_the_page_reads_is_checked():
    spec = (OVERLAY / "spec.js").read_text(encoding="utf-8")
    read = set(re.findall(r"\belement\.([A-Za-z]+)", spec))

    assert {"x", "y", "color", "content", "fontFamily"} <= read
    assert read - set(canvas.ELEMENT_CHECKS) == {"type"}


def test_the_page_and_the_validator_know_the_same_types():
    spec = (OVERLAY / "spec.js").read_text(encoding="utf-8")
    types = re.search(r"const TYPES = (\[.*?\]);", spec)

    assert types is not None
    assert set(json.loads(types[1])) == canvas.TYPES


@given(documents)
def test_no_document_makes_it_raise(document):
    found = canvas.faults(document, image_hosts={"example.org"})

    assert all(path.startswith(("background", "elements")) for path in found)
    assert all(sentences for sentences in found.values())


@given(elements)
def test_an_element_is_judged_by_itself(fields):
    """Wherever it stands, and whatever stands beside it, the same is wrong with it."""
    alone = canvas.faults({"elements": [fields]})
    second = canvas.faults({"elements": [{"type": "note"}, fields]})

    moved = {path.replace("elements.0", "elements.1"): told for path, told in alone.items()}
    assert second == moved


@given(elements)
def test_what_passed_can_be_drawn_as_it_is(fields):
    """Numbers are finite and small, words are plain: the style of a page cannot be left."""
    is_drawn = isinstance(fields["type"], str) and fields["type"] in canvas.TYPES
    if not is_drawn or canvas.faults({"elements": [fields]}):
        return
    for name in ("x", "y", "fontSize", "spacing", "width", "opacity"):
        assert abs(float(fields.get(name) or 0)) <= canvas.WIDEST
    for name in ("color", "fontFamily"):
        assert not set(fields.get(name) or "") & set(";{}:<>\\@\n\r\x00")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\x00\x1b]", str(fields.get("content")))


@given(st.text(max_size=40).map(lambda rest: f"https://example.org/{rest}") | st.text(max_size=20))
def test_an_address_that_passed_leads_where_it_says(url):
    if canvas.picture_fault(url, {"example.org"}) is None and url:
        assert re.match(r"/(?!/)|https?://example\.org(?:[:/?#]|\Z)", url, re.IGNORECASE)
        assert not set(url) & set("\\\"'<> \t\r\n")


@given(st.integers(-MAX_INTEGER, MAX_INTEGER) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_judged_alike_as_number_and_as_text(number):
    text = f"{number:f}" if isinstance(number, float) else str(number)
    if len(text) > 12:
        return
    as_text = canvas.faults(element(x=text))

    assert as_text == canvas.faults(element(x=float(text)))


def test_an_integer_that_no_float_can_hold_is_refused():
    assert list(canvas.faults(element(x=10**400))) == ["elements.1.x"]


def test_the_longest_picture_with_one_wrong_letter_is_refused_at_once():
    """A search that goes back over 20 MiB would hold everybody up for a second."""
    url = "data:image/png;base64," + "A" * (20 << 20) + "!"

    assert list(canvas.faults(background(url))) == ["background.imageUrl"]
