from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    name = "gal_dashboard.realtime"
    label = "realtime"
    verbose_name = "Realtime"

    def ready(self) -> None:
        from gal_dashboard.core import monitoring
        from gal_dashboard.core.options import declare
        from gal_dashboard.events import streams
        from gal_dashboard.events.recording import stream_advanced
        from gal_dashboard.realtime import announcements, endings, reloads, vitals
        from gal_dashboard.realtime.hub import hub
        from gal_dashboard.realtime.options import OPTIONS
        from gal_dashboard.realtime.presence import presence

        declare(OPTIONS)
        stream_advanced.connect(announcements.tell_hub, dispatch_uid="realtime.hub")
        hub.accompany(presence)
        monitoring.look_with(vitals.look)
        hub.listen(reloads.ORDERS, reloads.obey)
        hub.listen(streams.SESSIONS, endings.close_sockets)
