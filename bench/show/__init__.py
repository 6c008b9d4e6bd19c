"""A show under load: overlays, a crew that writes, sockets that come and go; see ``__main__``."""
