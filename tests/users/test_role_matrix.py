"""The documented table of roles, tried line by line as each role and as nobody."""

import asyncio
import re
from collections.abc import Iterator, Mapping

import pytest
from django.core.management import call_command
from websockets.exceptions import ConnectionClosed

from gal_dashboard.operations import role_matrix
from gal_dashboard.operations.role_matrix import COLUMNS, NOBODY, Row
from tests.admin.staff import Staff, new_account
from tests.realtime.wire import Socket
from tests.support.api import Api
from tests.users.staff import PASSWORD, make_account

TABLE = role_matrix.read_table(role_matrix.DOCUMENT.read_text(encoding="utf-8"))
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
ROUTES = [row for row in TABLE if row.deed in METHODS]
SOCKETS = [row for row in TABLE if row.deed == "follows"]
PAGES = [row for row in TABLE if row.deed in {"sees", "writes"}]
LIVE = "/admin/live/"
# What is not there: whoever may look for it hears 404, and nothing is done.
UNKNOWN = str(2**62)
PLACES = {"id": UNKNOWN, "ref": "1.1"}
BROKEN = b"{"
REFUSED = {401, 403}
# An old overlay page without a token gets 404 for what the public view would not show.
FALLBACK = ("GET", "/api/v1/graphics/{id}")

pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def clients(server) -> Iterator[Mapping[str, Api]]:
    """A client of each role, by a staff account, and one of nobody."""
    made = {NOBODY: Api(server)}
    for role in COLUMNS[1:]:
        name = f"matrix-{role.lower()}"
        make_account(server, name, role)
        made[role] = Api(server).login_as(name, PASSWORD)
    yield made
    for client in made.values():
        client.close()


def filled(address: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda name: PLACES.get(name[1], "1"), address)


def is_let_in(client: Api, row: Row) -> bool:
    """A body that is no JSON is judged after the rights: nothing is changed, whoever may."""
    body = {} if row.deed == "GET" else {"content": BROKEN}
    headers = {"Content-Type": "application/json"}
    answer = client.request(row.deed, filled(row.address), headers=headers, **body)
    assert answer.status_code < 500, (row, answer.text)
    return answer.status_code not in REFUSED


def test_the_documented_table_is_that_of_the_code(server):
    assert role_matrix.rows() == TABLE
    call_command("role_matrix", "--check")


@pytest.mark.parametrize("column", COLUMNS)
def test_every_route_lets_in_whom_the_table_names(column, clients):
    wrong = [
        row
        for row in ROUTES
        if is_let_in(clients[column], row) != (column in row.who)
        and not (column == NOBODY and (row.deed, row.address) == FALLBACK)
    ]

    assert len(ROUTES) > 60
    assert wrong == []


@pytest.mark.parametrize("column", COLUMNS)
async def test_every_socket_lets_in_whom_the_table_names(column, clients, api, server):
    client = clients[column]
    graphic = api.new_graphic()["id"]
    key = api.post(f"/api/v1/graphics/{graphic}/keys", json={"name": "OBS"}).json()["key"]
    token = client.tokens["access_token"] if column != NOBODY else None
    for row in SOCKETS:
        path = row.address.format(id=graphic, key=key)
        async with Socket(server, path, token=token) as socket, asyncio.timeout(30):
            try:
                is_in = (await socket.frame())["type"] == "connection_established"
            except ConnectionClosed:
                is_in = False
        assert is_in == (column in row.who), row
    assert len(SOCKETS) == 3


@pytest.mark.django_db
@pytest.mark.parametrize("column", COLUMNS)
def test_every_page_of_the_admin_opens_for_whom_the_table_names(column, server):
    roles = [] if column == NOBODY else [column]
    browser = Staff(new_account(f"matrix-{column.lower()}", *roles))
    boss = Staff(new_account("matrix-boss", "Administrator"))

    assert {"/admin/graphics/graphic/", LIVE} <= {row.address for row in PAGES}
    for row in PAGES:
        assert row.who, row
        path = row.address if row.deed == "sees" else f"{row.address}add/"
        is_there = boss.get(path).status_code == 200
        assert is_there or row.deed == "writes", row  # of some nothing is added by hand
        if is_there:
            assert (browser.get(path).status_code == 200) == (column in row.who), row
