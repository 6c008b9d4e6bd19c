"""The API's description says what the server does: every route, and examples that are true."""

import pytest
from django.core.management import call_command
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from openapi_spec_validator import validate

from gal_dashboard.operations.docs import document
from tests.api.world import World, make_world
from tests.support.api import Api
from tests.support.routes import Route, routes
from tests.support.server import MASTER_PASSWORD

DOCUMENT = document()
# Pages for people, and the description itself.
UNDESCRIBED = {"/docs", "/redoc", "/openapi.json", "/asyncapi.json"}
OPERATIONS = {
    operation["operationId"]: (method.upper(), path, operation)
    for path, operations in DOCUMENT["paths"].items()
    for method, operation in operations.items()
}
ROUTES = {route.template.replace("{pk}", "{id}"): route for route in routes()}
each_operation = pytest.mark.parametrize("name", OPERATIONS)


def content_of(part: dict) -> dict:
    [content] = part["content"].values()
    return content


def validator(schema: dict) -> OAS31Validator:
    whole = {**schema, "components": DOCUMENT["components"]}
    return OAS31Validator(whole, format_checker=oas31_format_checker)


def test_the_description_is_valid_open_api():
    validate(DOCUMENT)


def test_the_description_is_made_without_a_warning(tmp_path):
    call_command(
        "spectacular", "--validate", "--fail-on-warn", "--file", str(tmp_path / "openapi.yml")
    )


def test_the_description_is_served_to_everybody(stranger):
    answer = stranger.get("/openapi.json")

    assert answer.json() == DOCUMENT
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_every_route_is_described_and_nothing_else():
    served = {
        (method, path)
        for path, route in ROUTES.items()
        for method in route.actions
        if path not in UNDESCRIBED
    }

    assert {(method, path) for method, path, _ in OPERATIONS.values()} == served


@each_operation
def test_an_operation_has_words_and_an_error(name):
    _, _, operation = OPERATIONS[name]

    assert operation["summary"][0].isupper()
    assert not operation["summary"].endswith(".")
    assert operation["tags"]
    assert all(answer["description"] for answer in operation["responses"].values())
    assert all(
        parameter.get("description") or parameter["in"] == "path"
        for parameter in operation.get("parameters", [])
    )
    error = content_of(operation["responses"]["default"])
    assert error["schema"] == {"$ref": "#/components/schemas/Error"}


@each_operation
def test_an_operation_says_whether_it_needs_a_token(name):
    method, path, operation = OPERATIONS[name]

    security = operation.get("security", [{}])

    assert ({} in security) == ROUTES[path].is_public(method)


@each_operation
def test_every_answer_has_a_schema_and_a_true_example(name):
    _, _, operation = OPERATIONS[name]
    good = {status: answer for status, answer in operation["responses"].items() if status < "300"}

    assert len(good) == 1
    for answer in good.values():
        content = content_of(answer)
        validator(content["schema"]).validate(content["example"])


@each_operation
def test_every_body_has_a_schema_and_a_true_example(name):
    _, _, operation = OPERATIONS[name]

    if "requestBody" in operation:
        content = content_of(operation["requestBody"])
        validator(content["schema"]).validate(content["example"])


def test_the_example_of_an_error_is_true():
    schema = DOCUMENT["components"]["schemas"]["Error"]

    validator(schema).validate(schema["example"])


class Rehearsal:
    """Carries each example out in a world of its own: with this server's secrets and players."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self._unchanged = make_world(api)

    def body(self, world: World, operation: dict) -> dict | None:
        if "requestBody" not in operation:
            return None
        example = content_of(operation["requestBody"])["example"]
        true_here = {
            "master_password": MASTER_PASSWORD,
            "refresh_token": self.api.tokens["refresh_token"],
            "tournament_id": world.ids["tournaments"],
            "placements": {"Player 2": 1, "Player 1": 2},
            "absent": ["Player 3"],
            "results": [
                {"game": "1.1", "lobby": 1, "placements": {"Player 1": 1}, "absent": ["Player 2"]}
            ],
            "username": f"rehearsal-{world.ids['users']}",
            "discord_id": str(world.ids["users"]),
            "change_id": world.ids["change"],
            "document": example.get("document", "")
            .replace("Dishsoap", "Player 2")
            .replace("Double61", "Player 1")
            .replace("Wilted", "Player 3"),
        }
        return {key: true_here.get(key, value) for key, value in example.items()}

    def answer(self, name: str):
        method, path, operation = OPERATIONS[name]
        route: Route = ROUTES[path]
        # some that write leave nothing for the next
        world = self._unchanged if method == "GET" else make_world(self.api)
        body = self.body(world, operation) or {}
        if name == "configuration_create":
            self.api.delete(world.address(route))  # or it would be there
        answer = self.api.request(method, world.address(route), json=body)
        if name == "configuration_bulk_update":
            for key in body:  # of the program: other tests of this server rely on the defaults
                self.api.delete(f"/api/v1/configuration/{key}")
        return answer


@pytest.mark.timeout(400)
def test_every_example_can_be_carried_out(server):
    with Api(server) as api:
        rehearsal = Rehearsal(api.login())
        ends_the_session = {"auth_refresh": 1, "auth_logout": 2}
        names = sorted(OPERATIONS, key=lambda name: (ends_the_session.get(name, 0), name))

        for name in names:
            answer = rehearsal.answer(name)

            _, _, operation = OPERATIONS[name]
            assert str(answer.status_code) in operation["responses"], (name, answer.text)
            content = content_of(operation["responses"][str(answer.status_code)])
            is_json = answer.headers["Content-Type"] == "application/json"
            validator(content["schema"]).validate(answer.json() if is_json else answer.text)


@pytest.mark.parametrize(
    ("name", "rows"), [("graphics_list", "graphics"), ("archive_list", "archives")]
)
def test_a_list_of_some_members_is_as_described(api, world, name, rows):
    _, path, operation = OPERATIONS[name]

    answer = api.get(path, params={"fields": "id"}).json()

    assert {frozenset(row) for row in answer[rows]} == {frozenset({"id"})}
    validator(content_of(operation["responses"]["200"])["schema"]).validate(answer)
