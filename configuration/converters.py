"""Addresses of keys and categories."""

from configuration.names import CATEGORY, KEY, RESERVED


class KeyConverter:
    regex = KEY

    def to_python(self, value: str) -> str:
        if value in RESERVED:
            raise ValueError(value)  # Django answers 404
        return value

    def to_url(self, value: str) -> str:
        return value


class CategoryConverter:
    regex = CATEGORY

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value
