"""Environment -> typed settings. Every variable is `TRACKER_<NAME>`; a bad value fails at start-up.

`manage.py check` and the README list the variables; nothing here is a domain rule.
"""

import secrets
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

BASE_DIR = Path(__file__).resolve().parent.parent
RATE = "^[0-9]{1,9}/(second|minute|hour|day)$"


class Env(BaseSettings):
    """What an operator may change, read from `TRACKER_*` variables or a `.env` file."""

    model_config = SettingsConfigDict(
        env_prefix="TRACKER_", env_file=BASE_DIR / ".env", extra="forbid"
    )

    debug: bool = False
    secret_key: str = ""
    allowed_hosts: list[str] = ["localhost", "127.0.0.1", "[::1]"]
    site_url: str = "http://127.0.0.1:8000"
    database_url: str = ""
    var_dir: Path = BASE_DIR / "var"
    https: bool = False
    public_reads: bool = True
    api_extract_max_chars: int = Field(100_000, gt=0)
    api_throttle_anon: str = Field("600/hour", pattern=RATE)
    api_throttle_user: str = Field("6000/hour", pattern=RATE)
    api_throttle_write: str = Field("1200/hour", pattern=RATE)
    api_throttle_extract: str = Field("60/hour", pattern=RATE)
    api_throttle_export: str = Field("20/hour", pattern=RATE)
    api_throttle_live: str = Field("30/hour", pattern=RATE)
    api_throttle_cite: str = Field("300/hour", pattern=RATE)
    # Hosts that may be fetched from, and sent to, though they are not public.
    fetch_allow_hosts: list[str] = []
    broker_url: str = ""
    broker_options: dict[str, Any] = {}
    # Without a host no e-mail is sent, and the pages say so.
    email_host: str = ""
    email_port: int = Field(587, ge=1, le=65_535)
    email_security: Literal["starttls", "tls", "none"] = "starttls"
    email_user: str = ""
    email_password: str = ""
    email_from: str = ""
    email_timeout_s: int = Field(15, gt=0)
    stanza_package: Literal["shipped", "default", "default_accurate"] = "shipped"
    stanza_dir: Path | None = None
    log_level: str = "INFO"


try:
    env = Env()
except ValidationError as error:
    problems = "; ".join(f"TRACKER_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
    raise ImproperlyConfigured(f"settings: {problems}; correct the environment or .env") from error


def _secret_key() -> str:
    """Return the operator's key, else one made on first use and kept in the private var folder."""
    if env.secret_key:
        return env.secret_key
    path = env.var_dir / "secret_key"
    if not path.exists():
        env.var_dir.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(50), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


def _database() -> dict[str, Any]:
    """Return Django's database entry for TRACKER_DATABASE_URL; SQLite in `var` if unset."""
    if not env.database_url:
        env.var_dir.mkdir(parents=True, exist_ok=True)
        return _sqlite(env.var_dir / "db.sqlite3")
    url = urlsplit(env.database_url)
    if url.scheme == "sqlite":
        return _sqlite(Path(unquote(url.path)))
    if url.scheme not in ("postgres", "postgresql"):
        raise ImproperlyConfigured(
            f"TRACKER_DATABASE_URL: cannot use scheme {url.scheme!r}; use postgresql:// or sqlite://"
        )
    # postgresql://user@/name?host=/folder reaches the server through its socket in that folder.
    socket = parse_qs(url.query).get("host", [""])[0]
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.lstrip("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": socket or unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
    }


def _sqlite(path: Path) -> dict[str, Any]:
    # WAL lets pages be read while an import writes; IMMEDIATE makes a second writer wait its turn
    # instead of failing half-way through a transaction.
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 30,
            # Pages are read through the system's memory: a search looks at a thousand rows all over
            # the file, and a system call for each takes longer than the search itself. What a
            # long transaction changes stays in a cache of 64 MB: of 2 MB, pages are written to the
            # log and read again several times.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; "
            "PRAGMA mmap_size=2147418112; PRAGMA cache_size=-65536;",
        },
    }


DEBUG = env.debug
SECRET_KEY = _secret_key()
ALLOWED_HOSTS = env.allowed_hosts
SITE_URL = env.site_url.rstrip("/")
PUBLIC_READS = env.public_reads
API_EXTRACT_MAX_CHARS = env.api_extract_max_chars
FETCH_ALLOW_HOSTS = frozenset(host.lower() for host in env.fetch_allow_hosts)
# Without a broker, processes of our own do what is done later (quotes/tasks.py).
BROKER_URL, BROKER_OPTIONS = env.broker_url, env.broker_options
if urlsplit(BROKER_URL).scheme in ("redis", "rediss", "sentinel") and not find_spec("redis"):
    raise ImproperlyConfigured(
        "TRACKER_BROKER_URL: Redis needs the package redis, which is not installed; install it "
        "(pip install 'redis>=6.4,<9'), or name a RabbitMQ, as amqp://localhost"
    )
if env.email_host and "@" not in env.email_from:
    raise ImproperlyConfigured(
        "TRACKER_EMAIL_FROM: names no address to send from; give one, as tracker@example.org"
    )
EMAIL_HOST, EMAIL_PORT, EMAIL_TIMEOUT = env.email_host, env.email_port, env.email_timeout_s
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = env.email_user, env.email_password
EMAIL_USE_TLS, EMAIL_USE_SSL = env.email_security == "starttls", env.email_security == "tls"
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.email_from
STANZA_PACKAGE = env.stanza_package
VAR_DIR = env.var_dir
STANZA_DIR = env.stanza_dir or env.var_dir / "stanza"
# Uploads and exports: private, never served by the web server itself.
MEDIA_ROOT = env.var_dir / "files"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_filters",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
    "quotes.apps.QuotesConfig",
    "api",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tracker.compression.CompressedPages",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "api.quota_headers.RateLimitHeaders",
    "quotes.wrong_method.WrongMethodPages",
]
ROOT_URLCONF = "tracker.urls"
WSGI_APPLICATION = "tracker.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
# Fields as Django's templates write them, in a tenth of the time.
FORM_RENDERER = "quotes.form_html.QuickForms"

DATABASES = {"default": _database()}
# Each process keeps its own: a citation that another has written is written again, in 0.1 s.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "citations": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "citations",
        "TIMEOUT": 86_400,
        "OPTIONS": {"MAX_ENTRIES": 2000},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
FORMAT_MODULE_PATH = ["tracker.formats"]

STATIC_URL = "static/"
STATIC_ROOT = env.var_dir / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # WhiteNoise warns where there is none
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Without a collected STATIC_ROOT (tests, a first `manage.py runserver`) files come from the apps.
# With one they do not: the apps' would be sent instead of the compressed ones.
WHITENOISE_USE_FINDERS = env.debug or not any(STATIC_ROOT.iterdir())

# No inline scripts or styles anywhere: a quotation that slips through escaping still cannot run.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ("/admin/",),
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
LOGIN_URL, LOGIN_REDIRECT_URL = "login", "home"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.https
SECURE_SSL_REDIRECT = env.https
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # load balancers ask behind the proxy
SECURE_HSTS_SECONDS = 31_536_000 if env.https else 0
if env.https:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [SITE_URL]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000
DATA_UPLOAD_MAX_NUMBER_FILES = 1000  # what one import takes of them: quotes/params

REST_FRAMEWORK = {
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "api.negotiation.Negotiation",
    "DEFAULT_METADATA_CLASS": "api.negotiation.Metadata",
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "api.authentication.TokenOfAccount",  # the first says how to sign in: 401, not 403
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "api.paging.CursorPages",
    "DEFAULT_THROTTLE_CLASSES": ["api.throttling.Limits"],
    "EXCEPTION_HANDLER": "api.errors.handle",
    # Whose limit a request counts against: only a proxy of ours may say, any client could.
    "NUM_PROXIES": 1 if env.https else 0,
}
# Requests of an address, of an account, and of either for one thing; rows of RateLimit go before.
RATE_LIMITS = {
    "anon": env.api_throttle_anon,
    "user": env.api_throttle_user,
    "write": env.api_throttle_write,
    "extract": env.api_throttle_extract,
    "export": env.api_throttle_export,
    "live": env.api_throttle_live,
    "cite": env.api_throttle_cite,
}

KNOX_TOKEN_MODEL = "quotes.ApiToken"  # noqa: S105  a table
# By the prefix, programs that look for secrets in published code know a token when they see one.
REST_KNOX = {"TOKEN_PREFIX": "qtr_", "TOKEN_TTL": None}
# Its own table of tokens is not ours; once made, it would hold the accounts' table fast.
MIGRATION_MODULES = {"knox": None}

SPECTACULAR_SETTINGS = {
    "TITLE": "Quote and attribution tracker",
    "DESCRIPTION": "Who said what, in which words, with the evidence. Offsets are code points. "
    "Errors are problem details (RFC 9457).",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    # What is changed has a serializer of its own, which says what may be left out.
    "COMPONENT_SPLIT_PATCH": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.renderers.describe_formats",
        "api.schema.bound_parameters",
        "api.schema.add_problems",
        "api.schema.add_validators",
        "api.schema.add_examples",
    ],
    "ENUM_NAME_OVERRIDES": {
        "KindEnum": "quotes.models.KINDS",
        "ActEnum": "quotes.models.ACTS",
        "SpeakerKindEnum": "quotes.models.SPEAKER_KINDS",
        "NamedKindEnum": "quotes.forms.NAMED_KINDS",
        "DecisionKindEnum": "quotes.models.Decision.Kind",
        "ImportKindEnum": "quotes.models.Import.Kind",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    # What these say of a bad page, a Refusal says better (quotes/ingest.py).
    "loggers": {
        **{name: {"level": "CRITICAL"} for name in ("trafilatura", "htmldate", "courlan")},
        "httpx2": {"level": "WARNING"},  # it logs whole addresses, and some are secrets
    },
    "root": {"handlers": ["stderr"], "level": env.log_level},
}
