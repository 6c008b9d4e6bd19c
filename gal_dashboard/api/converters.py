"""One canonical address for each object."""

MAX_ID = 2**63 - 1


class IdConverter:
    """ASCII digits without sign or leading zero, 1 to 2^63-1; any other spelling is no address."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > MAX_ID:
            raise ValueError(value)  # Django answers 404
        return number

    def to_url(self, value: int) -> str:
        return str(value)
