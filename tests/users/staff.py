"""Staff accounts on a running server."""

import functools

from django.contrib.auth.hashers import PBKDF2PasswordHasher

from tests.support.rows import rows
from tests.support.server import RunningServer

PASSWORD = "quite-a-long-password"


@functools.cache
def make_account(server: RunningServer, name: str, *roles: str) -> None:
    """An account with ``PASSWORD``; asked for again, it is there already."""
    password = PBKDF2PasswordHasher().encode(PASSWORD, "salt", iterations=1)
    rows(
        server,
        "INSERT INTO users_user (username, password, email, display_name, riot_id, is_superuser, "
        "is_staff, is_active, created_at, updated_at) VALUES "
        "(%s, %s, '', '', '', false, true, true, CURRENT_TIMESTAMP, CURRENT_TIMESTAMP)",
        name,
        password,
    )
    for role in roles:
        rows(
            server,
            "INSERT INTO users_user_groups (user_id, group_id) SELECT u.id, g.id "
            "FROM users_user u, auth_group g WHERE u.username = %s AND g.name = %s",
            name,
            role,
        )
