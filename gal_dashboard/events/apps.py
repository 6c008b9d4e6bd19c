from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "gal_dashboard.events"
    label = "events"
    verbose_name = "Event log"
