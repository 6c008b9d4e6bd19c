"""Reads whose SQL is written once give what a queryset would, at every call anew."""

from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import BigIntegerField, DateTimeField
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gal_dashboard.core.context import SYSTEM
from gal_dashboard.core.prepared import Prepared, Slot, attributes_of, instance_of
from graphics.models import Graphic
from graphics.services import create_graphic

pytestmark = pytest.mark.django_db(transaction=True)

WHOLE = Prepared(
    lambda: Graphic.objects.filter(pk=Slot("pk", BigIntegerField())).values(*attributes_of(Graphic))
)
MADE_BEFORE = Prepared(
    lambda: (
        Graphic.objects.filter(created_at__lt=Slot("now", DateTimeField()))
        .order_by("-pk")
        .values("title")
    )
)


def graphics(count: int) -> list[Graphic]:
    return [
        create_graphic(actor=SYSTEM, title=f"Board {number}", event_name="Cup", document='{"a":1}')
        for number in range(count)
    ]


def test_every_call_has_its_own_values_and_reads_what_is_there_now():
    one, other = graphics(2)

    assert WHOLE.first(pk=one.pk)["title"] == "Board 0"
    assert WHOLE.first(pk=other.pk)["title"] == "Board 1"
    Graphic.objects.filter(pk=one.pk).update(title="Another")
    assert WHOLE.first(pk=one.pk)["title"] == "Another"
    assert WHOLE.first(pk=other.pk + 1) is None


def test_a_moment_in_a_slot_is_compared_as_the_database_has_it():
    graphics(2)

    assert MADE_BEFORE.rows(now=timezone.now()) == [{"title": "Board 1"}, {"title": "Board 0"}]
    assert MADE_BEFORE.rows(now=timezone.now() - timedelta(hours=1)) == []


def test_a_row_becomes_the_model_that_a_queryset_gives():
    [made] = graphics(1)
    queried = Graphic.objects.get(pk=made.pk)

    graphic = instance_of(Graphic, WHOLE.first(pk=made.pk))

    names = attributes_of(Graphic)
    assert [getattr(graphic, name) for name in names] == [getattr(queried, name) for name in names]
    graphic.title = "Saved"
    graphic.save(update_fields=["title"])
    assert list(Graphic.objects.values_list("title", flat=True)) == ["Saved"]


def test_what_is_another_at_every_call_cannot_stay_in_the_sql():
    since = Prepared(lambda: Graphic.objects.filter(created_at__gt=timezone.now()).values("pk"))

    with pytest.raises(TypeError, match="needs a Slot"):
        since.rows()


def test_rows_are_locked_within_a_transaction_only_also_when_the_sql_is_known():
    [made] = graphics(1)
    with transaction.atomic():
        assert Graphic.objects.lock_row(made.pk).title == "Board 0"
        with CaptureQueriesContext(connection) as queries:
            without = Graphic.objects.lock_row(made.pk, with_document=False)
    assert without.get_deferred_fields() == {"document"}
    assert len(queries) == 1

    with pytest.raises(TransactionManagementError):
        Graphic.objects.lock_row(made.pk)


def test_a_rehearsal_asks_for_what_nobody_has_and_the_sql_is_known():
    [made] = graphics(1)
    above = Prepared(
        lambda: Graphic.objects.filter(pk__gte=Slot("pk", BigIntegerField())).values("pk")
    )

    with CaptureQueriesContext(connection) as queries:
        above.rehearse()

    assert ["NULL" in query["sql"] for query in queries] == [True]
    assert above.rows(pk=0) == [{"pk": made.pk}]


def test_a_rehearsal_locks_nothing_outside_of_a_transaction():
    [made] = graphics(1)
    locking = Prepared(
        lambda: (
            Graphic.objects.select_for_update()
            .filter(pk=Slot("pk", BigIntegerField()))
            .order_by()
            .values("pk")
        )
    )

    with nullcontext() if connection.vendor == "sqlite" else transaction.atomic():
        locking.rehearse()

    assert not connection.in_atomic_block
    with transaction.atomic():
        assert locking.rows(pk=made.pk) == [{"pk": made.pk}]
