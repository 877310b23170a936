"""Settings of accounts: allauth (phone or mail, TOTP, recovery codes) and the lock-out after failed attempts (axes)."""

from __future__ import annotations

ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 1
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
