"""What stands in for asyncio's queue and event keeps their promises."""

import asyncio
from contextlib import suppress

from gal_dashboard.operations.socket_waits import Inbox, Valve


async def cancel(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


class TestInbox:
    async def test_events_come_out_in_order_before_and_after_somebody_waits(self) -> None:
        inbox = Inbox()
        inbox.put_nowait(1)
        inbox.put_nowait(2)
        assert [await inbox.get(), await inbox.get()] == [1, 2]
        assert inbox.empty()

        waiting = asyncio.create_task(inbox.get())
        await asyncio.sleep(0)
        inbox.put_nowait(3)
        inbox.put_nowait(4)

        assert await waiting == 3
        assert not inbox.empty()
        assert await inbox.get() == 4

    async def test_reader_that_is_cancelled_takes_nothing_with_it(self) -> None:
        inbox = Inbox()
        woken, waiting = asyncio.create_task(inbox.get()), asyncio.create_task(Inbox().get())
        await asyncio.sleep(0)
        inbox.put_nowait("kept")

        await cancel(woken)  # it was woken, and did not get so far
        await cancel(waiting)

        assert await inbox.get() == "kept"

    async def test_event_comes_after_a_reader_was_cancelled(self) -> None:
        inbox = Inbox()
        waiting = asyncio.create_task(inbox.get())
        await asyncio.sleep(0)
        await cancel(waiting)

        inbox.put_nowait("heard")

        assert await inbox.get() == "heard"


class TestValve:
    async def test_open_one_lets_everybody_pass_at_once(self) -> None:
        valve = Valve()

        async with asyncio.timeout(0):
            await valve.wait()
        assert valve.is_set()

    async def test_closed_one_holds_all_until_it_opens(self) -> None:
        valve = Valve()
        valve.clear()
        valve.clear()
        waiting = [asyncio.create_task(valve.wait()) for _ in range(3)]
        await asyncio.sleep(0)
        await cancel(waiting.pop())  # of no concern to the others
        assert not valve.is_set()
        assert not any(task.done() for task in waiting)

        valve.set()
        valve.set()
        valve.clear()  # who waited has been let through

        async with asyncio.timeout(1):
            await asyncio.gather(*waiting)
        assert not valve.is_set()
