"""Graphics in the admin: editing under a lock, the archive, old versions, and who edits what."""

from graphics.admin import graphics, leases

__all__ = ["graphics", "leases"]
