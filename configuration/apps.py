import logging
from collections.abc import Mapping
from typing import Any

from django.apps import AppConfig
from django.core.signals import request_started
from django.db import Error

logger = logging.getLogger(__name__)


class ConfigurationConfig(AppConfig):
    name = "configuration"

    def ready(self) -> None:
        from configuration import registry
        from configuration.event_data import EVENT_TYPES
        from configuration.events import CHANGED_STREAM
        from gal_dashboard.events import catalogue
        from gal_dashboard.realtime.hub import hub

        async def hear(payload: Mapping[str, Any] | None) -> None:
            await hub.run(registry.load)

        catalogue.declare(EVENT_TYPES)
        hub.listen(CHANGED_STREAM, hear)
        request_started.connect(load_before_first_request, dispatch_uid="configuration.load")


def load_before_first_request(**signal: object) -> None:
    """For servers and tests in which the hub has not yet begun to listen."""
    from configuration import registry

    if registry.is_loaded():
        return
    try:
        registry.load()
    except Error as error:  # the request will find that out for itself, and the next one loads
        logger.warning("Configuration cannot be read: %s", type(error).__name__)
