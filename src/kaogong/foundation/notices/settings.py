"""Settings of what goes out: mail by SMTP, and the SMS port's backend."""

from __future__ import annotations

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
