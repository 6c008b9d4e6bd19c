"""If-Match: nobody saves over what they have not seen."""

import pytest

from tests.graphics.deeds import path_of
from tests.support.threads import at_once

WRITERS, ROUNDS = 10, 4


@pytest.fixture
def at_three(api) -> dict:
    """A graphic at version 3."""
    graphic = api.new_graphic()
    for number in (2, 3):
        graphic = api.put(path_of(graphic), json={"title": f"v{number}"}).json()
    return graphic


@pytest.mark.parametrize(
    "if_match",
    ['"3"', "*", 'W/"3"', '"1", "3"', '"1","2",W/"3"', '"abc", "3"'],
)
def test_a_save_over_the_named_version_is_done(if_match, at_three, api):
    answer = api.put(path_of(at_three), json={"title": "New"}, headers={"If-Match": if_match})

    assert (answer.status_code, answer.headers["ETag"]) == (200, '"4"')


@pytest.mark.parametrize(
    "if_match",
    ['"2"', '"4"', '"1", "2"', 'W/"2"', '""', "3", "'3'", '"3', '"3";', '"03"', '"3" "2"', "**"],
)
def test_a_save_over_another_version_is_refused(if_match, at_three, api):
    answer = api.put(path_of(at_three), json={"title": "New"}, headers={"If-Match": if_match})

    assert answer.status_code == 412
    assert answer.json()["code"] == "stale_version"
    assert answer.json()["current_version"] == 3
    assert api.get(path_of(at_three)).json() == at_three


def test_a_save_of_nothing_over_another_version_is_refused_too(at_three, api):
    answer = api.put(path_of(at_three), json={}, headers={"If-Match": '"1"'})

    assert answer.status_code == 412


def test_without_if_match_the_last_save_wins(at_three, api):
    answer = api.put(path_of(at_three), json={"title": "New"})

    assert answer.json()["version"] == 4


def test_of_ten_writers_over_one_version_one_wins_and_no_save_is_lost(api):
    graphic = api.new_graphic(data_json={"saves": []})
    path = path_of(graphic)

    def save(writer: int, shown: dict) -> int:
        document = {"saves": [*shown["data_json"]["saves"], writer]}
        headers = {"If-Match": f'"{shown["version"]}"'}
        return api.put(path, json={"data_json": document}, headers=headers).status_code

    for turn in range(1, ROUNDS + 1):
        shown = api.get(path).json()
        jobs = [lambda writer=writer, shown=shown: save(writer, shown) for writer in range(WRITERS)]

        answers = at_once(jobs)

        after = api.get(path).json()
        assert sorted(answers) == [200] + [412] * (WRITERS - 1)
        assert after["version"] == turn + 1
        assert after["data_json"]["saves"] == [
            *shown["data_json"]["saves"],
            answers.index(200),
        ]


def test_writers_who_try_again_all_get_through(api):
    graphic = api.new_graphic(data_json={"count": 0})
    path = path_of(graphic)

    def add_one() -> int:
        for attempt in range(1, 200):
            shown = api.get(path).json()
            document = {"count": shown["data_json"]["count"] + 1}
            headers = {"If-Match": f'"{shown["version"]}"'}
            if api.put(path, json={"data_json": document}, headers=headers).status_code == 200:
                return attempt
        raise AssertionError("never got through")

    at_once([add_one] * WRITERS)

    shown = api.get(path).json()
    assert (shown["data_json"]["count"], shown["version"]) == (WRITERS, WRITERS + 1)
