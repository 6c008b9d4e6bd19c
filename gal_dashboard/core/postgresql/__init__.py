"""Django's backend for PostgreSQL, which asks less often whether a connection lives."""
