"""Codes of ours beside allauth's: a forgotten password, and a mail address to be verified.

Six digits to a verified contact, three tries, fifteen minutes; the state lies in the session on the server. Whoever
types a login that nobody has sees the same pages and waits for a message that does not come.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import Literal

from allauth.account.internal.flows.code_verification import AbstractCodeVerificationProcess
from allauth.core import ratelimit
from allauth.core.internal.cryptokit import compare_user_code, generate_user_code
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from kaogong.foundation.access import hooks, selectors, services, texts
from kaogong.foundation.access.models import Account
from kaogong.foundation.kernel.actors import PUBLIC, Actor

log = logging.getLogger(__name__)
TRIES = 3
SECONDS = 15 * 60
DIGITS = 6
Verdict = Literal["right", "wrong", "over"]


class CodeProcess(AbstractCodeVerificationProcess):  # type: ignore[misc]  # allauth ships no types
    """A code under way, kept in the session under `key`."""

    key = ""

    def __init__(self, request: HttpRequest, state: dict[str, object]) -> None:
        super().__init__(max_attempts=TRIES, timeout=SECONDS, state=state)
        self.request = request

    @classmethod
    def resume(cls, request: HttpRequest) -> CodeProcess | None:
        """The process of this session, unless there is none or its time is over."""
        state = request.session.get(cls.key)
        if not state:
            return None
        process: CodeProcess | None = cls(request, state).abort_if_invalid()
        return process

    def persist(self) -> None:
        self.request.session[self.key] = self.state

    def abort(self) -> None:
        self.request.session.pop(self.key, None)

    def make_code(self) -> str:
        """A fresh code, remembered."""
        self.state["code"] = str(generate_user_code(numeric=True, length=DIGITS, dashed=False))
        return str(self.state["code"])

    def judge(self, typed: str) -> Verdict:
        """Whether the code typed is the one sent; a third wrong one ends the process.

        Of many sent at once each waits for the one before and sees its count: three tries are three.
        """
        session = self.request.session
        with transaction.atomic():
            Session.objects.select_for_update().filter(pk=session.session_key).first()
            self.state = SessionStore(session.session_key).get(self.key) or {}
            if not self.state:
                self.abort()
                return "over"
            if self.code and compare_user_code(actual=typed, expected=self.code):
                return "right"
            is_open = self.record_invalid_attempt()
            session.save()
            session.modified = False  # saved again after the answer, it would undo the count of those that came later
        return "wrong" if is_open else "over"

    @property
    def account(self) -> Account | None:
        """The account whose code it is; None when the login typed was nobody's."""
        found: Account | None = self.user
        return found

    @property
    def masked(self) -> str:
        """Where the code went, as far as may be shown."""
        return str(self.state.get("masked", ""))


class Recovery(CodeProcess):
    """A forgotten password: a code to the verified phone or mail, then a new password."""

    key = "kaogong_recovery"

    @classmethod
    def begin(cls, request: HttpRequest, login: str) -> Recovery:
        """Send a code to the contact that was typed, or to the phone of the login name.

        Raises allauth's RateLimited for one who asks too often.
        """
        counted = selectors.canonical_phone(login) or selectors.canonical_mail(login) or login.strip()
        ratelimit.consume(request, action="recover", key=counted.lower(), raise_exception=True)
        process = cls(request, cls.initial_state(selectors.by_login(login)))
        # What is shown is what was typed, masked: it must not tell whether anybody has it.
        process.state |= {"masked": selectors.masked_login(login), "channel": "mail" if "@" in login else "sms"}
        process.send()
        process.persist()
        return process

    def send(self) -> None:
        """Send a fresh code, if there is an open account whose contact of this kind is verified.

        A carrier that fails is only logged: an error here would tell that there is such an account.
        """
        account = self.account
        if account is None or not account.is_active:
            return
        try:
            if self.state["channel"] == "mail" and account.is_mail_verified:
                hooks.send(hooks.Message("mail", selectors.mail_of(account), texts.recovery_code(self.make_code())))
            elif self.state["channel"] == "sms" and account.is_phone_verified:
                hooks.send(hooks.Message("sms", selectors.phone_of(account), texts.recovery_code(self.make_code())))
        except hooks.NotSent:
            log.warning("A code to recover a password was not taken over by the carrier (%s).", self.state["channel"])

    def finish(self, password: str) -> None:
        """Set the new password. Raises PasswordWeak; the process then stays open."""
        account = self.account
        if account is not None:
            services.set_password(
                actor=PUBLIC, at=timezone.now(), account_id=account.pk, password=password, how="recovered"
            )
            if account.is_phone_verified:
                with suppress(hooks.NotSent):  # the password is set all the same
                    hooks.send(hooks.Message("sms", selectors.phone_of(account), texts.password_changed()))
        self.abort()


class MailVerification(CodeProcess):
    """A mail address to be added to one's account: a code to it, then it counts."""

    key = "kaogong_mail"

    @classmethod
    def begin(cls, request: HttpRequest, account: Account, mail: str) -> MailVerification:
        """Send a code to the address. Raises allauth's RateLimited, or NotSent."""
        address = selectors.canonical_mail(mail)
        ratelimit.consume(request, action="recover", key=address, raise_exception=True)
        process = cls(request, cls.initial_state(account, email=address))
        process.state["masked"] = selectors.masked_login(address)
        process.send()
        process.persist()
        return process

    def send(self) -> None:
        """Send a fresh code to the address."""
        hooks.send(hooks.Message("mail", str(self.state["email"]), texts.sign_up_code(self.make_code())))

    def finish(self, actor: Actor) -> None:
        """Give the address to the account, verified. Raises LoginTaken."""
        if actor.account_id is not None:
            services.change_mail(
                actor=actor,
                at=timezone.now(),
                account_id=actor.account_id,
                mail=str(self.state["email"]),
                is_verified=True,
            )
        self.abort()
