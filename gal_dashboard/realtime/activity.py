"""Who is here, and what they view and edit: told to staff as it changes."""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from gal_dashboard.realtime.frames import UserPresence
from gal_dashboard.realtime.ports import Editor
from gal_dashboard.realtime.sockets import StaffSocket

# What is new about somebody. PRESENT: nothing, but the socket that is told has just joined.
Action = Literal["present", "joined", "changed", "left"]
PRESENT: Final = "present"
JOINED: Final = "joined"
CHANGED: Final = "changed"
LEFT: Final = "left"


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """One account: how many staff sockets it has anywhere, which graphics it views and edits."""

    user_id: int | None
    user_name: str
    sockets: int = 0
    viewing: tuple[int, ...] = ()
    editing: tuple[int, ...] = ()


People = dict[tuple[int | None, str], Person]


class Activity:
    """Compares who is here with who was. What is told is always all of a person, so it may come
    twice, and of several changes in between only the outcome counts.
    """

    def __init__(self) -> None:
        self._known: People = {}

    def everybody(self) -> list[UserPresence]:
        return [_told(PRESENT, person) for person in self._known.values()]

    def news(self, people: People) -> list[UserPresence]:
        """What has changed since the last time, to be told to those who were here then."""
        before, self._known = self._known, people
        found = []
        for key, person in people.items():
            if key not in before:
                found.append(_told(JOINED, person))
            elif person != before[key]:
                found.append(_told(CHANGED, person))
        for key, person in before.items():
            if key not in people:
                gone = Person(user_id=person.user_id, user_name=person.user_name)
                found.append(_told(LEFT, gone))
        return found


def gather(staff: Iterable[StaffSocket], editors: Sequence[Editor]) -> People:
    """Everybody who has a socket or a lock."""
    sockets: dict[tuple[int | None, str], list[StaffSocket]] = {}
    for socket in staff:
        sockets.setdefault((socket.user_id, socket.user_name), []).append(socket)
    editing: dict[tuple[int | None, str], set[int]] = {}
    for editor in editors:
        editing.setdefault((editor.user_id, editor.user_name), set()).add(editor.graphic_id)
    return {
        key: Person(
            user_id=key[0],
            user_name=key[1],
            sockets=len(sockets.get(key, ())),
            viewing=tuple(
                sorted({one.viewing for one in sockets.get(key, ()) if one.viewing is not None})
            ),
            editing=tuple(sorted(editing.get(key, ()))),
        )
        for key in sorted({*sockets, *editing}, key=lambda key: (key[1], key[0] or 0))
    }


def _told(action: Action, person: Person) -> UserPresence:
    return UserPresence(
        action=action,
        user_id=person.user_id,
        user_name=person.user_name,
        sockets=person.sockets,
        viewing=list(person.viewing),
        editing=list(person.editing),
    )
