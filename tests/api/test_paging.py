"""What a query may ask of a list."""

import pytest

from tests.api.refusals import refusal

PAGED = {
    "/api/v1/graphics": 200,
    "/api/v1/tournaments": 1000,
    "/api/v1/tournaments/{pk}/participants": 1000,
    "/api/v1/tournaments/{pk}/draws": 1000,
    "/api/v1/scoreboard/snapshots": 1000,
    "/api/v1/users": 1000,
    "/auth/sessions": 1000,
}
# No number, in the eyes of a strict reader.
GARBAGE = [
    "-1", "+1", "1.0", "1e1", "0x1", "1_000", " 1", "1 ", "a", "NaN", "null", "1;2", "1,2",
    "\u0663", "\uff11\uff12", "\xb2", "\0", "1\0", "\n", "1\n", "9" * 24, "9" * 5000,
]  # fmt: skip
OUT_OF_RANGE = {"skip": ["-1", str(2**31), str(10**23)], "limit": ["0", str(10**23), str(2**63)]}
NUMBERS = [
    ("/api/v1/graphics/{graphic}/view", "version"),
    ("/api/v1/players/ranked", "limit"),
    ("/api/v1/players/ranked", "tournament_id"),
    ("/api/v1/scoreboard/latest", "tournament_id"),
    ("/api/v1/scoreboard/snapshots", "tournament_id"),
    ("/api/v1/graphics", "tournament_id"),
]
WORDS = [
    ("/api/v1/graphics", "search"),
    ("/api/v1/graphics", "event_name"),
    ("/api/v1/tournaments", "search"),
    ("/api/v1/tournaments", "status"),
    ("/api/v1/tournaments/{pk}/participants", "status"),
    ("/api/v1/users", "search"),
    ("/api/v1/users", "is_active"),
    ("/api/v1/users", "role"),
    ("/api/v1/players/ranked", "sort_by"),
    ("/api/v1/players/ranked", "sort_order"),
    ("/api/v1/tournaments/{pk}/standings", "after"),
]


def filled(path: str, world) -> str:
    return path.format(pk=world.ids["tournaments"], graphic=world.ids["graphics"])


@pytest.mark.parametrize(("path", "most"), PAGED.items(), ids=PAGED.keys())
def test_a_page_has_its_limits(path, most, api, world):
    for limit in (1, most):
        assert api.get(filled(path, world), params={"limit": limit}).status_code == 200
    for name, texts in {**OUT_OF_RANGE, "limit": [*OUT_OF_RANGE["limit"], most + 1]}.items():
        for text in texts:
            answer = api.get(filled(path, world), params={name: text})
            assert list(refusal(answer, 400, "validation_failed")["errors"]) == [name]


@pytest.mark.parametrize("path", PAGED)
@pytest.mark.parametrize("name", ["skip", "limit"])
def test_a_page_is_asked_for_in_plain_digits(path, name, api, world):
    for text in GARBAGE:
        answer = api.get(filled(path, world), params={name: text})
        assert list(refusal(answer, 400, "validation_failed")["errors"]) == [name], text


@pytest.mark.parametrize("path", PAGED)
def test_a_page_beyond_the_end_is_empty(path, api, world):
    body = api.get(filled(path, world), params={"skip": 2**31 - 1}).json()

    rows = body if isinstance(body, list) else next(iter(body.values()))
    assert rows == []


@pytest.mark.parametrize(("path", "name"), NUMBERS)
def test_a_number_of_a_query_is_in_plain_digits(path, name, api, world):
    for text in GARBAGE:
        answer = api.get(filled(path, world), params={name: text})
        assert list(refusal(answer, 400, "validation_failed")["errors"]) == [name], text


@pytest.mark.parametrize(("path", "name"), WORDS)
@pytest.mark.parametrize("text", ["\0", "a\0b", "\x00" * 10, "x" * 6000])
def test_a_word_of_a_query_holds_no_nul_and_ends(path, name, text, api, world):
    answer = api.get(filled(path, world), params={name: text})

    assert list(refusal(answer, 400, "validation_failed")["errors"]) == [name]


@pytest.mark.parametrize(("path", "name"), WORDS)
def test_a_word_of_a_query_may_be_any_text(path, name, api, world):
    for text in ("'", '"', "%", "_", "\\", "\U0001f3c6", "ß", "; DROP TABLE", "{}", "\x7f", "\t"):
        answer = api.get(filled(path, world), params={name: text})
        assert answer.status_code in {200, 400}, text
        assert name in answer.json().get("errors", {name: []})


@pytest.mark.parametrize("text", ["%FF", "%ED%A0%80", "%C0%AF", "a%FFb"])
def test_a_query_that_is_no_utf_8_is_read_as_well_as_it_goes(text, api):
    assert api.get(f"/api/v1/tournaments?search={text}").json()["total"] == 0


@pytest.mark.parametrize("path", PAGED)
def test_unknown_parameters_are_ignored(path, api, world):
    query = {"unknown": "\0", "_": "1", "__in": "x", "id__gt": "1", "page": "-1", "offset": "a"}

    plain = api.get(filled(path, world))
    asked = api.get(filled(path, world), params=query)

    assert asked.status_code == 200
    assert without_moments(asked.json()) == without_moments(plain.json())


def without_moments(body: dict | list) -> dict | list:
    """Each question is a sign of life of the session that asks it."""
    for session in body.get("sessions", []) if isinstance(body, dict) else []:
        session.pop("last_seen_at")
    return body


def test_a_search_finds_what_it_says_and_takes_nothing_for_a_pattern(api):
    name = "50%_of'a\\cup"
    api.new_tournament(name=name)

    found = [
        row["name"]
        for text in ("%_of'", "a\\c", "50%")
        for row in api.get("/api/v1/tournaments", params={"search": text}).json()["tournaments"]
    ]

    assert found == [name] * 3


def test_pages_together_are_the_list(api):
    marks = {api.new_tournament(name="Paged")["id"] for _ in range(5)}
    pages = [
        api.get("/api/v1/tournaments", params={"search": "Paged", "skip": skip, "limit": 2}).json()
        for skip in (0, 2, 4)
    ]

    assert [page["page"] for page in pages] == [1, 2, 3]
    assert {page["total"] for page in pages} == {5}
    ids = [row["id"] for page in pages for row in page["tournaments"]]
    assert ids == sorted(marks, reverse=True)
