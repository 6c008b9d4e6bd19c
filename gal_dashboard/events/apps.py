from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "gal_dashboard.events"
    label = "events"
    verbose_name = "Event log"

    def ready(self) -> None:
        from gal_dashboard.core.options import declare
        from gal_dashboard.events.options import OPTIONS

        declare(OPTIONS)
