from django.apps import AppConfig


class OperationsConfig(AppConfig):
    name = "gal_dashboard.operations"
    label = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        from gal_dashboard.core import monitoring, options
        from gal_dashboard.events import catalogue
        from gal_dashboard.operations import vitals
        from gal_dashboard.operations.announcements import EVENT_TYPES
        from gal_dashboard.operations.measuring import under_way
        from gal_dashboard.operations.options import OPTIONS
        from gal_dashboard.realtime.hub import hub

        options.declare(OPTIONS)
        catalogue.declare(EVENT_TYPES)
        monitoring.look_with(under_way.look)
        monitoring.look_with(vitals.look)
        hub.accompany(vitals.Lookout())
