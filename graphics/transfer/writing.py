"""A graphic of a show file into the database, with all of its versions."""

from collections.abc import Iterator, Sequence
from typing import Final

from gal_dashboard.audit import trail
from gal_dashboard.core import footprint
from gal_dashboard.core.bundles import MIB
from gal_dashboard.core.context import Actor
from graphics.models import Graphic, GraphicRevision, GraphicTournament
from graphics.services import tell
from graphics.transfer.forms import GraphicForm, RevisionForm
from graphics.transfer.reading import Show
from tournaments.models import Tournament
from tournaments.transfer.writing import keep_times

BATCH: Final = 100
BATCH_BYTES: Final = 8 * MIB


def write(form: GraphicForm, show: Show, tournament: Tournament, *, actor: Actor) -> Graphic:
    """Make it as it was, tied to ``tournament``, and tell of it as of any new graphic.

    Joins the caller's ``recording()``; ``show`` has judged the documents.
    """
    graphic = Graphic(
        title=form.title,
        event_name=form.event_name,
        document=show.document(form.document),
        version=form.version,
        archived=form.archived,
        archived_at=form.archived_at,
        archived_by=form.archived_by,
        archive_reason=form.archive_reason,
        created_by=form.created_by,
        updated_by=form.updated_by,
        tournament=tournament,
    )
    graphic.full_clean()
    graphic.save()
    keep_times(graphic, created_at=form.created_at, updated_at=form.updated_at)
    GraphicTournament.objects.create(graphic=graphic, tournament=tournament)
    for batch in _batches(form.revisions, show):
        _write_revisions(batch, graphic)
    told = trail.made(graphic, "title", "event_name", "tournament_id", "version", "archived")
    trail.record("graphic.imported", actor=actor, target=graphic, changes=told)
    tell("created", graphic, actor=actor, is_retied=True)
    footprint.add(len(graphic.document))
    return graphic


def _batches(
    revisions: Sequence[RevisionForm], show: Show
) -> Iterator[list[tuple[RevisionForm, str]]]:
    """Many small documents at once, few large ones. Neighbours often share theirs."""
    batch: list[tuple[RevisionForm, str]] = []
    size, newest, text = 0, "", ""
    for revision in revisions:
        if revision.document != newest:
            newest, text = revision.document, show.document(revision.document)
        batch.append((revision, text))
        size += len(text)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _write_revisions(batch: Sequence[tuple[RevisionForm, str]], graphic: Graphic) -> None:
    rows = GraphicRevision.objects.bulk_create(
        GraphicRevision(
            graphic=graphic,
            version=revision.version,
            title=revision.title,
            event_name=revision.event_name,
            document=text,
            tournament_id=graphic.tournament_id if revision.is_tied else None,
            restored_from=revision.restored_from,
            author=revision.author,
            session_sid=f"imported-{revision.session}" if revision.session else "",
        )
        for revision, text in batch
    )
    for row, (revision, _) in zip(rows, batch, strict=True):
        row.created_at = revision.created_at  # a new row has the time of now
    GraphicRevision.objects.bulk_update(rows, ["created_at"])
