"""Drafting, publishing and withdrawing standards."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import remembering, trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotFound, Refusal
from kaogong.foundation.outbox import announcing
from kaogong.occupations import selectors as occupations
from kaogong.occupations.models import Occupation
from kaogong.standards import rules, selectors
from kaogong.standards.events import StandardPublished, StandardWithdrawn
from kaogong.standards.models import (
    EntryCondition,
    Function,
    Part,
    RelatedOccupation,
    StandardVersion,
    Statement,
    Task,
    Weight,
)
from kaogong.standards.states import STANDARD

RULES = "kaogong-standards-rules"
REFERENCE = Path(__file__).parent / "reference"


class Unreadable(Refusal):
    """The document has not the shape of a standard; `faults` says where."""

    message = _("这份文件不能作为职业技能标准读入：{first}（共 {count} 处）。")
    advice = _("请按清单逐处修改后重新上传；修改之前不会保存任何内容。")
    clause = Clause(RULES, "shape")

    def __init__(self, faults: Sequence[rules.Fault]) -> None:
        super().__init__(first=str(faults[0]), count=len(faults))
        self.faults = faults


class NotPublishable(Refusal):
    """The draft has faults of sense: a weight table that does not sum to 100, an unknown kind, no pass rule."""

    message = _("标准还不能颁布：{first}（共 {count} 处）。")
    advice = _("请按清单修改草案；全部改好后才能颁布。")
    clause = Clause(RULES, "publication")

    def __init__(self, faults: Sequence[rules.Fault]) -> None:
        super().__init__(first=str(faults[0]), count=len(faults))
        self.faults = faults


class EditionPublished(Refusal):
    """That edition of the occupation's standard is already published and fixed."""

    message = _("“{title}”（{edition} 版）已经颁布，内容不能再改。")
    advice = _("修订须以新的版本号编写草案。")
    clause = Clause(RULES, "fixity")


class UnknownOccupation(Refusal):
    """The classification has no such occupation."""

    message = _("职业分类中没有编码为 {code} 的职业。")
    advice = _("请核对职业编码与所用的分类版本。")
    clause = Clause(RULES, "occupation")
    field = "occupation_code"


class WithdrawnTooEarly(Refusal):
    """A standard cannot cease before it began."""

    message = _("废止日期 {withdrawn_on} 早于施行日期 {in_force_on}。")
    clause = Clause(RULES, "withdrawal")
    field = "withdrawn_on"


@command
def draft(*, actor: Actor, at: datetime, document: Mapping[str, Any]) -> StandardVersion:
    """Take in a draft from a document; a draft of the same occupation and edition is replaced as a whole.

    Two who draft the same edition at once: the later waits and replaces the earlier.
    Raises Unreadable with its repair list, UnknownOccupation, EditionPublished.
    """
    actor.require("standards.draft")
    content, faults = rules.read(document)
    if content is None:
        raise Unreadable(faults)
    occupation = _occupation(content)
    earlier = (
        StandardVersion.objects.select_for_update()
        .filter(occupation_code=content.occupation_code, edition=content.edition)
        .first()
    )
    if earlier is not None:
        if earlier.state != STANDARD.initial:
            raise EditionPublished(title=earlier.title, edition=earlier.edition)
        _clear(earlier)
    version = _lay_down(content, occupation, earlier, actor, at)
    remembering.forget()
    trail.record(
        actor=actor,
        action="standards.drafted",
        target=version,
        occupation_code=version.occupation_code,
        edition=version.edition,
        replaced=earlier is not None,
    )
    return version


def _occupation(content: rules.Content) -> Occupation:
    try:
        edition = occupations.editions().filter(key=content.classification_edition).first()
        found = occupations.occupation(content.occupation_code, edition)
    except NotFound:
        raise UnknownOccupation(code=content.occupation_code) from None
    if found.code != content.occupation_code or (content.classification_edition and edition is None):
        raise UnknownOccupation(code=content.occupation_code)
    return found


def _clear(version: StandardVersion) -> None:
    found = {"standard": version.pk}
    Statement.objects.filter(task__function__standard=version.pk).delete()
    Task.objects.filter(function__standard=version.pk).delete()
    for model in (Function, Weight, EntryCondition, Part, RelatedOccupation):
        model._default_manager.filter(**found).delete()


def _lay_down(
    content: rules.Content, occupation: Occupation, earlier: StandardVersion | None, actor: Actor, at: datetime
) -> StandardVersion:
    version = earlier or StandardVersion(occupation_code=content.occupation_code, edition=content.edition)
    version.occupation = occupation
    version.title = content.title
    version.instrument = content.instrument
    version.published_on = content.published_on
    version.in_force_on = content.in_force_on
    version.source = content.source
    version.levels = list(content.levels)
    version.overview = dict(content.overview)
    version.ratios = dict(content.ratios)
    version.drafted_at, version.drafted_by = at, actor.name
    version.save()
    _lay_down_work(content, version)
    Weight.objects.bulk_create(
        Weight(
            standard=version,
            kind=w.kind,
            level=w.level,
            name=w.name,
            function_code=w.function_code,
            position=w.position,
            percent=w.percent,
            is_illustrative=w.is_illustrative,
        )
        for w in content.weights
    )
    EntryCondition.objects.bulk_create(
        EntryCondition(
            standard=version,
            level=c.level,
            code=c.code,
            number=c.number,
            text=c.text,
            clauses=[dict(clause) for clause in c.clauses],
            certainty=c.certainty,
            source=c.source,
            reading=c.reading,
        )
        for c in content.conditions
    )
    Part.objects.bulk_create(
        Part(
            standard=version,
            level=p.level,
            code=p.code,
            name=p.name,
            method=p.method,
            minutes=p.minutes,
            full_marks=p.full_marks,
            pass_marks=p.pass_marks,
            is_illustrative=bool(p.illustrative),
            illustrative=list(p.illustrative),
        )
        for p in content.parts
    )
    RelatedOccupation.objects.bulk_create(
        RelatedOccupation(standard=version, occupation_code=r.code, name=r.name, is_illustrative=r.is_illustrative)
        for r in content.related
    )
    return version


def _lay_down_work(content: rules.Content, version: StandardVersion) -> None:
    functions, tasks, statements = [], [], []
    for f in content.functions:
        functions.append(function := Function(standard=version, level=f.level, code=f.code, name=f.name))
        for t in f.tasks:
            tasks.append(task := Task(function=function, code=t.code, name=t.name))
            for kind, entries in ((Statement.Kind.SKILL, t.skills), (Statement.Kind.KNOWLEDGE, t.knowledge)):
                statements += [Statement(task=task, kind=kind, code=each.code, text=each.text) for each in entries]
    Function.objects.bulk_create(functions)
    Task.objects.bulk_create(tasks)
    Statement.objects.bulk_create(statements)


@command
def publish(*, actor: Actor, at: datetime, standard_id: UUID) -> StandardVersion:
    """Publish a draft: from now on its rows cannot change, and its digest says what they were.

    Two at once: the row is locked, the second finds it published and is refused.
    Raises NotFound, NotPermitted, WrongState, NotPublishable with its repair list.
    """
    version = _locked(actor, standard_id)
    actor.require("standards.publish")
    state = STANDARD.after("publish", version.state)
    if faults := selectors.faults(version):
        raise NotPublishable(faults)
    version.state = state
    version.digest = selectors.digest_of(version)
    version.published_at = at
    version.save(update_fields=["state", "digest", "published_at"])
    trail.record(actor=actor, action="standards.published", target=version, digest=version.digest)
    announcing.announce(
        StandardPublished(
            standard_id=version.pk,
            occupation_code=version.occupation_code,
            edition=version.edition,
            digest=version.digest,
        ),
        at=at,
    )
    return version


@command
def withdraw(*, actor: Actor, at: datetime, standard_id: UUID, withdrawn_on: date, reason: str) -> StandardVersion:
    """End a published version from a day on; what was appraised under it keeps it.

    Raises NotFound, NotPermitted, WrongState, WithdrawnTooEarly.
    """
    version = _locked(actor, standard_id)
    actor.require("standards.publish")
    state = STANDARD.after("withdraw", version.state)
    if version.in_force_on is not None and withdrawn_on < version.in_force_on:
        raise WithdrawnTooEarly(withdrawn_on=withdrawn_on, in_force_on=version.in_force_on)
    version.state, version.withdrawn_on = state, withdrawn_on
    version.save(update_fields=["state", "withdrawn_on"])
    trail.record(actor=actor, action="standards.withdrawn", target=version, reason=reason, withdrawn_on=withdrawn_on)
    announcing.announce(
        StandardWithdrawn(
            standard_id=version.pk,
            occupation_code=version.occupation_code,
            edition=version.edition,
            withdrawn_on=withdrawn_on,
        ),
        at=at,
    )
    return version


def _locked(actor: Actor, standard_id: UUID) -> StandardVersion:
    found = selectors.standards_for(actor).select_for_update().filter(pk=standard_id).first()
    if found is None:
        raise NotFound
    return found


@command
def load_reference(*, actor: Actor, at: datetime) -> list[StandardVersion]:
    """Draft and publish the standards that the product ships; one that is published already is left alone."""
    actor.require("reference.load")
    loader = _with_powers(actor, "standards.draft", "standards.publish")
    loaded = []
    for path in sorted(REFERENCE.glob("*.toml")):
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        known = StandardVersion.objects.filter(
            occupation_code=document["occupation_code"], edition=document["edition"]
        ).exclude(state=STANDARD.initial)
        if not known.exists():
            version = draft(actor=loader, at=at, document=document)
            loaded.append(publish(actor=loader, at=at, standard_id=version.pk))
    trail.record(actor=actor, action="standards.reference_loaded", loaded=len(loaded))
    return loaded


def _with_powers(actor: Actor, *powers: str) -> Actor:
    """The loader with the powers that its one power stands for here."""
    return service(actor.name, *powers, "reference.load", door=actor.door)
