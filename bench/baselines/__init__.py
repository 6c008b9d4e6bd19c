"""What the server is measured against: the same requests, answered in the way of the tutorials.

They are no straw men: each takes the newest release of its framework and loads what belongs
together in one query instead of one for each row. What nobody sets in a tutorial is as it comes:
SQLAlchemy's pool (five connections and ten more), Django's connection for each request, SQLite's
rollback journal with full synchronisation, uvicorn with its access log.
"""
