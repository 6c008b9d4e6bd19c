"""Old revisions are folded, old leases removed; what people still need stays."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from gal_dashboard.core import options
from graphics import pruning
from graphics.choices import LeaseEnd
from graphics.models import CanvasLease, Graphic, GraphicRevision
from graphics.options import REVISIONS_KEPT_HOURS, REVISIONS_KEPT_NEWEST
from tests.api.refusals import refusal
from tests.realtime.writing import make_graphic
from tests.support.rows import rows, value

NOW = timezone.now()
KEPT_FOR = timedelta(hours=options.value(REVISIONS_KEPT_HOURS))
LONG_AGO = (NOW - KEPT_FOR - timedelta(hours=5)).replace(second=0, microsecond=0)
YOUNG = NOW - KEPT_FOR + timedelta(hours=3)  # still so at the end of a long run of all tests
NEWEST = options.value(REVISIONS_KEPT_NEWEST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Save:
    """One version, as the pruner sees it."""

    at: datetime = LONG_AGO
    sid: str = "one"
    restored_from: int | None = None


def make_history(saves: Sequence[Save]) -> int:
    """A graphic with these versions and 50 newer ones."""
    graphic_id = make_graphic()
    saves = [*saves, *[Save(sid="newest")] * NEWEST]
    revisions = GraphicRevision.objects.bulk_create(
        GraphicRevision(
            graphic_id=graphic_id,
            version=version,
            title="Board",
            event_name="Cup",
            document="{}",
            author="ann",
            session_sid=save.sid,
            restored_from=save.restored_from,
        )
        for version, save in enumerate(saves, start=1)
    )
    for revision, save in zip(revisions, saves, strict=True):
        revision.created_at = save.at
    GraphicRevision.objects.bulk_update(revisions, ["created_at"])
    return graphic_id


def kept(graphic_id: int, *, of: int) -> list[int]:
    """Which of the oldest versions are left; all the newest must be."""
    left = GraphicRevision.objects.filter(graphic_id=graphic_id).order_by("version")
    versions = list(left.values_list("version", flat=True))
    assert versions[-NEWEST:] == list(range(of + 1, of + NEWEST + 1))
    return versions[:-NEWEST]


def after_pruning(*saves: Save) -> list[int]:
    graphic_id = make_history(saves)
    pruning.prune_revisions()
    return kept(graphic_id, of=len(saves))


@pytest.mark.django_db
class TestRevisions:
    def test_old_ones_fold_to_the_last_of_each_session_and_minute(self):
        minute = timedelta(minutes=1)

        left = after_pruning(
            Save(at=LONG_AGO - minute),
            Save(at=LONG_AGO),
            Save(at=LONG_AGO + timedelta(seconds=30)),
            Save(at=LONG_AGO + timedelta(seconds=59, milliseconds=999)),
            Save(at=LONG_AGO + minute),
            Save(at=LONG_AGO + minute, sid="two"),
            Save(at=LONG_AGO + minute),
        )

        assert left == [1, 4, 6, 7]

    def test_the_first_one_stays(self):
        assert after_pruning(Save(), Save(), Save()) == [1, 3]

    def test_one_that_brought_an_old_version_back_stays(self):
        assert after_pruning(Save(), Save(), Save(restored_from=1), Save(), Save()) == [1, 3, 5]
        assert after_pruning(Save(), Save(), Save(), Save(restored_from=1)) == [1, 4]

    def test_those_of_the_last_day_stay(self):
        assert after_pruning(Save(), Save(), Save(), Save(at=YOUNG), Save(at=YOUNG)) == [1, 3, 4, 5]

    def test_the_newest_fifty_stay_however_old(self):
        graphic_id = make_history([])

        assert pruning.prune_revisions() == 0
        assert kept(graphic_id, of=0) == []

    def test_folding_again_folds_nothing_more(self):
        make_history([Save()] * 30)

        assert [pruning.prune_revisions() for _ in range(2)] == [28, 0]

    def test_each_graphic_is_judged_by_its_own_versions(self):
        first, second = make_history([Save()] * 4), make_history([Save()] * 3)

        pruning.prune_revisions()

        assert (kept(first, of=4), kept(second, of=3)) == ([1, 4], [1, 3])

    def test_more_than_one_batch_goes_in_one_run(self, monkeypatch):
        monkeypatch.setattr(pruning, "BATCH", 3)

        assert after_pruning(*[Save()] * 12) == [1, 12]

    @pytest.mark.parametrize("seed", range(5))
    def test_any_history_folds_by_the_rule(self, seed):
        chance = random.Random(seed)  # noqa: S311 - no secret
        saves = [
            Save(
                at=(YOUNG if number > 90 else LONG_AGO) + timedelta(seconds=number * 7),
                sid=chance.choice(["one", "two"]),
                restored_from=1 if chance.random() < 0.1 else None,
            )
            for number in range(100)
        ]

        assert after_pruning(*saves) == list(by_the_rule(saves))


def by_the_rule(saves: Sequence[Save]) -> Iterable[int]:
    """The versions that stay, said once more and in another way."""
    moments = [(save.sid, save.at.replace(second=0, microsecond=0)) for save in saves]
    for index, save in enumerate(saves):
        is_last_of_its_moment = moments[index] not in moments[index + 1 :]
        is_kept_anyway = index == 0 or save.restored_from or save.at >= YOUNG
        if is_kept_anyway or is_last_of_its_moment:
            yield index + 1


@pytest.mark.django_db
class TestLeases:
    def lease(self, graphic_id: int, fence: int, *, end: str, ended_at: datetime | None) -> None:
        CanvasLease.objects.create(
            graphic_id=graphic_id,
            fence=fence,
            session_id="left",
            user_name="ann",
            taken_at=LONG_AGO,
            expires_at=LONG_AGO,
            end=end,
            ended_at=ended_at,
        )

    def test_those_that_ended_a_day_ago_go_and_the_fence_stays(self):
        graphic_id = make_graphic(last_fence=4)
        self.lease(graphic_id, 1, end=LeaseEnd.RELEASED, ended_at=LONG_AGO)
        self.lease(graphic_id, 2, end=LeaseEnd.EXPIRED, ended_at=LONG_AGO)
        self.lease(graphic_id, 3, end=LeaseEnd.FORCED, ended_at=YOUNG)
        self.lease(graphic_id, 4, end="", ended_at=None)

        assert pruning.prune_leases() == 2

        assert list(CanvasLease.objects.values_list("fence", flat=True)) == [4, 3]
        assert Graphic.objects.get().last_fence == 4


def test_the_command_folds_and_rest_knows_nothing_of_what_is_gone(server, api):
    graphic = api.new_graphic()["id"]
    path = f"/api/v1/graphics/{graphic}"
    for number in range(NEWEST + 3):
        assert api.put(path, json={"title": f"No. {number}"}).status_code == 200
    rows(
        server,
        "UPDATE graphics_graphicrevision SET created_at = %s WHERE graphic_id = %s",
        (LONG_AGO - timedelta(days=2)).strftime("%Y-%m-%d %H:%M:%S"),
        graphic,
    )

    said = server.manage("prune_graphics").stdout

    assert "2 revisions folded" in said
    listed = api.get(f"{path}/revisions").json()
    assert listed["total"] == NEWEST + 2
    assert [row["version"] for row in listed["revisions"]][-3:] == [5, 4, 1]
    refusal(api.get(f"{path}/revisions/2"), 404, "revision_not_found")
    refusal(api.post(f"{path}/revisions/3/restore"), 404, "revision_not_found")
    assert api.post(f"{path}/revisions/1/restore").json()["title"] == "Standings"
    assert value(server, "SELECT version FROM graphics_graphic WHERE id = %s", graphic) == 55
