"""Entering what a place has decided: an instrument with its articles, and figures that hold there from a day on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import HOUSE, NotFound, Refusal
from kaogong.regulations import models

FIGURES = Clause(HOUSE, "figures")


class UnknownFigure(Refusal):
    """No rule asks for a figure of this key."""

    message = _("规则库中没有“{key}”这一项数值。")
    advice = _("只能为已有的数值项录入当地的取值。")
    clause = FIGURES
    field = "key"


class UnknownClause(Refusal):
    """The clause that should set the figure is not in the library."""

    message = _("规则库中没有条款“{clause_key}”。")
    advice = _("请先录入文件及其条款。")
    clause = FIGURES
    field = "clause"


class WrongShape(Refusal):
    """The value is of another kind than the figure's other values: a text for a number, say."""

    message = _("“{title}”的取值应与现有取值（{example}）同类。")
    clause = FIGURES
    field = "value"


class NotBefore(Refusal):
    """A figure of the same scope begins on that day or later: history is not rewritten."""

    message = _("同一范围内已有自 {since} 起的取值，新取值只能晚于该日起生效。")
    advice = _("如属录入错误，请先终止原取值。")
    clause = FIGURES
    field = "since"


class InstrumentExists(Refusal):
    """Another instrument has this key."""

    message = _("已有键为“{key}”的文件。")
    clause = FIGURES
    field = "key"


class FaultyArticle(Refusal):
    """An instrument without articles, or an article without a number, a heading or words, or named twice."""

    message = _("条款不完整或重复：{article}。")
    clause = FIGURES
    field = "articles"


@command
def enter_instrument(
    *,
    actor: Actor,
    at: datetime,
    key: str,
    title: str,
    issuer: str,
    number: str = "",
    issued_on: date | None = None,
    in_force_on: date | None = None,
    region_code: str = "",
    certainty: str,
    source: str,
    articles: Sequence[tuple[str, str, str]],
) -> models.Instrument:
    """Enter an instrument with its articles (number or name, heading, our words). Needs regulations.edit there."""
    actor.require("regulations.edit", region=region_code)
    numbers = [article for article, _heading, _text in articles]
    bad = [each[0] or "—" for each in articles if not all(each) or numbers.count(each[0]) > 1]
    if bad or not articles:
        raise FaultyArticle(article="、".join(dict.fromkeys(bad)) or "—")
    try:
        with transaction.atomic():
            instrument = models.Instrument.objects.create(
                key=key,
                title=title,
                issuer=issuer,
                number=number,
                issued_on=issued_on,
                in_force_on=in_force_on,
                region_code=region_code,
                certainty=certainty,
                source=source,
            )
    except IntegrityError as clash:
        raise InstrumentExists(key=key) from clash
    models.Article.objects.bulk_create(
        models.Article(instrument=instrument, article=article, heading=heading, text=text, certainty=certainty)
        for article, heading, text in articles
    )
    remembering.forget()
    trail.record(actor=actor, action="regulations.instrument_entered", target=instrument, key=key, title=title)
    return instrument


@command
def enter_provision(
    *,
    actor: Actor,
    at: datetime,
    key: str,
    value: Any,
    clause: Clause,
    region_code: str = "",
    track: str = "",
    occupation_code: str = "",
    since: date,
    until: date | None = None,
    certainty: str,
    reason: str,
) -> models.Provision:
    """Set a figure for a scope from a day on; what held in exactly that scope ends on that day.

    History is not rewritten: the new value must begin later than the one it follows. Two who set it at once: one wins,
    the other is refused with NotBefore. Needs regulations.edit over the region (the whole country when it is empty).
    """
    actor.require("regulations.edit", region=region_code)
    known = models.Provision.objects.filter(key=key).order_by("since").last()
    if known is None:
        raise UnknownFigure(key=key)
    if _shape(value) != _shape(known.value):
        raise WrongShape(title=known.title, example=known.value)
    article = _article(clause, since)
    same = models.Provision.objects.select_for_update().filter(
        key=key, region_code=region_code, track=track, occupation_code=occupation_code
    )
    last = same.order_by("since").last()
    if last is not None and last.since >= since:
        raise NotBefore(since=last.since)
    if last is not None and (last.until is None or last.until > since):
        last.until = since
        last.save(update_fields=["until"])
        trail.record(
            actor=actor,
            action="regulations.provision_ended",
            target=last,
            attest=trail.Attest.AS_IT_IS,
            reason=reason,
            until=since,
        )
    provision = models.Provision(
        key=key,
        title=known.title,
        value=value,
        unit=known.unit,
        article=article,
        region_code=region_code,
        track=track,
        occupation_code=occupation_code,
        since=since,
        until=until,
        certainty=certainty,
    )
    _save(provision)
    remembering.forget()
    facts = {"key": key, "value": value, "before": last.value if last else None, "clause": str(clause), "since": since}
    trail.record(
        actor=actor,
        action="regulations.provision_entered",
        target=provision,
        attest=trail.Attest.AS_IT_IS,
        reason=reason,
        figure=facts,
    )
    return provision


@command
def end_provision(*, actor: Actor, at: datetime, provision_id: UUID, until: date, reason: str) -> models.Provision:
    """Let a figure that was entered here hold no longer from a day on. Shipped figures end with their files."""
    provision = models.Provision.objects.select_for_update().filter(pk=provision_id, file="").first()
    if provision is None or not actor.may("regulations.edit", region=provision.region_code):
        raise NotFound
    if until <= provision.since:
        raise NotBefore(since=provision.since)
    provision.until = until
    provision.save(update_fields=["until"])
    remembering.forget()
    trail.record(
        actor=actor,
        action="regulations.provision_ended",
        target=provision,
        attest=trail.Attest.AS_IT_IS,
        reason=reason,
        until=until,
    )
    return provision


def _article(clause: Clause, on: date) -> models.Article:
    rows = models.Article.objects.filter(instrument__key=clause.instrument, article=clause.article)
    texts = list(rows.order_by("in_force_on"))
    begun = [text for text in texts if text.in_force_on is None or text.in_force_on <= on]
    if not texts:
        raise UnknownClause(clause_key=clause)
    return (begun or texts)[-1]


def _shape(value: Any) -> str:
    if isinstance(value, bool):
        return "truth"
    if isinstance(value, int | float):
        return "number"
    return type(value).__name__


def _save(provision: models.Provision) -> None:
    try:
        with transaction.atomic():
            provision.save(force_insert=True)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS provision_one_in_force IMMEDIATE")
                cursor.execute("SET CONSTRAINTS provision_one_in_force DEFERRED")
    except IntegrityError as clash:
        raise NotBefore(since=provision.since) from clash
