from django.apps import AppConfig


class GraphicsConfig(AppConfig):
    name = "graphics"

    def ready(self) -> None:
        from gal_dashboard.core.options import declare
        from gal_dashboard.events import audience, catalogue, streams
        from gal_dashboard.events.recording import stream_advanced
        from gal_dashboard.realtime import ports
        from gal_dashboard.realtime.bus import advanced_elsewhere
        from gal_dashboard.realtime.hub import hub
        from graphics import connections, selectors, services
        from graphics.event_data import EVENT_TYPES, OverlayState
        from graphics.key_sockets import key_sockets
        from graphics.options import OPTIONS
        from graphics.ready_views import forget_changed
        from tournaments import dependants
        from tournaments.services import TOURNAMENT

        declare(OPTIONS)
        catalogue.declare(EVENT_TYPES)
        audience.register(TOURNAMENT, selectors.overlays_following)
        dependants.register(services.release_tournament)
        dependants.register_screens(connections.screens_of)
        for signal in (stream_advanced, advanced_elsewhere):
            signal.connect(forget_changed, dispatch_uid="graphics.ready_views")
        ports.register_snapshot(selectors.overlay_snapshot, form=OverlayState)
        ports.register_editors(selectors.editors)
        ports.register_keys(key_sockets.open_by_key)
        hub.listen(streams.OVERLAY_KEYS, key_sockets.hear)
