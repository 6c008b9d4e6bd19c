"""Examples of the API's description: what is sent, and what comes back.

The tests send each request and hold each answer against its schema, so that none of them lies.
"""

from typing import Any, Final

from gal_dashboard.operations.examples import (
    configuration,
    graphics,
    house,
    results,
    tournaments,
    users,
)

_AREAS: Final = (tournaments, results, graphics, users, configuration, house)

REQUESTS: Final[dict[str, Any]] = {
    name: example for area in _AREAS for name, example in area.REQUESTS.items()
}
ANSWERS: Final[dict[str, Any]] = {
    name: example for area in _AREAS for name, example in area.ANSWERS.items()
}


def add_examples(
    result: dict[str, Any],
    generator: Any,
    request: Any,
    public: bool,  # noqa: FBT001 - the signature is drf-spectacular's
) -> dict[str, Any]:
    """Put each example beside the schema that it is an example of."""
    for operations in result["paths"].values():
        for operation in operations.values():
            name = operation["operationId"]
            if name in REQUESTS:
                _show(operation["requestBody"], REQUESTS[name])
            for status, answer in operation["responses"].items():
                if status in {"200", "201"} and name in ANSWERS:
                    _show(answer, ANSWERS[name])
    return result


def _show(part: dict[str, Any], example: Any) -> None:
    [content] = part["content"].values()  # of its one media type
    content["example"] = example
