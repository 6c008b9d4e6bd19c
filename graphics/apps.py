from django.apps import AppConfig


class GraphicsConfig(AppConfig):
    name = "graphics"

    def ready(self) -> None:
        from gal_dashboard.events import audience
        from gal_dashboard.realtime import ports
        from graphics import selectors

        audience.register("tournament", selectors.overlays_following)
        ports.register_snapshot(selectors.overlay_snapshot)
