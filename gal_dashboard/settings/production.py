"""On air. Refuses to start when unsafe, in one line that names the variable."""

from gal_dashboard.settings import safety
from gal_dashboard.settings.base import *

safety.refuse_weak_passwords(
    DASHBOARD_MASTER_PASSWORD=DASHBOARD_MASTER_PASSWORD,
    DASHBOARD_VIEWER_PASSWORD=DASHBOARD_VIEWER_PASSWORD,
)
safety.refuse_weak_keys(
    SECRET_KEY=SECRET_KEY,
    JWT_SIGNING_KEY=JWT_SIGNING_KEY,
    JWT_SIGNING_KEY_PREVIOUS=JWT_SIGNING_KEY_PREVIOUS,
)
safety.refuse_one_secret_twice(
    SECRET_KEY=SECRET_KEY,
    DASHBOARD_MASTER_PASSWORD=DASHBOARD_MASTER_PASSWORD,
    DASHBOARD_VIEWER_PASSWORD=DASHBOARD_VIEWER_PASSWORD,
    JWT_SIGNING_KEY=JWT_SIGNING_KEY,
)
safety.refuse_database_in_memory("DATABASE_URL", DATABASES["default"])
safety.refuse_all_hosts("ALLOWED_HOSTS", ALLOWED_HOSTS)
safety.refuse_debug("DJANGO_DEBUG", is_on=DEBUG)

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
