"""Hooks: how access has something sent, though `notices` stands downstream of it. Notices registers in `ready()`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Channel = Literal["sms", "mail"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message to be sent now, to an address in the clear. `text` fits a short message; `subject` is for mail."""

    channel: Channel
    to: str
    text: str
    subject: str = "考工 职业技能鉴定"


class NotSent(Exception):
    """The carrier did not take the message over. Says nothing of to whom."""


class NobodySends(RuntimeError):
    """No sender is registered: codes would be lost silently, so we fail aloud."""


Sender = Callable[[Message], None]
_sender: list[Sender] = []


def send_with(sender: Sender) -> None:
    """Register the function that sends codes; the latest wins."""
    _sender[:] = [sender]


def send(message: Message) -> None:
    """Send a message at once. Raises NobodySends, or NotSent when the carrier does not take it."""
    if not _sender:
        raise NobodySends
    _sender[0](message)
