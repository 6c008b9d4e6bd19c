from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "gal_dashboard.core"
    label = "core"
    verbose_name = "Core"
