"""A show file, judged as a whole: sizes, hashes, forms, results, and every canvas document."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, Final

from django.core.exceptions import ValidationError

from gal_dashboard.core import bundles, footprint, ijson, options
from gal_dashboard.core.bundles import MANIFEST, Bundle, BundleError
from graphics import canvas
from graphics.options import IMAGE_HOSTS
from graphics.transfer.exporting import Progress
from graphics.transfer.forms import (
    DOCUMENT,
    GRAPHIC,
    SETTINGS,
    SHOW,
    GraphicForm,
    document_member,
    graphic_member,
)
from tournaments.rulebook import Rulebook
from tournaments.transfer import judging, reading
from tournaments.transfer.reading import ShowFileError, TournamentShow, form_of

LONGEST_REMARK: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Show:
    """What a file holds. Documents stay in ``bundle`` until they are written.

    ``book`` is the tournament by the file's own numbers.
    """

    bundle: Bundle
    digest: str
    tournament: TournamentShow
    book: Rulebook
    graphics: Sequence[GraphicForm]
    settings: str

    def document(self, digest: str) -> str:
        return self.bundle.read(document_member(digest)).decode()

    @property
    def origin(self) -> str:
        """Which release wrote it and when, as the file says."""
        said = (self.bundle.manifest.get(name) for name in ("written_by", "written_at"))
        return ", ".join(text[:LONGEST_REMARK] for text in said if isinstance(text, str))

    @property
    def left_out(self) -> list[str]:
        """Settings that stayed behind, as the file says."""
        keys = self.bundle.manifest.get("settings_left_out")
        return [key for key in keys if isinstance(key, str)] if isinstance(keys, list) else []


@contextmanager
def refusing_faulty_files() -> Iterator[None]:
    """Around all that is done with a file: what others say of it becomes our own refusal."""
    try:
        yield
    except BundleError as error:
        raise ShowFileError(fault=str(error)) from None
    except ValidationError as error:
        raise ShowFileError(fault=" ".join(error.messages)) from None


def read_show(file: IO[bytes], *, on_progress: Progress = lambda step, total: None) -> Show:
    """Judge the whole file; it stays open for ``importing``. Writes nothing, holds one document.

    Raises ``ShowFileError``.
    """
    with refusing_faulty_files():
        digest = bundles.digest_of(file)
        bundle = Bundle(file, SHOW)
        documents = [name for name in bundle.names if DOCUMENT.fullmatch(name)]
        total = 1 + len(documents)
        tournament = reading.read(bundle)
        book = judging.refuse_impossible(tournament)
        settings = _text(SETTINGS, bundle.read(SETTINGS))
        graphics = _graphics(bundle)
        on_progress("tournament", total)
        _refuse_documents(bundle, graphics, documents, lambda: on_progress("graphics", total))
    return Show(
        bundle=bundle,
        digest=digest,
        tournament=tournament,
        book=book,
        graphics=graphics,
        settings=settings,
    )


def _text(member: str, content: bytes) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ShowFileError(fault=f"{member}: This is not UTF-8.") from None


def _graphics(bundle: Bundle) -> list[GraphicForm]:
    """Numbered from 1, as the members are."""
    count = sum(bool(GRAPHIC.fullmatch(name)) for name in bundle.names)
    graphics = []
    for number in range(1, count + 1):
        member = graphic_member(number)
        graphic = form_of(member, bundle.json(member), GraphicForm)
        _refuse_revisions(member, graphic)
        graphics.append(graphic)
    return graphics


def _refuse_revisions(member: str, graphic: GraphicForm) -> None:
    versions = [revision.version for revision in graphic.revisions]
    if versions != sorted(set(versions)) or (versions and versions[-1] > graphic.version):
        raise ShowFileError(
            fault=f"{member}, revisions: Versions must rise, up to that of the graphic."
        )
    if graphic.archived_at is not None and not graphic.archived:
        raise ShowFileError(fault=f"{member}, archived_at: The graphic is not archived.")
    for number, revision in enumerate(graphic.revisions, start=1):
        reading.refuse_times(f"{member}, revisions, row {number}", revision)


def _refuse_documents(
    bundle: Bundle,
    graphics: Sequence[GraphicForm],
    members: Sequence[str],
    on_step: Callable[[], None],
) -> None:
    """What is drawn now must be fit to go on air here; old versions, as when they were saved.

    Restoring one judges it again by the hosts that are allowed then.
    """
    now = {document_member(graphic.document) for graphic in graphics}
    before = {document_member(one.document) for graphic in graphics for one in graphic.revisions}
    missing = sorted((now | before) - set(members))
    if missing:
        raise ShowFileError(fault=f"{missing[0]} is missing: a graphic names it.")
    strangers = sorted(set(members) - now - before)
    if strangers:
        raise ShowFileError(fault=f"{strangers[0]}: No graphic names it.")
    hosts = options.value(IMAGE_HOSTS)
    for member in members:
        document = _document(bundle, member)
        faults = canvas.faults(document, image_hosts=hosts if member in now else ())
        for path, sentences in faults.items():
            raise ShowFileError(
                fault=f"{member} ({_owner(member, graphics)}), {path}: {' '.join(sentences)}"
            )
        on_step()


def _document(bundle: Bundle, member: str) -> dict[str, Any]:
    known = bundle.manifest["members"][member]["sha256"]
    if member != document_member(known):
        raise ShowFileError(fault=f"{member}: {MANIFEST} gives it another SHA-256 than its name.")
    content = bundle.read(member)
    footprint.add(len(content))
    try:
        document = ijson.loads(content)
    except ijson.IJSONError as error:
        raise ShowFileError(fault=f"{member}: {error}") from None
    if not isinstance(document, dict):
        raise ShowFileError(fault=f"{member}: Must be a JSON object.")
    return document


def _owner(member: str, graphics: Sequence[GraphicForm]) -> str:
    """Where staff find the document: a hash tells them nothing."""
    for number, graphic in enumerate(graphics, start=1):
        if document_member(graphic.document) == member:
            return f"{graphic_member(number)}, {graphic.title}"
        for revision in graphic.revisions:
            if document_member(revision.document) == member:
                return f"{graphic_member(number)}, {revision.title}, version {revision.version}"
    return "no graphic"
