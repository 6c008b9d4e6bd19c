"""Much content at once, by SQL: over REST it would take longer than all measuring."""

import contextlib
from typing import Final

import orjson

from bench.documents import document
from tests.support.databases import connect_to, execute

# Both engines count so; %s is how far.
_NUMBERS: Final = """
    WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %s)
"""
_GRAPHICS: Final = f"""{_NUMBERS}
    INSERT INTO graphics_graphic (created_at, updated_at, title, event_name, document, version,
        archived, created_by, updated_by, archived_by, archive_reason, last_fence)
    SELECT CURRENT_TIMESTAMP, CURRENT_TIMESTAMP, 'Board ' || n, 'Guardian Angel Cup', %s, 1,
        %s, 'bench', 'bench', '', '', 0
    FROM numbers
"""  # noqa: S608 - our own words
_REVISIONS: Final = """
    INSERT INTO graphics_graphicrevision (graphic_id, version, title, event_name, document,
        author, session_sid, created_at)
    SELECT id, version, title, event_name, document, 'bench', '', created_at FROM graphics_graphic
"""
_EVENTS: Final = f"""{_NUMBERS}
    INSERT INTO events_event (type, name, payload, public_payload, request_id, created_at)
    SELECT 'graphic_update', 'graphic.updated', %s, %s, '', CURRENT_TIMESTAMP FROM numbers
"""  # noqa: S608 - our own words
_ENTRIES: Final = """
    INSERT INTO events_streamentry (stream_id, seq, event_id)
    SELECT %s, ROW_NUMBER() OVER (ORDER BY id), id FROM events_event
"""
_STREAM: Final = "INSERT INTO events_stream (name, head) VALUES (%s, %s)"
_AUDIT: Final = f"""{_NUMBERS}
    INSERT INTO audit_auditentry (at, action, actor_name, session_sid, address, request_id,
        target_type, target_id, target_label, changes)
    SELECT CURRENT_TIMESTAMP, 'graphic.updated', 'bench', '', '', '', 'graphic', 1, '', '{{}}'
    FROM numbers
"""  # noqa: S608 - our own words
STREAMS: Final = ("staff", "overlay.1")
PAYLOAD: Final = '{"action":"updated"}'


def fill_database(url: str, *, graphics: int, events: int) -> None:
    """Put ``graphics`` of 4 KB with a revision each into a new database, and a past: ``events`` in
    the staff's stream and in that of the first graphic, and as many rows of the audit trail.
    """
    text = orjson.dumps(document(0)).decode()
    is_archived = False
    with contextlib.closing(connect_to(url)) as connection:
        execute(connection, "BEGIN")
        execute(connection, _GRAPHICS, [graphics, text, is_archived])
        execute(connection, _REVISIONS)
        execute(connection, _EVENTS, [events, PAYLOAD, PAYLOAD])
        for stream in STREAMS:
            execute(connection, _STREAM, [stream, events])
            execute(connection, _ENTRIES, [stream])
        execute(connection, _AUDIT, [events])
        execute(connection, "COMMIT")
        execute(connection, "ANALYZE")  # as the databases do by themselves after a while
