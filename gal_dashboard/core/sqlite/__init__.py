"""Django's backend for SQLite, with writers of one process in a line of their own."""
