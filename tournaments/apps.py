from django.apps import AppConfig


class TournamentsConfig(AppConfig):
    name = "tournaments"

    def ready(self) -> None:
        from gal_dashboard.events import catalogue
        from tournaments.event_data import EVENT_TYPES

        catalogue.declare(EVENT_TYPES)
