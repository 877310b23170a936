"""Sending: the one place where an address is in the clear on its way out."""

from __future__ import annotations

from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage

from kaogong.foundation.access.hooks import Message, NotSent
from kaogong.foundation.notices import sms


def send(message: Message) -> str:
    """Send a message at once by its channel; returns the carrier's reference. Raises CannotSend."""
    if message.channel == "sms":
        return sms.port().send(message.to, message.text)
    mail = EmailMessage(message.subject, message.text, settings.DEFAULT_FROM_EMAIL, [message.to])
    try:
        mail.send()
    except (SMTPException, OSError) as fault:
        raise sms.CannotSend(str(fault)) from fault
    return ""


def send_code(message: Message) -> None:
    """What `access` sends codes with: at once, kept nowhere. Raises NotSent, without the carrier's words: these tend to
    name the address, and would stand in the log."""
    try:
        send(message)
    except sms.CannotSend:
        raise NotSent(message.channel) from None
