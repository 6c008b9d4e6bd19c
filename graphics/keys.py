"""Keys that open the overlay of one graphic: who has one sees it, and nothing else.

The key itself is shown once, to whoever makes it. Stored is its digest, so a reader of the database
opens nothing.
"""

from typing import Final

from django.utils import timezone

from gal_dashboard.audit import trail
from gal_dashboard.core.context import Actor
from gal_dashboard.events import streams
from gal_dashboard.events.recording import emit_internal, recording
from graphics import key_texts
from graphics.errors import KeyNotFoundError, TooManyKeysError
from graphics.models import Graphic, OverlayKey

MOST_LIVE: Final = 100


def create_key(*, actor: Actor, graphic_id: int, name: str) -> tuple[OverlayKey, str]:
    """A new key of a graphic, archived ones too: the row, and the key that nobody sees again.

    Raises ``GraphicNotFoundError``, ``TooManyKeysError``, ``ValidationError``.
    """
    with recording():
        graphic = Graphic.objects.lock_row(graphic_id, with_document=False)
        if OverlayKey.objects.live().filter(graphic=graphic).count() >= MOST_LIVE:
            raise TooManyKeysError(most=MOST_LIVE)
        text = key_texts.new_key()
        key = OverlayKey(
            graphic=graphic,
            name=name,
            digest=key_texts.digest_of(text),
            hint=key_texts.hint_of(text),
            created_by=actor.name,
        )
        key.full_clean()
        key.save()
        told = {"key": (None, str(key))}
        trail.record("graphic.key_created", actor=actor, target=graphic, changes=told)
        return key, text


def revoke_key(*, actor: Actor, graphic_id: int, key_id: int) -> bool:
    """End a key; ``False`` if it had ended before. Its sockets close in every process.

    Raises ``KeyNotFoundError``.
    """
    with recording():
        rows = OverlayKey.objects.filter(pk=key_id, graphic_id=graphic_id)
        key = rows.select_for_update().first()
        if key is None:
            raise KeyNotFoundError
        if key.revoked_at is not None:
            return False
        key.revoked_at, key.revoked_by = timezone.now(), actor.name
        key.save(update_fields=["revoked_at", "revoked_by"])
        graphic = Graphic.objects.defer("document").get(pk=graphic_id)
        told = {"key": (str(key), None)}
        trail.record("graphic.key_revoked", actor=actor, target=graphic, changes=told)
        emit_internal(streams.OVERLAY_KEYS, name="graphic.key_revoked", payload={"key_id": key.pk})
        return True
