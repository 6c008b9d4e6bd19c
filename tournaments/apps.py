from django.apps import AppConfig


class TournamentsConfig(AppConfig):
    name = "tournaments"

    def ready(self) -> None:
        from gal_dashboard.core import options
        from gal_dashboard.events import catalogue
        from tournaments.event_data import EVENT_TYPES
        from tournaments.options import OPTIONS

        options.declare(OPTIONS)
        catalogue.declare(EVENT_TYPES)
