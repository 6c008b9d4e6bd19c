"""Who sits in which lobby: pure functions over an order of participants."""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import islice

from tournaments.standings import LOBBY_SIZE


def lobbies_needed(players: int, size: int = LOBBY_SIZE) -> int:
    """How many lobbies of at most ``size`` seat ``players``; none for nobody."""
    if players < 0:
        raise ValueError(f"There cannot be {players} players.")
    if size < 1:
        raise ValueError(f"A lobby of {size} seats nobody.")
    return -(-players // size)


def snake(order: Sequence[int], lobbies: int) -> list[list[int]]:
    """Deal ``order``, best first, so that all lobbies are about equally strong.

    The first k go to lobbies 1 to k, the next k to lobbies k to 1, and so on. Lobby n is
    ``result[n - 1]``, its best participant first; sizes differ by one at most. Raises
    ``ValueError`` where a lobby would stay empty or a participant would sit twice.
    """
    _check(order, lobbies)
    seats: list[list[int]] = [[] for _ in range(lobbies)]
    for index, participant in enumerate(order):
        turn, step = divmod(index, lobbies)
        seats[step if turn % 2 == 0 else lobbies - 1 - step].append(participant)
    return seats


def swiss(order: Sequence[int], lobbies: int) -> list[list[int]]:
    """Deal ``order``, best first, so that equals meet: the best in lobby 1, the next in lobby 2.

    Sizes differ by one at most, the larger lobbies first. Raises as ``snake``.
    """
    _check(order, lobbies)
    people = iter(order)
    return [list(islice(people, size)) for size in _sizes(len(order), lobbies)]


def shuffled(people: Iterable[int], seed: int) -> list[int]:
    """An order by chance, the same for the same ``seed`` everywhere and for ever.

    Everybody is ordered by the SHA-256 of ``<seed>:<number>``, so anybody can check it.
    """
    return sorted(people, key=lambda number: sha256(f"{seed}:{number}".encode()).digest())


def by_chance(people: Iterable[int], lobbies: int, seed: int) -> list[list[int]]:
    """Deal ``people`` in the order that ``seed`` gives them. Raises as ``snake``."""
    return swiss(shuffled(people, seed), lobbies)


def _sizes(players: int, lobbies: int) -> Iterator[int]:
    least, larger = divmod(players, lobbies)
    return (least + (number < larger) for number in range(lobbies))


def _check(order: Sequence[int], lobbies: int) -> None:
    if lobbies < 1:
        raise ValueError(f"{lobbies} lobbies seat nobody.")
    if len(order) < lobbies:
        raise ValueError(f"{len(order)} participants cannot fill {lobbies} lobbies.")
    if len(set(order)) != len(order):
        raise ValueError("A participant stands in the order twice.")
