from tournaments.standings import GameRef


class GameRefConverter:
    """``DAY.GAME`` in an address, such as ``3.1``."""

    regex = r"[0-9]{1,4}\.[0-9]{1,4}"

    def to_python(self, value: str) -> GameRef:
        return GameRef.parse(value)  # its ValueError is Django's 404

    def to_url(self, value: GameRef) -> str:
        return str(value)


class LobbyConverter:
    """The number of a lobby; no event fills a thousand."""

    regex = "[1-9][0-9]{0,2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)
