"""Bounds that forms, files and tables share: what one door refuses, no other lets in."""

from typing import Final

LARGEST_TOURNAMENT: Final = 4096
HIGHEST_DAY: Final = 365
HIGHEST_GAME: Final = 365  # of a day
HIGHEST_LOBBY: Final = 999
HIGHEST_THRESHOLD: Final = 32767
MOST_POINTS: Final = 1000  # for a place
LONGEST_TITLE: Final = 255
LONGEST_NAME: Final = 100  # of a participant, of a stage
LONGEST_RIOT_ID: Final = 64
LARGEST_SEED: Final = 2**53 - 1  # what JSON's readers keep exact
