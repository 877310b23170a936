"""Sign-in, second factor, recovery: allauth's pages in our dress, and ours beside them.

Listed one by one instead of including all of allauth's: its pages for mail addresses in the clear are not for us.
"""

from __future__ import annotations

from allauth.account import views as allauth
from django.urls import URLPattern, URLResolver, include, path

from kaogong.web.public.views import account

urlpatterns: list[URLPattern | URLResolver] = [
    path("", account.overview, name="account_overview"),
    path("login/", account.SignIn.as_view(), name="account_login"),
    path("logout/", allauth.logout, name="account_logout"),
    path("inactive/", allauth.account_inactive, name="account_inactive"),
    path("signup/", allauth.signup, name="account_signup"),
    path("reauthenticate/", allauth.reauthenticate, name="account_reauthenticate"),
    path("password/change/", allauth.password_change, name="account_change_password"),
    path("password/reset/", account.forgotten, name="account_reset_password"),
    path("password/reset/code/", account.new_password, name="account_new_password"),
    path("phone/verify/", allauth.verify_phone, name="account_verify_phone"),
    path("phone/change/", allauth.change_phone, name="account_change_phone"),
    path("mail/", account.mail, name="account_mail"),
    path("mail/verify/", account.verify_mail, name="account_verify_mail"),
    path("sessions/", account.open_sessions, name="account_sessions"),
    path("second-factor/", account.second_factor, name="account_second_factor"),
    path("2fa/", include("allauth.mfa.urls")),
]
