"""Several server processes: each knows the sockets of all."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.utils import timezone

from gal_dashboard.realtime import processes as rows
from gal_dashboard.realtime.models import ServerProcess
from gal_dashboard.realtime.sockets import Sockets, StaffSocket
from tests.conftest import ENGINES
from tests.realtime.test_presence import activity_of, overlay_of, status, token, until
from tests.realtime.wire import overlay, staff
from tests.support.api import Api
from tests.support.databases import Databases
from tests.support.processes import processes
from tests.support.server import RunningServer

DEAD_AFTER = 35


@pytest.fixture(scope="module", params=ENGINES)
def pair(
    request: pytest.FixtureRequest,
    databases: dict[str, Databases],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[list[RunningServer]]:
    folder = tmp_path_factory.mktemp("pair")
    with processes(databases[request.param], folder, count=2) as servers:
        yield servers


async def test_each_process_knows_the_sockets_of_the_other(pair: list[RunningServer]):
    one, other = pair
    with Api(one) as here, Api(other) as there:
        here.login()
        there.login_as_viewer()
        graphic = here.new_graphic(title="Shared")["id"]
        async with (
            overlay(one, graphic) as near,
            overlay(other, graphic) as far,
            staff(one, token=token(here), hears_activity=True) as ann,
            staff(other, token=token(there)) as vic,
        ):
            ids = [(await socket.begin())["connection_id"] for socket in (near, far)]
            await near.say({"type": "rendered", "version": 1, "seq": 1})
            await vic.begin()
            await vic.say({"type": "viewing", "graphic_id": graphic})

            for client in (here, there):
                for connection_id in ids:
                    await until(lambda c=client, i=connection_id: overlay_of(c, i))
            drawn = await until(
                lambda: (found := overlay_of(there, ids[0])) and found["drawn"] and found
            )
            far_away = overlay_of(here, ids[1])
            told = await activity_of(ann, "dashboard_viewer", lambda who: graphic in who["viewing"])
            found = status(here)

        assert drawn["drawn"]["delay_ms"] >= 0
        assert (drawn["title"], drawn["is_behind"]) == ("Shared", False)
        assert far_away is not None
        assert far_away["process"] != drawn["process"]
        assert told["sockets"] == 1
        assert [process["overlays"] for process in found["processes"]] == [1, 1]
        await until(lambda: status(here)["total"]["sockets"] == 0)


async def test_process_that_ended_is_told_no_more(pair: list[RunningServer]):
    one, other = pair
    with Api(one) as here:
        here.login()
        await until(lambda: len(status(here)["processes"]) == 2)

        assert other.stop() == 0

        await until(lambda: len(status(here)["processes"]) == 1)
        other.start()
        await until(lambda: len(status(here)["processes"]) == 2)


async def test_order_to_reload_reaches_the_overlays_of_every_process(pair: list[RunningServer]):
    one, other = pair
    with Api(one) as here:
        graphic = here.login().new_graphic()["id"]
        async with overlay(one, graphic) as near, overlay(other, graphic) as far:
            await near.begin()
            far_id = (await far.begin())["connection_id"]
            await until(lambda: overlay_of(here, far_id))
            answer = here.post("/api/v1/ws/overlays/reload", json={"reason": "New fonts."})
            orders = [await socket.frame_of_type("reload") for socket in (near, far)]

    assert answer.json()["overlays"] == 2
    # a page that comes back to the other process knows the order by this
    assert orders[0]["order"] == orders[1]["order"]


def sockets_of(name: str) -> Sockets:
    socket = StaffSocket(
        connection_id="s1", user_id=1, user_name=name, since=timezone.now(), viewing=None
    )
    return Sockets(overlays=[], staff=[socket])


@pytest.mark.django_db
def test_process_without_a_word_is_dead_and_removed():
    rows.write("alive", sockets_of("ann"))
    rows.write("dead", sockets_of("ben"))
    long_ago = timezone.now() - timedelta(seconds=DEAD_AFTER + 1)
    ServerProcess.objects.filter(pk="dead").update(seen_at=long_ago)

    told = rows.others("own", dead_after=DEAD_AFTER)
    staff_there = rows.staff_elsewhere("own", dead_after=DEAD_AFTER)

    assert [process.id for process in told] == ["alive"]
    assert [socket.user_name for [socket] in staff_there] == ["ann"]
    assert list(ServerProcess.objects.values_list("pk", flat=True)) == ["alive"]


@pytest.mark.django_db
def test_process_that_was_taken_for_dead_comes_back_with_its_next_word():
    rows.write("own", sockets_of("ann"))
    rows.withdraw("own")

    rows.write("own", sockets_of("ann"))

    assert [process.id for process in rows.others("another", dead_after=DEAD_AFTER)] == ["own"]


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "{", "{}", "[1]", '[{"connection_id": "a"}]'])
def test_what_another_version_wrote_is_passed_over(text: str, caplog: pytest.LogCaptureFixture):
    rows.write("strange", sockets_of("ann"))
    ServerProcess.objects.update(overlays=text, staff=text)

    [told] = rows.others("own", dead_after=DEAD_AFTER)

    assert told.sockets == Sockets(overlays=[], staff=[])
    assert "cannot be read" in caplog.text
