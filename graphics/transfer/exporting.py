"""A show out of the database into a file, one document at a time."""

import hashlib
from collections.abc import Callable, Mapping
from typing import IO, Any, Final

import msgspec
from django.conf import settings
from django.db.models import Sum
from django.utils import timezone

from configuration import exchange
from configuration.models import ConfigurationEntry
from gal_dashboard.audit import trail
from gal_dashboard.core import bundles, options
from gal_dashboard.core.bundles import BundleError, BundleWriter
from gal_dashboard.core.context import Actor
from gal_dashboard.events.recording import recording
from gal_dashboard.realtime.reads import one_view
from graphics.functions import ByteLength
from graphics.models import Graphic, GraphicRevision
from graphics.transfer.forms import (
    SETTINGS,
    SHOW,
    GraphicForm,
    RevisionForm,
    document_member,
    graphic_member,
)
from tournaments.errors import TournamentNotFoundError
from tournaments.models import Tournament
from tournaments.options import CURRENT
from tournaments.transfer import exporting
from tournaments.transfer.exporting import UnfitRowError

# What of it is done, and how much there is to do.
Progress = Callable[[str, int], None]

# Its value is the number of a tournament, which is another one elsewhere.
NUMBERS_OF_HERE: Final = (CURRENT,)


def export_show(
    *,
    actor: Actor,
    tournament_id: int,
    file: IO[bytes],
    on_progress: Progress = lambda step, total: None,
) -> str:
    """Write the show of a tournament as it is at one moment; the file's SHA-256.

    Nobody waits for it, however long it takes. The file is left at its beginning. Raises
    ``TournamentNotFoundError``, ``UnfitRowError``.
    """
    with one_view():
        tournament = Tournament.objects.filter(pk=tournament_id).first()
        if tournament is None:
            raise TournamentNotFoundError
        try:
            with BundleWriter(file, SHOW) as writer:
                _write(writer, tournament, on_progress)
        except BundleError as error:
            raise UnfitRowError(member="The show", fault=str(error)) from None
    digest = bundles.digest_of(file)
    with recording():
        told = {"sha256": (None, digest)}
        trail.record("show.exported", actor=actor, target=tournament, changes=told)
    return digest


def bytes_of_documents(tournament_id: int) -> int:
    """How much all documents and their revisions are, before they are packed."""
    graphics = Graphic.objects.filter(tournament_id=tournament_id)
    revisions = GraphicRevision.objects.filter(graphic__tournament_id=tournament_id)
    now = graphics.aggregate(total=Sum("document_bytes"))["total"] or 0
    return now + (revisions.aggregate(total=Sum(ByteLength("document")))["total"] or 0)


def _write(writer: BundleWriter, tournament: Tournament, on_progress: Progress) -> None:
    graphics = list(
        Graphic.objects.filter(tournament=tournament).order_by("pk").values_list("pk", flat=True)
    )
    revisions = GraphicRevision.objects.filter(graphic_id__in=graphics).count()
    total = 1 + len(graphics) + revisions
    members = exporting.members_of(tournament)
    for name, text in members.texts.items():
        writer.add(name, text)
    text, left_out = _settings()
    writer.add(SETTINGS, text)
    on_progress("tournament", total)
    documents = _Documents(writer)
    for number, pk in enumerate(graphics, start=1):
        graphic = _graphic(pk, tournament, documents, lambda: on_progress("graphics", total))
        writer.add(graphic_member(number), msgspec.json.encode(graphic) + b"\n")
    writer.finish(
        {
            "written_by": f"gal-dashboard {settings.VERSION}",
            "written_at": timezone.now().replace(microsecond=0),
            "name": tournament.name,
            "counts": {**members.counts, "graphics": len(graphics), "revisions": revisions},
            "settings_left_out": left_out,
        }
    )


class _Documents:
    """Members of documents, each written once."""

    def __init__(self, writer: BundleWriter) -> None:
        self._writer = writer
        self._written: set[str] = set()

    def add(self, text: str) -> str:
        content = text.encode()
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._written:
            self._written.add(digest)
            self._writer.add(document_member(digest), content)
        return digest


def _graphic(
    pk: int, tournament: Tournament, documents: _Documents, on_step: Callable[[], None]
) -> GraphicForm:
    names = set(GraphicForm.__struct_fields__) - {"revisions"}
    values: dict[str, Any] = Graphic.objects.values(*names).get(pk=pk)
    on_step()
    digest = documents.add(values["document"])
    columns = set(RevisionForm.__struct_fields__) - {"document", "is_tied", "session"}
    rows = GraphicRevision.objects.filter(graphic=pk).order_by("version")
    sessions: dict[str, int] = {}
    revisions = []
    for row in rows.values("pk", "session_sid", "tournament_id", *columns):
        text = GraphicRevision.objects.values_list("document", flat=True).get(pk=row["pk"])
        sid = row["session_sid"]
        revisions.append(
            {
                **{name: row[name] for name in columns},
                "document": documents.add(text),
                "is_tied": row["tournament_id"] == tournament.pk,
                "session": sessions.setdefault(sid, len(sessions) + 1) if sid else None,
            }
        )
        on_step()
    return _formed({**values, "document": digest, "revisions": revisions})


def _formed(values: Mapping[str, Any]) -> GraphicForm:
    try:
        return msgspec.convert(values, GraphicForm)
    except msgspec.ValidationError as error:
        raise UnfitRowError(member=f"Graphic {values['title']}", fault=f"{error}.") from None


def _settings() -> tuple[bytes, list[str]]:
    """All stored values that may leave, and the keys of those that stay."""
    secrets = {option.key for option in options.declared().values() if option.is_secret}
    stay = secrets | set(NUMBERS_OF_HERE)
    stored = ConfigurationEntry.objects.filter(key__in=stay).values_list("key", flat=True)
    return exchange.export_yaml(but=NUMBERS_OF_HERE).encode(), sorted(set(stored))
