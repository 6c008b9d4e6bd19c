from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "People"

    def ready(self) -> None:
        from gal_dashboard.core import options
        from gal_dashboard.events import catalogue
        from gal_dashboard.realtime import ports
        from users import authentication
        from users.event_data import EVENT_TYPES
        from users.options import OPTIONS

        options.declare(OPTIONS)
        catalogue.declare(EVENT_TYPES)
        ports.register_authentication(
            authenticate=authentication.authenticate_socket,
            ended_among=authentication.ended_among,
            revive=authentication.revive,
        )
