"""What graphics may refuse."""

from gal_dashboard.core.errors import DomainError, ErrorKind, NotFoundError


class GraphicNotFoundError(NotFoundError):
    code = "graphic_not_found"
    message = "There is no such graphic."


class RevisionNotFoundError(NotFoundError):
    """Raised for a version that was never saved, or that was folded into a later one."""

    code = "revision_not_found"
    message = "This graphic has no revision {version}."


class VersionNotReachedError(NotFoundError):
    """Raised when a reader asks for a version that nobody has saved yet."""

    code = "version_not_reached"
    message = "This graphic is at version {current_version}, not at {version} yet."


class KeyNotFoundError(NotFoundError):
    code = "key_not_found"
    message = "This graphic has no such key."


class TooManyKeysError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "too_many_overlay_keys"
    message = "A graphic has at most {most} keys. Revoke one that nobody uses."


class GraphicArchivedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "graphic_archived"
    message = "This graphic is archived. Restore it before you change it."


class AlreadyArchivedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "already_archived"
    message = "This graphic is archived already."


class NotArchivedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "not_archived"
    message = "This graphic is not archived."


class StaleGraphicError(DomainError):
    """Raised when ``If-Match`` names a version that is no longer the newest."""

    kind = ErrorKind.STALE
    code = "stale_version"
    message = "Somebody saved version {current_version} meanwhile. Read it before you save."


class GraphicLockedError(DomainError):
    """Raised for a save while another session holds the lock."""

    kind = ErrorKind.LOCKED
    code = "graphic_locked"
    message = "{locked_by} is editing this graphic."


class LockBusyError(DomainError):
    """Raised for a lock, an archive or a deletion while another session holds the lock."""

    kind = ErrorKind.CONFLICT
    code = "graphic_locked"
    message = "{locked_by} is editing this graphic."


class LockLostError(DomainError):
    """Raised for a save by somebody whose lock ended, and whom another has followed."""

    kind = ErrorKind.CONFLICT
    code = "lock_lost"
    message = (
        "Your lock has ended and somebody else had one since. "
        "Read version {current_version} and lock the graphic again before you save."
    )


class LockNotHeldError(NotFoundError):
    code = "lock_not_held"
    message = "You do not hold a lock on this graphic."
