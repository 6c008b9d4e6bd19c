from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gal_dashboard.core"
    label = "core"
    verbose_name = "Core"

    def ready(self) -> None:
        from gal_dashboard.core.house import OPTIONS
        from gal_dashboard.core.options import declare

        declare(OPTIONS)
