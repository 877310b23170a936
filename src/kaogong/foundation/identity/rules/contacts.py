"""Contacts: telephone numbers and mail addresses in one canonical form each, and how they look when masked."""

from __future__ import annotations

import re
import unicodedata

from kaogong.foundation.identity.rules.faults import Fault

MAINLAND = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
ABROAD = re.compile(r"\+[1-9]\d{6,14}")
LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
MAIL = re.compile(rf"[a-z0-9.!#$%&'*+/=?^_`{{|}}~-]{{1,64}}@{LABEL}(?:\.{LABEL})+")


def parse_phone(text: str) -> str:
    """A mobile number as `+8613…`; numbers of other countries are written with their `+` and country code.

    Source: ITU-T E.164. Raises Fault `phone`.
    """
    number = re.sub(r"[\s()-]", "", unicodedata.normalize("NFKC", text))
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if mainland := MAINLAND.fullmatch(number):
        return f"+86{mainland[1]}"
    if ABROAD.fullmatch(number) and not number.startswith("+86"):
        return number
    raise Fault("phone")


def parse_mail(text: str) -> str:
    """A mail address in small letters. Raises Fault `mail`."""
    address = unicodedata.normalize("NFKC", text).strip().lower()
    if len(address) > 254 or not MAIL.fullmatch(address):
        raise Fault("mail")
    return address


def mask_phone(phone: str) -> str:
    """`+8613812345678` becomes `138****5678`; numbers of other countries keep their first four characters."""
    if phone.startswith("+86"):
        return f"{phone[3:6]}****{phone[-4:]}"
    return f"{phone[:4]}****{phone[-3:]}"


def mask_mail(mail: str) -> str:
    """`somebody@example.org` becomes `s***y@example.org`."""
    name, _, host = mail.partition("@")
    return f"{name[0]}***{name[-1] if len(name) > 2 else ''}@{host}"
