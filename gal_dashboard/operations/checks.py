"""What `manage.py check` says about this installation."""

from django.conf import settings
from django.core.checks import Error, Tags, register

SAMPLE_PASSWORDS = frozenset({"change-me", "changeme", "password", "master-password"})


@register(Tags.security, deploy=True)
def check_master_password(app_configs, **kwargs):
    """A password that anybody can guess opens everything."""
    if settings.DASHBOARD_MASTER_PASSWORD.lower() in SAMPLE_PASSWORDS:
        return [
            Error(
                "DASHBOARD_MASTER_PASSWORD is a sample value.",
                hint="Choose a random one of 15 characters or more.",
                id="operations.E001",
            )
        ]
    return []
