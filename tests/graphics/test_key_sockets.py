"""Sockets by key: the stream of the graphic, until the key is revoked, in every process."""

import asyncio

import pytest

from tests.graphics.test_keys import keys_of, new_key
from tests.realtime.wire import overlay
from tests.support.api import Api, new_address
from tests.support.processes import processes
from tests.support.rounds import ROUNDS


def by_key(server, key: str, query: str = "", **options):
    return overlay(server, f"k/{key}", query, **options)


async def test_a_socket_by_key_follows_the_graphic_as_one_by_its_number_does(server, api):
    graphic = api.new_graphic()["id"]
    key = new_key(api, graphic)["key"]

    async with by_key(server, key) as keyed, overlay(server, graphic) as numbered:
        begun = [await socket.frames(2) for socket in (keyed, numbered)]
        api.put(f"/api/v1/graphics/{graphic}", json={"title": "Renamed"})
        told = [await socket.frame() for socket in (keyed, numbered)]

    established = [frames[0]["data"] for frames in begun]
    assert {data["stream"] for data in established} == {f"overlay.{graphic}"}
    assert begun[0][1]["data"] == begun[1][1]["data"]
    assert told[0] == told[1]
    assert key not in str(begun[0])


async def test_a_socket_by_key_resumes(server, api):
    graphic = api.new_graphic()["id"]
    key = new_key(api, graphic)["key"]
    async with by_key(server, key) as socket:
        start = await socket.begin()
    api.put(f"/api/v1/graphics/{graphic}", json={"title": "Renamed"})

    query = f"?after={start['seq']}&epoch={start['epoch']}"
    async with by_key(server, key, query) as socket:
        established, missed = await socket.frames(2)

    assert established["data"]["recovered"] is True
    assert missed["data"]["graphic"]["title"] == "Renamed"


async def test_revoking_closes_the_sockets_of_that_key_and_no_others(server, api):
    graphic = api.new_graphic()["id"]
    doomed, kept = new_key(api, graphic), new_key(api, graphic)

    async with (
        by_key(server, doomed["key"]) as first,
        by_key(server, doomed["key"]) as second,
        by_key(server, kept["key"]) as other,
        overlay(server, graphic) as numbered,
    ):
        for socket in (first, second, other, numbered):
            await socket.begin()
        api.delete(f"{keys_of(graphic)}/{doomed['id']}")

        assert await first.closed() == ([], 4404)
        assert await second.closed() == ([], 4404)
        api.put(f"/api/v1/graphics/{graphic}", json={"title": "Renamed"})
        for socket in (other, numbered):
            assert (await socket.frame())["data"]["graphic"]["title"] == "Renamed"

    async with by_key(server, doomed["key"]) as socket:
        assert await socket.closed() == ([], 4404)


@pytest.mark.parametrize("key", ["ovk_", f"ovk_{'a' * 43}", "1", "%00", "ovk_%0a", "a" * 3000])
async def test_what_is_no_key_opens_no_socket(server, key):
    async with by_key(server, key) as socket:
        assert await socket.closed() == ([], 4404)


async def test_an_archived_graphic_closes_the_sockets_of_its_keys(server, api):
    graphic = api.new_graphic()["id"]
    key = new_key(api, graphic)["key"]

    async with by_key(server, key) as socket:
        await socket.begin()
        api.post(f"/api/v1/archive/{graphic}")
        frames, code = await socket.closed()

    assert (frames[-1]["data"]["action"], code) == ("archived", 4404)
    async with by_key(server, key) as socket:
        assert await socket.closed() == ([], 4404)


async def test_an_open_socket_is_a_use_of_its_key(server, api):
    graphic = api.new_graphic()["id"]
    key, address = new_key(api, graphic)["key"], new_address()

    async with by_key(server, key, address=address) as socket, asyncio.timeout(60):
        await socket.begin()
        uses = set()
        while len(uses) < 2:  # it goes on being used while it is open
            [listed] = api.get(keys_of(graphic)).json()["keys"]
            if listed["last_used_at"] is not None:
                uses.add(listed["last_used_at"])
                assert listed["last_used_from"] == address
            await asyncio.sleep(0.5)


async def test_a_key_that_is_revoked_while_sockets_come_in_keeps_none(server, api):
    graphic = api.new_graphic()["id"]
    for _ in range(ROUNDS):
        made = new_key(api, graphic)
        doors = [by_key(server, made["key"]) for _ in range(5)]
        opening = asyncio.gather(*(door.__aenter__() for door in doors))
        address = f"{keys_of(graphic)}/{made['id']}"
        revoked, sockets = await asyncio.gather(asyncio.to_thread(api.delete, address), opening)

        assert revoked.status_code == 200
        ends = [await socket.closed() for socket in sockets]
        assert {code for _, code in ends} == {4404}
        for door in doors:
            await door.__aexit__(None, None, None)


async def test_revoking_closes_sockets_in_every_process(databases, tmp_path):
    for engine in ("sqlite", "postgresql"):
        folder = tmp_path / engine
        folder.mkdir()
        with processes(databases[engine], folder, count=2) as (one, other), Api(one) as crew:
            graphic = crew.login().new_graphic()["id"]
            made = new_key(crew, graphic)
            with Api(other) as stranger:
                view = f"/api/v1/graphics/k/{made['key']}/view"
                async with by_key(one, made["key"]) as near, by_key(other, made["key"]) as far:
                    await near.begin()
                    await far.begin()
                    assert stranger.get(view).status_code == 200
                    crew.delete(f"{keys_of(graphic)}/{made['id']}")

                    assert await near.closed() == ([], 4404)
                    assert await far.closed() == ([], 4404)
                assert stranger.get(view).status_code == 404


async def test_where_only_keys_open_overlays_a_number_opens_no_socket(new_server):
    server = new_server(environment={"OVERLAY_PUBLIC_IDS": "off"})
    with Api(server) as api:
        graphic = api.login().new_graphic()["id"]
        key = new_key(api, graphic)["key"]

    async with overlay(server, graphic) as socket:
        assert await socket.closed() == ([], 4404)
    async with by_key(server, key) as socket:
        assert (await socket.begin())["stream"] == f"overlay.{graphic}"
