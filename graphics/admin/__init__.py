"""Graphics in the admin: editing under a lock, the archive, old versions, who edits what, keys, and
what overlays show now.
"""

from graphics.admin import graphics, keys, leases, live

__all__ = ["graphics", "keys", "leases", "live"]
