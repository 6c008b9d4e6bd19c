"""Django's backend for SQLite, in which the threads of a process take turns to write."""
