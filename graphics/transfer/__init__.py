"""A whole show as one file, and back: a tournament, the graphics that show it, and settings."""
