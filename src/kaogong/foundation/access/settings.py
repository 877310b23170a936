"""Settings of accounts: allauth (phone, mail or login name, second factor) and the lock-out after failures (axes).

| variable | meaning |
|---|---|
| `KAOGONG_SECOND_FACTOR` | `off`: officers act without a second factor; for demonstrations only, and the site says so |
| `KAOGONG_IDLE_MINUTES` | how long the session of somebody with a post may rest before it ends; 30 |
| `KAOGONG_HALL_IDLE_MINUTES` | the same for those whose posts only run exams, since a hall is watched for hours; 240 |
| `KAOGONG_OWN_IDLE_MINUTES` | the same for those without a post; 240 |
"""

from __future__ import annotations

import os
from datetime import timedelta

SECOND_FACTOR_REQUIRED = os.environ.get("KAOGONG_SECOND_FACTOR", "required") != "off"
IDLE_MINUTES = int(os.environ.get("KAOGONG_IDLE_MINUTES", "30"))
IDLE_MINUTES_AT_HALL = int(os.environ.get("KAOGONG_HALL_IDLE_MINUTES", "240"))
IDLE_MINUTES_WITHOUT_POST = int(os.environ.get("KAOGONG_OWN_IDLE_MINUTES", "240"))
PROOF_HOLDS_MINUTES = 15
SESSION_COOKIE_AGE = 12 * 60 * 60
CLAIM_TRIES = 5
CLAIM_PERIOD_HOURS = 24

AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "kaogong.foundation.access.backends.SealedContacts",
]

ACCOUNT_ADAPTER = "kaogong.foundation.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "kaogong.foundation.access.forms.sign_up.SignUp"
ACCOUNT_FORMS = {
    "login": "kaogong.foundation.access.forms.worded.SignIn",
    "signup": "kaogong.foundation.access.forms.worded.SignUp",
    "change_password": "kaogong.foundation.access.forms.worded.ChangePassword",
    "change_phone": "kaogong.foundation.access.forms.worded.ChangePhone",
    "verify_phone": "kaogong.foundation.access.forms.worded.VerifyPhone",
    "reauthenticate": "kaogong.foundation.access.forms.worded.Reauthenticate",
}
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 3
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_DISPLAY = str
ACCOUNT_RATE_LIMITS = {"change_phone": "3/m/user", "recover": "20/m/ip,3/10m/key,10/d/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("KAOGONG_PROXIES", "0"))

MFA_ADAPTER = "kaogong.foundation.access.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "kaogong.foundation.access.forms.worded.SecondFactor",
    "reauthenticate": "kaogong.foundation.access.forms.worded.SecondFactorAgain",
    "activate_totp": "kaogong.foundation.access.forms.worded.ActivateTotp",
}
MFA_TOTP_TOLERANCE = 1

# Counted by account and address together: whoever knows a candidate's phone number must not be able to lock that
# candidate out on the morning of the exam from elsewhere. Guessing from many addresses meets allauth's own limit.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=30)
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says how long to wait, and that holds
AXES_DISABLE_ACCESS_LOG = True
AXES_USERNAME_CALLABLE = "kaogong.foundation.access.backends.counted_name"
AXES_CLIENT_IP_CALLABLE = "allauth.core.internal.httpkit.get_client_ip"
AXES_LOCKOUT_CALLABLE = "kaogong.web.public.views.account.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["login", "username", "password", "phone", "email"]
