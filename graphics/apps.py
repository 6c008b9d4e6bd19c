from django.apps import AppConfig


class GraphicsConfig(AppConfig):
    name = "graphics"

    def ready(self) -> None:
        from gal_dashboard.events import audience
        from gal_dashboard.realtime import ports
        from graphics import selectors, services
        from tournaments import dependants
        from tournaments.services import TOURNAMENT

        audience.register(TOURNAMENT, selectors.overlays_following)
        dependants.register(services.release_tournament)
        ports.register_snapshot(selectors.overlay_snapshot)
