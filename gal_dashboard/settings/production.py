"""On air. Refuses to start when unsafe, in one line that names the variable."""

from gal_dashboard.settings.base import *

MINIMUM_PASSWORD_LENGTH = 15
MINIMUM_KEY_LENGTH = 32
# What people write where a password is asked for; each of these is long enough.
SAMPLE_WORDS = (
    "change",
    "example",
    "master-password",
    "masterpassword",
    "sample",
    "secret-password",
)

for _name, _password in (
    ("DASHBOARD_MASTER_PASSWORD", DASHBOARD_MASTER_PASSWORD),
    ("DASHBOARD_VIEWER_PASSWORD", DASHBOARD_VIEWER_PASSWORD or DASHBOARD_MASTER_PASSWORD),
):
    if len(_password) < MINIMUM_PASSWORD_LENGTH:
        raise ImproperlyConfigured(
            f"{_name} needs {MINIMUM_PASSWORD_LENGTH} or more characters in production."
        )
    if any(_word in _password.lower() for _word in SAMPLE_WORDS):
        raise ImproperlyConfigured(f"{_name} is a sample value; choose a random one.")
if DASHBOARD_VIEWER_PASSWORD == DASHBOARD_MASTER_PASSWORD:
    raise ImproperlyConfigured("DASHBOARD_VIEWER_PASSWORD must not be the master password.")
for _name, _key in (
    ("SECRET_KEY", SECRET_KEY),
    ("JWT_SIGNING_KEY", JWT_SIGNING_KEY),
    ("JWT_SIGNING_KEY_PREVIOUS", JWT_SIGNING_KEY_PREVIOUS or JWT_SIGNING_KEY),
):
    if len(_key.encode()) < MINIMUM_KEY_LENGTH:
        raise ImproperlyConfigured(
            f"{_name} needs {MINIMUM_KEY_LENGTH} or more bytes in production."
        )
if DEBUG:
    raise ImproperlyConfigured("DJANGO_DEBUG must be off in production.")
if "*" in ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS must list the real hosts in production, not *.")

SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
# The proxy in front speaks TLS and says so; without a trusted proxy nobody may claim it.
if TRUSTED_PROXIES > 0:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = (
    False  # the proxy redirects; the server behind it is never reached by plain HTTP
)
SILENCED_SYSTEM_CHECKS = [*globals().get("SILENCED_SYSTEM_CHECKS", []), "security.W008"]
