"""Addresses of keys and categories."""

from django.urls import register_converter

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


# Here, as both the API and the admin have such addresses.
register_converter(KeyConverter, "key")
register_converter(CategoryConverter, "category")
