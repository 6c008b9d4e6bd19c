"""Tournaments in the admin. Importing this package registers its pages."""

from tournaments.admin import participants, scoreboards, tournaments

__all__ = ["participants", "scoreboards", "tournaments"]
