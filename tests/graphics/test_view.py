"""GET /graphics/{id}/view: what everybody may see."""

import pytest

from tests.graphics.deeds import PATH, archive, path_of


def view(client, graphic: dict, **options):
    return client.get(f"{path_of(graphic)}/view", **options)


def test_the_view_shows_the_public_members_and_no_others(api, stranger):
    graphic = api.new_graphic(title="Board", data_json={"b": 1.0, "a": 2})

    answer = view(stranger, graphic)

    assert answer.status_code == 200
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.text == (
        f'{{"id":{graphic["id"]},"title":"Board","data_json":{{"b":1.0,"a":2}},'
        '"version":1,"tournament_id":null}'
    )


def test_the_view_is_public_whatever_token_is_sent(api, stranger):
    graphic = api.new_graphic()

    for header in ("Bearer nonsense", "Basic YTpi", api.headers["Authorization"]):
        assert view(stranger, graphic, headers={"Authorization": header}).status_code == 200


def test_the_view_is_new_at_once_after_a_save(api, stranger):
    graphic = api.new_graphic()
    for number in range(2, 12):
        api.put(path_of(graphic), json={"title": f"v{number}"})

        assert view(stranger, graphic).json()["title"] == f"v{number}"


@pytest.mark.parametrize("etag", ['"1"', 'W/"1"', '"0", "1"', "*"])
def test_who_has_the_newest_gets_304_without_a_body(etag, api, stranger):
    graphic = api.new_graphic()

    answer = view(stranger, graphic, headers={"If-None-Match": etag})

    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["ETag"] == '"1"'


def test_who_has_an_older_one_gets_the_newest(api, stranger):
    graphic = api.new_graphic()
    api.put(path_of(graphic), json={"title": "New"})

    answer = view(stranger, graphic, headers={"If-None-Match": '"1"'})

    assert (answer.status_code, answer.json()["version"]) == (200, 2)


def test_who_waits_for_a_version_never_gets_less(api, stranger):
    graphic = api.new_graphic()
    api.put(path_of(graphic), json={"title": "New"})

    answers = {
        version: view(stranger, graphic, params={"version": version}) for version in range(4)
    }

    assert [answer.status_code for answer in answers.values()] == [200, 200, 200, 404]
    assert answers[1].json()["version"] == 2
    refused = answers[3].json()
    assert (refused["code"], refused["current_version"]) == ("version_not_reached", 2)


@pytest.mark.parametrize("version", ["-1", "1.0", "x", "٣", "99999999999", " 1", "1e0"])
def test_a_version_that_is_no_number_is_refused(version, api, stranger):
    answer = view(stranger, api.new_graphic(), params={"version": version})

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["version"]


def test_head_is_the_same_without_a_body(api, stranger):
    graphic = api.new_graphic()

    full = view(stranger, graphic)
    head = stranger.head(f"{path_of(graphic)}/view")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == full.headers["ETag"]
    assert (
        stranger.head(f"{path_of(graphic)}/view", headers={"If-None-Match": '"1"'}).status_code
        == 304
    )


def test_what_is_archived_or_unknown_is_not_there(api, stranger, server):
    graphic = api.new_graphic()
    archive(server, graphic)

    for address in (path_of(graphic), f"{PATH}/{2**40}"):
        for client in (stranger, api):
            answer = client.get(f"{address}/view", headers={"If-None-Match": "*"})
            assert (answer.status_code, answer.json()["code"]) == (404, "graphic_not_found")
