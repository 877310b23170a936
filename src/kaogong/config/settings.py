"""Settings, all from the environment; what is not set falls back to a development machine with its own database.

| variable | meaning |
|---|---|
| `DATABASE_URL` | PostgreSQL address; unset: the embedded cluster in `var/postgres` |
| `KAOGONG_DEBUG` | `1` shows tracebacks and the gallery; never in production |
| `KAOGONG_HOSTS` | comma-separated host names the site answers to |
| `KAOGONG_SECRET_KEY` | Django's secret; unset: made once into `var/keys` |
| `KAOGONG_KEYS` | folder of the keys; none is made anew for a database in use |
| `KAOGONG_ENCRYPTION_KEYS`, `KAOGONG_DIGEST_KEYS` | see `foundation/signing` |
| `KAOGONG_MAIL_URL`, `KAOGONG_SMS` | see `foundation/notices` |
| `KAOGONG_BEHIND_HTTPS` | `1` when a proxy ends TLS in front: secure cookies, HSTS |
| `KAOGONG_PROXIES` | how many trusted proxies stand in front (for the client's address); 0 by default |
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from kaogong.foundation.signing import places

PROJECT = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("KAOGONG_VAR", PROJECT / "var"))
KEYS = Path(os.environ.get("KAOGONG_KEYS", VAR / "keys"))

DEBUG = os.environ.get("KAOGONG_DEBUG") == "1"
BEHIND_HTTPS = os.environ.get("KAOGONG_BEHIND_HTTPS") == "1"
TRUSTED_PROXIES = int(os.environ.get("KAOGONG_PROXIES", "0"))


# Settings can be read while the database is down (for `kaogong --help`); the first query then says that it is down.
# What is really wrong (stopped, foreign, not permitted) the command line says when it brings the cluster up.
NOBODY_THERE = "postgresql://postgres@127.0.0.1:9/kaogong"


def _secret_key() -> str:
    """The secret of sessions and tokens: from the environment, else made once and kept in a file only we can read."""
    if given := os.environ.get("KAOGONG_SECRET_KEY"):
        return given
    file = KEYS / "django-secret"
    if (kept := places.read(file)) is None:
        places.write_once(file, secrets.token_urlsafe(64).encode())
        kept = places.read(file) or b""
    return kept.decode().strip()


def _database(url: str) -> dict[str, object]:
    """Django's form of a PostgreSQL URL. Raises ValueError for any other kind of database."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError(
            f"DATABASE_URL must be postgresql://…, not {parts.scheme}://…: Kaogong runs on PostgreSQL only"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "kaogong",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", "") or parts.hostname or "",
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def _database_url() -> str:
    """The address in force: the environment's, else that of the project's own embedded cluster (started by the CLI)."""
    if given := os.environ.get("DATABASE_URL"):
        return given
    import localpostgres  # noqa: PLC0415  # only a development machine has an embedded cluster

    try:
        return localpostgres.Cluster(VAR / "postgres").url("kaogong")
    except localpostgres.ClusterError:
        return NOBODY_THERE


SECRET_KEY = _secret_key()
ALLOWED_HOSTS = os.environ.get("KAOGONG_HOSTS", "localhost,127.0.0.1,[::1]").split(",")
DATABASES = {"default": _database(_database_url())}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

FOUNDATION = [
    "outbox",
    "audit",
    "calendar",
    "regions",
    "organisations",
    "identity",
    "access",
    "notices",
]
RIVER = [
    "regulations",
    "occupations",
    "standards",
    "stations",
    "personnel",
    "itembank",
    "tracks",
    "sittings",
    "registration",
    "seating",
    "delivery",
    "scoring",
    "blanks",
    "calibration",
    "certificates",
]
DESKS = ["public", "candidate", "examroom", "station", "office"]

INSTALLED_APPS = [
    "kaogong.config",
    "kaogong.web.ui",
    *(f"kaogong.web.{desk}" for desk in DESKS),
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "axes",
    "django_htmx",
    "procrastinate.contrib.django",
    *(f"kaogong.foundation.{module}" for module in FOUNDATION),
    *(f"kaogong.{module}" for module in RIVER),
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kaogong.web.ui.middleware.ContentSecurityPolicy",
    "kaogong.web.ui.middleware.KeptByNobody",
    "kaogong.web.ui.middleware.MemoryOfRequest",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kaogong.web.ui.middleware.DisplayPreferences",
    "kaogong.foundation.access.middleware.ActorOfRequest",
    "kaogong.web.ui.desks.DesksOfRequest",
    "kaogong.web.ui.refusing.Refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "kaogong.config.urls"
WSGI_APPLICATION = "kaogong.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kaogong.web.ui.context.display",
            ],
            "builtins": ["kaogong.web.ui.templatetags.ui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

AUTH_USER_MODEL = "access.Account"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/my/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [PROJECT / "src/kaogong/locale"]
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [("fonts", PROJECT / "src/kaogong/foundation/documents/fonts")]  # pages and papers: the same files
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = BEHIND_HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if BEHIND_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_HTTPS else None
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024

# Shared by all server processes, since the limits on tries are counted in it.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "kaogong_cache"}}
CSRF_FAILURE_VIEW = "kaogong.web.ui.views.csrf_failure"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

from kaogong.foundation.access.settings import *  # noqa: E402, F403  # allauth, MFA and lock-out: kept beside their module
from kaogong.foundation.notices.settings import *  # noqa: E402, F403  # mail, SMS and the job queue
