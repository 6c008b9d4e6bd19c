import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM, Actor
from gal_dashboard.realtime import tickets
from gal_dashboard.realtime.models import WsTicket

ANN = Actor(name="ann", sid="s1")


def age(seconds: float) -> None:
    WsTicket.objects.update(expires_at=timezone.now() - timedelta(seconds=seconds))


@pytest.mark.django_db
def test_ticket_stands_for_its_session_once():
    ticket = tickets.issue(ANN)

    assert len(ticket) >= 22  # 128 bits
    assert tickets.redeem(ticket) == "s1"
    assert tickets.redeem(ticket) is None


@pytest.mark.django_db
def test_ticket_is_not_kept_as_it_is():
    ticket = tickets.issue(ANN)

    row = WsTicket.objects.get()
    assert ticket not in {row.digest, row.sid, row.actor_name}
    assert row.expires_at - timezone.now() <= timedelta(seconds=30)


@pytest.mark.django_db
@pytest.mark.parametrize("ticket", ["", "x", "\ud800", "ü", "a" * 100_000])
def test_strange_tickets_open_nothing(ticket: str):
    tickets.issue(ANN)

    assert tickets.redeem(ticket) is None


@pytest.mark.django_db
def test_late_ticket_opens_nothing():
    ticket = tickets.issue(ANN)
    age(0.001)

    assert tickets.redeem(ticket) is None


@pytest.mark.django_db
def test_old_tickets_are_swept_in_passing():
    tickets.issue(ANN)
    age(7200)

    tickets.issue(ANN)

    assert WsTicket.objects.count() == 1


@pytest.mark.django_db
def test_ticket_needs_a_session():
    with pytest.raises(ValueError, match="not signed in"):
        tickets.issue(SYSTEM)


@pytest.mark.django_db(transaction=True)
def test_of_several_uses_at_the_same_time_one_wins():
    ticket = tickets.issue(ANN)
    start, won = threading.Barrier(8), []

    def use() -> None:
        start.wait()
        try:
            won.append(tickets.redeem(ticket))
        finally:
            connection.close()

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(won, key=str) == [None] * 7 + ["s1"]
