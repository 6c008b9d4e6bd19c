"""What a graphic does when one request comes after another: the measure for requests at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

Answer = tuple[int, str | None]  # status and code

NOT_FOUND: Answer = (404, "graphic_not_found")
DONE: Answer = (200, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What can be known of a graphic; ``None`` as its title: it is deleted for good."""

    title: str | None
    version: int = 1
    is_archived: bool = False
    is_locked: bool = False


Step = tuple[State, Answer, str | None]  # the state after it, the answer, the event in words


def step(deed: str, state: State) -> Step:
    """One request. All but ``lock`` come from somebody who does not hold the lock.

    ``change TITLE`` saves a title.
    """
    if state.title is None:
        return state, NOT_FOUND, None
    verb, _, title = deed.partition(" ")
    return _DEEDS[verb](state, title)


def _lock(state: State, _: str) -> Step:
    if state.is_archived:
        return state, (409, "graphic_archived"), None
    return replace(state, is_locked=True), DONE, "graphic.lock_acquired"


def _change(state: State, title: str) -> Step:
    if state.is_locked:
        return state, (423, "graphic_locked"), None
    if state.is_archived:
        return state, (409, "graphic_archived"), None
    after = replace(state, title=title, version=state.version + 1)
    return after, DONE, f"graphic.updated to {title} at {after.version}"


def _archive(state: State, _: str) -> Step:
    if state.is_locked:
        return state, (409, "graphic_locked"), None
    if state.is_archived:
        return state, (409, "already_archived"), None
    return replace(state, is_archived=True), DONE, "graphic.archived"


def _put_away(state: State, _: str) -> Step:
    """DELETE of a graphic: archives it, and does not mind if it is archived."""
    after, answer, event = _archive(state, _)
    return after, DONE if answer[1] == "already_archived" else answer, event


def _restore(state: State, _: str) -> Step:
    if not state.is_archived:
        return state, (409, "not_archived"), None
    return replace(state, is_archived=False), DONE, "graphic.restored"


def _delete(state: State, _: str) -> Step:
    if state.is_locked:
        return state, (409, "graphic_locked"), None
    return replace(state, title=None), DONE, "graphic.deleted"


def _empty(state: State, _: str) -> Step:
    """DELETE from the archive."""
    if state.is_locked:
        return state, (409, "graphic_locked"), None
    if not state.is_archived:
        return state, (409, "not_archived"), None
    return _delete(state, _)


_DEEDS = {
    "lock": _lock,
    "change": _change,
    "archive": _archive,
    "put-away": _put_away,
    "restore": _restore,
    "delete": _delete,
    "empty": _empty,
}


def explained(
    answers: Mapping[str, Answer], events: Sequence[str], state: State
) -> tuple[list[str], State] | None:
    """An order of the deeds in which each gets its answer and the events come as they did.

    With the state after them; ``None`` if there is no such order.
    """
    if not answers:
        return None if events else ([], state)
    for deed, answer in answers.items():
        after, expected, event = step(deed, state)
        if expected != answer or (event is not None and list(events[:1]) != [event]):
            continue
        others = {other: answers[other] for other in answers if other != deed}
        rest = explained(others, events if event is None else events[1:], after)
        if rest is not None:
            return [deed, *rest[0]], rest[1]
    return None


def in_words(name: str, payload: Mapping[str, Any]) -> str:
    """An event as ``step`` tells it."""
    if name != "graphic.updated":
        return name
    return f"{name} to {payload['graphic']['title']} at {payload['version']}"


def folded(payloads: Sequence[Mapping[str, Any]]) -> State:
    """The state that somebody knows who has only heard the staff's events."""
    state = State(title=None)
    for payload in payloads:
        match payload["action"]:
            case "created" | "updated" | "restored":
                graphic = payload["graphic"]
                state = replace(
                    state,
                    title=graphic["title"],
                    version=graphic["version"],
                    is_archived=graphic["archived"],
                )
            case "archived":
                state = replace(state, is_archived=True)
            case "deleted":
                state = replace(state, title=None)
            case _:  # of a lock
                state = replace(state, is_locked=payload["locked"])
    return state
