from django.apps import AppConfig


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "People"

    def ready(self) -> None:
        from gal_dashboard.events import catalogue
        from gal_dashboard.realtime import ports
        from users import selectors
        from users.authentication import authenticate_token
        from users.event_data import EVENT_TYPES

        catalogue.declare(EVENT_TYPES)
        ports.register_authentication(
            authenticate=authenticate_token,
            is_alive=selectors.is_session_live,
            revive=selectors.revive,
        )
