"""What graphics may refuse."""

from gal_dashboard.core.errors import DomainError, ErrorKind, NotFoundError


class GraphicNotFoundError(NotFoundError):
    code = "graphic_not_found"
    message = "There is no such graphic."


class VersionNotReachedError(NotFoundError):
    """Raised when a reader asks for a version that nobody has saved yet."""

    code = "version_not_reached"
    message = "This graphic is at version {current_version}, not at {version} yet."


class GraphicArchivedError(DomainError):
    kind = ErrorKind.CONFLICT
    code = "graphic_archived"
    message = "This graphic is archived. Restore it before you change it."


class StaleGraphicError(DomainError):
    """Raised when ``If-Match`` names a version that is no longer the newest."""

    kind = ErrorKind.STALE
    code = "stale_version"
    message = "Somebody saved version {current_version} meanwhile. Read it before you save."
