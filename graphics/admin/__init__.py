"""Graphics in the admin: editing under a lock, the archive, old versions, who edits what, keys, and
what overlays show now; and whole shows as files.
"""

from graphics.admin import graphics, keys, leases, live, shows

__all__ = ["graphics", "keys", "leases", "live", "shows"]
