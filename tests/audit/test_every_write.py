"""Every address that writes leaves its deed, with who, where from, and what was before."""

from collections.abc import Iterator

import pytest

from tests.api.world import World, make_world
from tests.audit.deeds import Deed, deeds_of, new_request_id
from tests.support.api import Api
from tests.support.routes import Route, writing_calls
from tests.support.server import RunningServer

# What each writes; of others at least one deed is expected. Those that leave none say why.
DEEDS = {
    ("POST", "/api/v1/graphics"): ["graphic.created"],
    ("PUT", "/api/v1/graphics/{pk}"): ["graphic.updated"],
    ("PATCH", "/api/v1/graphics/{pk}"): ["graphic.updated"],
    ("DELETE", "/api/v1/graphics/{pk}"): ["graphic.archived"],
    ("DELETE", "/api/v1/graphics/{pk}/permanent"): ["graphic.deleted"],
    ("POST", "/api/v1/graphics/{pk}/duplicate"): ["graphic.created"],
    ("POST", "/api/v1/graphics/{pk}/keys"): ["graphic.key_created"],
    ("DELETE", "/api/v1/graphics/{pk}/keys/{key_id}"): ["graphic.key_revoked"],
    ("POST", "/api/v1/graphics/{pk}/revisions/{version}/restore"): ["graphic.revision_restored"],
    ("POST", "/api/v1/archive/{pk}"): ["graphic.archived"],
    ("POST", "/api/v1/archive/{pk}/restore"): ["graphic.restored"],
    ("DELETE", "/api/v1/archive/{pk}/permanent"): ["graphic.deleted"],
    ("POST", "/api/v1/lock/{pk}"): ["graphic.lock_acquired"],
    ("DELETE", "/api/v1/lock/{pk}"): ["graphic.lock_released"],
    ("POST", "/api/v1/lock/{pk}/refresh"): [],  # an open editor sends it every minute
    ("POST", "/api/v1/maintenance/cleanup-locks"): ["graphic.locks_cleaned"],
    ("POST", "/api/v1/tournaments"): ["tournament.created"],
    ("PUT", "/api/v1/tournaments/{pk}"): ["tournament.updated"],
    ("PATCH", "/api/v1/tournaments/{pk}"): ["tournament.updated"],
    ("DELETE", "/api/v1/tournaments/{pk}"): [*["graphic.updated"] * 3, "tournament.deleted"],
    ("POST", "/api/v1/tournaments/{pk}/participants"): ["participant.registered"],
    ("PUT", "/api/v1/tournaments/{pk}/games/{ref}/lobbies/{lobby}/placements"): [
        "placement.corrected"
    ],
    ("POST", "/api/v1/tournaments/{pk}/results/import"): [
        "placement.corrected",
        "results.imported",
    ],
    ("POST", "/api/v1/scoreboard/refresh"): ["standings.republished"],
    ("POST", "/api/v1/users"): ["user.created"],
    ("PUT", "/api/v1/users/{pk}"): ["user.updated"],
    ("PATCH", "/api/v1/users/{pk}"): ["user.updated"],
    ("PATCH", "/api/v1/users/me"): ["user.updated"],
    ("DELETE", "/api/v1/users/{pk}"): ["user.updated"],
    ("POST", "/api/v1/configuration/{key}"): ["configuration.created"],
    ("PUT", "/api/v1/configuration/{key}"): ["configuration.updated"],
    ("DELETE", "/api/v1/configuration/{key}"): ["configuration.deleted"],
    ("POST", "/api/v1/configuration/{key}/rollback"): ["configuration.updated"],
    ("POST", "/api/v1/configuration/bulk-update"): ["configuration.updated"],
    ("POST", "/api/v1/configuration/import"): [],  # of nothing, as tests send it
    ("POST", "/api/v1/ws/overlays/reload"): ["overlay.reload_ordered"],
    ("POST", "/auth/login"): ["session.started"],
    ("POST", "/auth/refresh"): ["session.renewed"],
    ("POST", "/auth/logout"): ["session.ended"],
    ("POST", "/api/v1/tournaments/{pk}/draws/proposal"): [],  # writes nothing
    ("POST", "/api/v1/tournaments/{pk}/corrections/preview"): [],  # neither
    # of somebody who has not checked in
    ("DELETE", "/api/v1/tournaments/{pk}/participants/{participant}/check-in"): [],
    ("POST", "/auth/ws-ticket"): [],  # opens a socket of a session that is in the trail
}
WITHOUT_CHANGES = {
    "session.started",
    "session.renewed",
    "participant.checked_in",
    "participant.check_in_taken_back",
}
WITHOUT_TARGET = {"graphic.locks_cleaned", "overlay.reload_ordered"}


def prepared(api: Api, world: World, method: str, route: Route) -> str:
    """The address, after what must be so that there is something to do."""
    address = world.address(route)
    if route.template.endswith("/restore") and "revisions" in route.template:
        api.put(f"/api/v1/graphics/{world.ids['graphics']}", json={"title": "Another"})
    if (method, route.template) == ("POST", "/api/v1/configuration/{key}"):
        api.delete(address)
    if route.template == "/api/v1/users/me":  # other tests of this server have changed it, too
        api.patch(address, json={"riot_id": "Before#EUW"})
    if route.template == "/auth/sessions/{pk}":
        with Api(api.server) as other:
            [session] = [one for one in other.login().sessions() if one["is_current"]]
        return f"/auth/sessions/{session['id']}"
    if (method, route.template) == ("POST", "/api/v1/lock/{pk}"):
        return f"/api/v1/lock/{world.ids['graphics']}"
    if (method, route.template) == ("DELETE", "/api/v1/lock/{pk}"):
        return f"{address}?session_id=window-7"
    return address


@pytest.mark.timeout(600)
def test_every_write_leaves_its_deed(server: RunningServer):
    faults = []
    with Api(server) as api:
        world, is_spoilt = make_world(api.login()), False
        for method, route in writing_calls():
            is_known = (method, route.template) in DEEDS
            was_spoilt = is_spoilt
            is_spoilt = method == "DELETE" or route.area == "archive" or not is_known
            if was_spoilt or is_spoilt:
                world = make_world(api)
            address, request_id = prepared(api, world, method, route), new_request_id()
            answer = api.request(
                method,
                address,
                json=world.body(method, route),
                headers={"X-Request-ID": request_id},
            )
            deeds = deeds_of(server, request_id)
            fault = fault_of(deeds, DEEDS.get((method, route.template)), api)
            if not answer.is_success or fault:
                faults.append((method, route.template, answer.status_code, fault, deeds))
            if route.template == "/auth/logout":
                api.login()

    assert faults == []


def fault_of(deeds: list[Deed], expected: list[str] | None, api: Api) -> str | None:
    if not deeds and expected is None:
        return "nothing was written down"
    if expected is not None and [deed.action for deed in deeds] != expected:
        return f"expected {expected}"
    return next((fault for deed in deeds for fault in faults_in(deed, api)), None)


def faults_in(deed: Deed, api: Api) -> Iterator[str]:
    if deed.actor != "dashboard_user" or not deed.actor_id or len(deed.sid) != 32:
        yield "nobody did it"
    if deed.address != api.headers["X-Forwarded-For"]:
        yield "it was done from nowhere"
    if not deed.changes and deed.action not in WITHOUT_CHANGES:
        yield "nothing was changed by it"
    if not deed.label and deed.action not in WITHOUT_TARGET:
        yield "it was done to nothing"


@pytest.mark.parametrize(
    ("path", "body", "changes"),
    [
        ("graphics", {"title": "Board 2"}, {"title": ["Standings", "Board 2"]}),
        ("graphics", {"tournament_id": 0}, None),
        ("tournaments", {"max_participants": 32}, {"max_participants": [64, 32]}),
    ],
)
def test_a_change_is_kept_with_what_was_before(path, body, changes, api, server):
    world, request_id = make_world(api), new_request_id()

    api.put(
        f"/api/v1/{path}/{world.ids[path]}", json=body, headers={"X-Request-ID": request_id}
    ).raise_for_status()

    [deed] = deeds_of(server, request_id)
    expected = changes or {"tournament_id": [world.ids["tournaments"], None]}
    assert deed.changes == expected


def test_a_document_is_cut_and_yet_told_from_another(api, server):
    long = "x" * 100_000
    graphic = api.new_graphic(data_json={"text": long})
    changed = {"data_json": {"text": f"{long}!"}}

    request_id = new_request_id()
    address = f"/api/v1/graphics/{graphic['id']}"
    api.put(address, json=changed, headers={"X-Request-ID": request_id})

    [deed] = deeds_of(server, request_id)
    before, after = deed.changes["document"]
    assert before != after
    assert len(before) < 600
    assert len(after) < 600


def test_a_lock_broken_by_force_tells_whose_it_was_and_why(api, server):
    graphic = api.new_graphic()["id"]
    api.post(f"/api/v1/lock/{graphic}", json={"session_id": "window-7"})
    request_id = new_request_id()

    api.request(
        "DELETE",
        f"/api/v1/lock/{graphic}?force=true&reason=On%20air",
        headers={"X-Request-ID": request_id},
    )

    [deed] = deeds_of(server, request_id)
    assert (deed.action, deed.target_id) == ("graphic.lock_forced", graphic)
    assert deed.changes == {"holder": ["dashboard_user", None], "reason": [None, "On air"]}


def test_what_is_refused_by_a_rule_leaves_nothing(api, server):
    graphic = api.new_graphic()["id"]
    request_id = new_request_id()
    headers = {"X-Request-ID": request_id}

    api.put(f"/api/v1/graphics/{graphic}", json={"title": ""}, headers=headers)
    api.put(f"/api/v1/graphics/{graphic}", json={"title": "Standings"}, headers=headers)
    api.put(f"/api/v1/graphics/{graphic}", json={"tournament_id": 2**62}, headers=headers)
    api.post(f"/api/v1/archive/{graphic}/restore", headers=headers)

    assert deeds_of(server, request_id) == []
