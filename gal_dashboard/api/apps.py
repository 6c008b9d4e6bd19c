from django.apps import AppConfig
from django.urls import register_converter


class ApiConfig(AppConfig):
    name = "gal_dashboard.api"
    label = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from gal_dashboard.api.converters import IdConverter

        register_converter(IdConverter, "id")
