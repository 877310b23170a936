"""What can be done with notices: queue them for an event, and send one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_noop as _
from procrastinate.contrib.django import app
from procrastinate.types import JSONValue

from kaogong.foundation.access.hooks import Message
from kaogong.foundation.identity import selectors as persons
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.notices import hooks, selectors, sending
from kaogong.foundation.notices.models import Notice
from kaogong.foundation.notices.sms import CannotSend
from kaogong.foundation.notices.templates import Template, template_for
from kaogong.foundation.signing import encryption

HOUSE = "kaogong-notices-rules"
ERROR_LENGTH = 300


class NoWords(Refusal):
    """There is no template for the event."""

    message = _("没有“{event}”的通知文本。")
    clause = Clause(HOUSE, "words")


class SentAlready(Refusal):
    """The notice went out before, or was given up."""

    message = _("这条通知已经发出或已放弃，不再发送。")
    clause = Clause(HOUSE, "once")


@command
def queue(
    *, actor: Actor, at: datetime, event_id: UUID, event: str, payload: Mapping[str, object], region_code: str = ""
) -> list[Notice]:
    """Write the notices of an event, one for each person and channel, and have them sent in the background.

    Asked again for the same event it adds nothing: the table holds one notice for event, person, channel and words.
    Whoever left no contact gets none; that is counted in the trail.
    """
    actor.require("notices.see")
    template = template_for(event)
    if template is None:
        raise NoWords(event=event)
    told = dict.fromkeys(persons.current(person_id) for person_id in hooks.recipients_of(event, payload))
    written: list[Notice] = []
    unreachable = 0
    for person_id in told:
        contact = persons.contact_of(person_id)
        addresses = {"sms": contact.phone, "mail": contact.mail} if contact else {}
        channels = [channel for channel in template.channels if addresses.get(channel)]
        unreachable += not channels
        words = template.words(hooks.facts_of(event, payload, person_id)) if channels else ""
        written += [
            _notice(event_id, person_id, channel, addresses[channel], template, words, region_code, at)
            for channel in channels
        ]
    new = _store(event_id, written)
    if new:
        jobs: list[dict[str, JSONValue]] = [{"notice_id": str(notice.pk)} for notice in new]
        app.configure_task("notices.send").batch_defer(*jobs)
    trail.record(
        actor=actor,
        action="notices.queued",
        reason=template.subject,
        event=event_id,
        about=event,
        queued=len(new),
        unreachable=unreachable,
    )
    return new


def _notice(
    event_id: UUID,
    person_id: UUID,
    channel: str,
    address: str,
    template: Template,
    words: str,
    region_code: str,
    at: datetime,
) -> Notice:
    masked = persons.masked_phone(address) if channel == "sms" else persons.masked_mail(address)
    return Notice(
        event=event_id,
        person_id=person_id,
        channel=channel,
        to_masked=masked,
        template=template.event,
        subject=template.subject,
        text=words,
        region_code=region_code,
        queued_at=at,
    )


def _store(event_id: UUID, notices: list[Notice]) -> list[Notice]:
    """Insert what is not there yet; returns what this call added."""
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    kept = set(Notice.objects.filter(event=event_id).values_list("pk", flat=True))
    return [notice for notice in notices if notice.pk in kept]


@command
def send(*, actor: Actor, at: datetime, notice_id: UUID) -> Notice:
    """Send a notice to the contact that its person has now. Check `sent_at`: a failure is written down, not raised.

    After the last try it is given up. Two workers with one notice: the second waits, then gets SentAlready. Should the
    machine die between sending and committing, the message goes out a second time: better twice than never.
    """
    actor.require("notices.see")
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None:
        raise NotFound
    if notice.sent_at is not None or notice.given_up_at is not None:
        raise SentAlready
    notice.attempts += 1
    to = _address(notice)
    try:
        if not to:
            raise CannotSend(_("没有联系方式"))
        sending.send(Message("sms" if notice.channel == "sms" else "mail", to, notice.text, notice.subject))
    except CannotSend as fault:
        notice.last_error = _without(to, notice.to_masked, str(fault))[:ERROR_LENGTH]
        notice.given_up_at = at if notice.attempts >= settings.NOTICE_TRIES or not to else None
    else:
        notice.sent_at = at
        notice.last_error = ""
        notice.to_sealed = encryption.seal(to.encode(), context=f"{selectors.CONTEXT}:{notice.pk}")
    notice.save(update_fields=["attempts", "last_error", "given_up_at", "sent_at", "to_sealed", "to_masked"])
    action = "notices.sent" if notice.sent_at else "notices.not_sent"
    trail.record(actor=actor, action=action, target=notice, attempts=notice.attempts, to=notice.to_masked)
    return notice


def _without(address: str, masked: str, words: str) -> str:
    """A carrier's words with the address masked in them: a mail server repeats whom it refuses."""
    for each in filter(None, (address, address.removeprefix("+86"))):
        words = words.replace(each, masked)
    return words


def _address(notice: Notice) -> str:
    """The contact as it is now: a number corrected meanwhile gets the message, the old one does not."""
    contact = persons.contact_of(notice.person_id) if notice.person_id else None
    if contact is None:
        return ""
    to = contact.phone if notice.channel == "sms" else contact.mail
    if to:
        notice.to_masked = persons.masked_phone(to) if notice.channel == "sms" else persons.masked_mail(to)
    return to
