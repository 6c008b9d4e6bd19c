"""Graphics in the admin: editing under a lock, the archive, old versions, who edits what, and what
overlays show now.
"""

from graphics.admin import graphics, leases, live

__all__ = ["graphics", "leases", "live"]
