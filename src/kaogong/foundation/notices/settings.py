"""Settings of what goes out: mail by SMTP, and the port for short messages.

| variable | meaning |
|---|---|
| `KAOGONG_MAIL_URL` | `smtp://user:password@host:587/?tls=1&from=exam@example.org` (`ssl=1` for port 465); unset: files in `var/mail` |
| `KAOGONG_SMS` | see `sms.py`; unset: files in `var/sms` |
"""  # noqa: E501  # a table's row is one line

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

_VAR = Path(os.environ.get("KAOGONG_VAR", Path(__file__).resolve().parents[4] / "var"))

SMS_PORT = os.environ.get("KAOGONG_SMS", "file")
SMS_FOLDER = _VAR / "sms"
NOTICE_TRIES = 6

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = _VAR / "mail"
DEFAULT_FROM_EMAIL = "考工 <kaogong@localhost>"
EMAIL_TIMEOUT = 20

if _url := os.environ.get("KAOGONG_MAIL_URL"):
    _parts = urlsplit(_url)
    if _parts.scheme != "smtp":
        raise ValueError("KAOGONG_MAIL_URL must begin with smtp://")
    _options = {key: values[-1] for key, values in parse_qs(_parts.query).items()}
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    EMAIL_HOST = _parts.hostname or "localhost"
    EMAIL_PORT = _parts.port or 25
    EMAIL_HOST_USER = unquote(_parts.username or "")
    EMAIL_HOST_PASSWORD = unquote(_parts.password or "")
    EMAIL_USE_TLS = _options.get("tls") == "1"
    EMAIL_USE_SSL = _options.get("ssl") == "1"
    DEFAULT_FROM_EMAIL = _options.get("from", DEFAULT_FROM_EMAIL)
