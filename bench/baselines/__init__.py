"""What the server is measured against: the same requests, answered by other means.

The FastAPI service is built as the one was that this project replaces, the ``ModelViewSet`` as its
tutorial has it. They are no straw men: each takes the newest release of its framework and loads
what belongs together in one query instead of one for each row. What they do not set is as it comes:
SQLAlchemy's pool (five connections and ten more), Django's connection for each request, SQLite's
rollback journal with full synchronisation, uvicorn with its access log.
"""
