"""What every installation shares. Reads the environment; holds no secret and no host of anybody."""

import logging
from datetime import timedelta

from csp.constants import NONE, SELF
from environs import validate
from redis.backoff import NoBackoff
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.retry import Retry

from gal_dashboard.settings import forms
from gal_dashboard.settings.environment import BASE_DIR, derive_key, env, listed, need

VERSION = "0.1.0"

# --- What the environment says -------------------------------------------------------------------
APP_ENV = env.str("APP_ENV", default="local")
DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = need("SECRET_KEY")
DASHBOARD_MASTER_PASSWORD = need("DASHBOARD_MASTER_PASSWORD")
# A second password that only reads; empty: there is none.
DASHBOARD_VIEWER_PASSWORD = env.str("DASHBOARD_VIEWER_PASSWORD", default="")
JWT_SIGNING_KEY = env.str("JWT_SIGNING_KEY", default="") or derive_key(SECRET_KEY, "jwt-signing")
# The key before it: tokens that it has signed are taken as long as it stands here.
JWT_SIGNING_KEY_PREVIOUS = env.str("JWT_SIGNING_KEY_PREVIOUS", default="")
ALLOWED_HOSTS = forms.need_hosts(
    "ALLOWED_HOSTS", listed("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
)
HOST = forms.need_address("HOST", env.str("HOST", default="127.0.0.1"))
PORT = env.int("PORT", default=8000, validate=validate.Range(min=0, max=65535))
REDIS_URL = forms.need_redis("REDIS_URL", env.str("REDIS_URL", default=""))
# Installations that share a Redis are told apart by it.
REDIS_PREFIX = env.str("REDIS_PREFIX", default="gal", validate=validate.Length(min=1))
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0, validate=validate.Range(min=0, max=8))
RATE_LIMITS = env.bool("RATE_LIMITS", default=True)
# Whether overlays are open to everybody by the number of their graphic, or by keys only.
OVERLAY_PUBLIC_IDS = env.bool("OVERLAY_PUBLIC_IDS", default=True)
DEMO = env.bool("DEMO", default=True)
LOG_LEVEL = env.log_level("LOG_LEVEL", default=logging.INFO)
ACCESS_TOKEN_LIFETIME = timedelta(
    minutes=env.int(
        "ACCESS_TOKEN_EXPIRE_MINUTES", default=24 * 60, validate=validate.Range(min=1, max=7 * 1440)
    )
)
REFRESH_TOKEN_LIFETIME = timedelta(days=7)
# Threads that answer HTTP in each process; each keeps one database connection for its life.
WEB_THREADS = env.int("WEB_THREADS", default=4, validate=validate.Range(min=1))


def READ_VARIABLE(name: str) -> str | None:  # noqa: N802 - settings have names in capitals
    """A variable of the environment or of .env.local, for options that apps declare."""
    return env.str(name, default=None)


# --- The house -----------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",  # first: its runserver replaces Django's
    "gal_dashboard.core",
    "gal_dashboard.events",
    "gal_dashboard.audit",
    "gal_dashboard.api",
    "gal_dashboard.realtime",
    "users",
    "configuration",
    "tournaments",
    "graphics",
    "gal_dashboard.operations",
    "gal_dashboard.core.admin_config.LeagueAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "csp",
    "rest_framework",
    "django_filters",
    "django_ratelimit",  # for its check that the cache is one that processes share
    "drf_spectacular",
    "drf_spectacular_sidecar",
]

MIDDLEWARE = [
    "gal_dashboard.operations.middleware.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "gal_dashboard.operations.content_policy.ContentPolicyMiddleware",
    "gal_dashboard.core.admin_pages.AdminPagesMiddleware",
    "gal_dashboard.operations.middleware.SecurityHeadersMiddleware",
    "gal_dashboard.operations.cors.PublicCorsMiddleware",
    "gal_dashboard.operations.middleware.RefusalMiddleware",
    "gal_dashboard.operations.middleware.HostMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]

ROOT_URLCONF = "gal_dashboard.urls"
ASGI_APPLICATION = "gal_dashboard.asgi.application"
APPEND_SLASH = False  # both forms are one address; a redirect would lose bodies
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "users.User"
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- Database ------------------------------------------------------------------------------------
# Connections live as long as the few threads that own them (see docs/architecture.md), so Django
# must neither close them by age nor trust them blindly.
DATABASE_URL = (
    env.str("DATABASE_URL", default="") or f"sqlite:///{BASE_DIR / 'var' / 'dashboard.sqlite3'}"
)
DATABASES = {
    "default": forms.need_database(
        "DATABASE_URL", DATABASE_URL, conn_max_age=None, conn_health_checks=True
    )
}
DATABASE_OPTIONS = {
    # IMMEDIATE takes the write lock when a transaction begins: writers wait in line for up to 20 s
    # instead of failing half-way with "database is locked".
    "gal_dashboard.core.sqlite": {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    },
    "gal_dashboard.core.postgresql": {
        "connect_timeout": 5,
        # a link that died without a word is noticed, not waited for
        "keepalives_idle": 10,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "options": "-c lock_timeout=5000 -c statement_timeout=30000"
        " -c idle_in_transaction_session_timeout=15000",
    },
}
DATABASES["default"].setdefault("OPTIONS", {}).update(
    DATABASE_OPTIONS[DATABASES["default"]["ENGINE"]]
)

# --- Redis ---------------------------------------------------------------------------------------
# Between processes go pokes only, over a channel of our own: see docs/architecture.md.
# CHANNEL_LAYERS is for additions to this server that use Channels' groups; its own sockets do not.
BUS_CHANNEL = f"{REDIS_PREFIX}.pokes"
RATES_PREFIX = f"{REDIS_PREFIX}.rates "
# W001 knows of packages only, not of Django's own cache on Redis, whose `add` is atomic.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
            # A Redis that hangs must not hold a request: it is asked once. A connection that was
            # cut is made once again: it may be left over from before Redis was started again.
            "OPTIONS": {
                "socket_connect_timeout": 1,
                "socket_timeout": 1,
                "retry": Retry(NoBackoff(), retries=1, supported_errors=(RedisConnectionError,)),
            },
        }
    }
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.core.RedisChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": f"{REDIS_PREFIX}.channels"},
        }
    }
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    # One process counts for itself: exact, as `serve` refuses several processes without Redis.
    SILENCED_SYSTEM_CHECKS.append("django_ratelimit.E003")

# What a client may send in one WebSocket message; `serve` has the same limit.
DAPHNE_WEBSOCKET_MAX_MESSAGE_SIZE = 64 * 1024
DAPHNE_WEBSOCKET_MAX_FRAME_SIZE = 64 * 1024

# --- Passwords, tokens, language -----------------------------------------------------------------
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_SIGNING_KEY,
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "LEEWAY": 30,  # seconds that the clocks of several hosts may differ
    "UPDATE_LAST_LOGIN": False,
}
LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True
FORMAT_MODULE_PATH = ["gal_dashboard.core.formats"]

# --- HTTP ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["users.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["gal_dashboard.api.permissions.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["gal_dashboard.api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["gal_dashboard.api.parsers.IJSONParser"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "gal_dashboard.api.renderers.IgnoreAccept",
    "DEFAULT_SCHEMA_CLASS": "gal_dashboard.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "EXCEPTION_HANDLER": "gal_dashboard.api.exceptions.exception_handler",
    "UNAUTHENTICATED_USER": None,
    "DATETIME_FORMAT": "iso-8601",
}
DATA_UPLOAD_MAX_MEMORY_SIZE = None  # the gate in front of Django decides, by path
FILE_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

# On a machine of one's own the dashboard runs there, too; on air it is named or there is none.
OWN_DASHBOARD = ["http://localhost:3000", "http://127.0.0.1:3000"]
CORS_ALLOWED_ORIGINS = forms.need_origins(
    "CORS_ALLOWED_ORIGINS",
    listed("CORS_ALLOWED_ORIGINS", default=[] if APP_ENV == "production" else OWN_DASHBOARD),
)
CORS_ALLOW_CREDENTIALS = False
# Pages that may open overlay sockets: all, or exactly these; "null" stands for local files.
OVERLAY_ORIGINS = forms.need_origins(
    "OVERLAY_ORIGINS", listed("OVERLAY_ORIGINS", default=["*"]), words=("*", "null")
)
CORS_ALLOW_HEADERS = [
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "x-lock-fence",
    "x-request-id",
]
CORS_EXPOSE_HEADERS = [
    "etag",
    "idempotency-replayed",
    "last-modified",
    "retry-after",
    "x-process-time",
    "x-request-id",
]

# Answers of the API need nothing from anywhere. Pages that do (admin, docs) say so themselves.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "form-action": [NONE],
        "frame-ancestors": [NONE],
    }
}
ADMIN_CONTENT_SECURITY_POLICY = {
    "default-src": [NONE],
    "script-src": [SELF],
    "style-src": [SELF],
    "img-src": [SELF, "data:"],
    "font-src": [SELF],
    "connect-src": [SELF],
    "frame-src": [SELF],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
# Pages of the crew's dashboard may frame overlays as previews.
OVERLAY_FRAME_ANCESTORS = ["'self'", *CORS_ALLOWED_ORIGINS]

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"

SPECTACULAR_SETTINGS = {
    "TITLE": "Guardian Angel League Live Graphics Dashboard",
    "DESCRIPTION": "Graphics, tournaments and standings of a live broadcast. Every error is JSON "
    "with `detail`, `code` and `request_id`; invalid fields are named in `errors`. What happens is "
    "told by WebSockets, which [/asyncapi.json](/asyncapi.json) describes.",
    "VERSION": VERSION,
    "OAS_VERSION": "3.1.0",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "TournamentStatusEnum": "tournaments.choices.TournamentStatus",
        "DrawRuleEnum": "tournaments.choices.DrawRule",
        "StandingStatusEnum": "tournaments.choices.ParticipantStatus",
        "SheetStatusEnum": "tournaments.choices.SheetStatus",
    },
    "PATH_CONVERTER_OVERRIDES": {
        "id": {"type": "integer", "format": "int64", "minimum": 1, "maximum": 2**63 - 1},
        "lobby": {"type": "integer", "minimum": 1, "maximum": 999},
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "gal_dashboard.api.schema.describe_answers",
        "gal_dashboard.operations.examples.add_examples",
    ],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {
        "request_id": {"()": "gal_dashboard.operations.logging.RequestFilter"},
        "faults": {"()": "gal_dashboard.operations.logging.FaultFilter"},
    },
    "formatters": {"json": {"()": "gal_dashboard.operations.logging.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json", "filters": ["request_id"]}
    },
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR", "filters": ["faults"]},
        "django.server": {"level": "WARNING"},
        # the access log has the 400; a scanner must not fill the disk with tracebacks
        "django.security.DisallowedHost": {"level": "CRITICAL"},
        "daphne": {"level": "WARNING"},
        "uvicorn.access": {"level": "WARNING"},
    },
}
