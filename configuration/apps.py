from django.apps import AppConfig


class ConfigurationConfig(AppConfig):
    name = "configuration"

    def ready(self) -> None:
        from configuration.event_data import EVENT_TYPES
        from gal_dashboard.events import catalogue

        catalogue.declare(EVENT_TYPES)
