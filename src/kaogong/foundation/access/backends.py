"""Authentication by login name, phone or mail, looked up by digest; and the name under which axes counts failures."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from kaogong.foundation.access import selectors
from kaogong.foundation.access.models import Account
from kaogong.foundation.signing import digests


class SealedContacts(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """allauth's backend, with mail addresses found by our digest rather than in its table."""

    def _authenticate(self, request: HttpRequest | None, **credentials: str) -> Account | None:
        """One account is looked up and one password worked out, whatever was typed: allauth's own way works out the
        password of a known mail address twice, which can be timed."""
        mail, phone, name = (credentials.get(each) or "" for each in ("email", "phone", "username"))
        account = selectors.by_mail(mail or name) or selectors.by_phone(phone) or selectors.by_name(name)
        found: Account | None = self._check_password(account, credentials.get("password") or "")
        return found

    def get_user(self, user_id: UUID | str) -> Account | None:
        """The account of a session, while it is open."""
        return Account.objects.filter(pk=user_id, is_active=True).first()

    def has_perm(self, user_obj: object, perm: str, obj: object = None) -> bool:
        """Django's permissions are not used here: powers come from posts."""
        return False


def counted_name(request: HttpRequest | None, credentials: Mapping[str, str] | None) -> str:
    """The name under which failed attempts are counted: a digest, so that no phone number stands in the table."""
    known = credentials or {}
    typed = known.get("phone") or known.get("email") or known.get("username") or ""
    if not typed and request is not None:
        typed = request.POST.get("login", "")
    canonical = selectors.canonical_phone(typed) or selectors.canonical_mail(typed) or typed.strip()
    return digests.keyed(canonical, purpose="access.failed-attempts")
