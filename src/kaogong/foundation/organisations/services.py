"""Writes of the organisations: a body is established, renamed, placed elsewhere, closed."""

from __future__ import annotations

import csv
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop as _

from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import HOUSE, NotFound, Refusal
from kaogong.foundation.organisations import selectors
from kaogong.foundation.organisations.events import OrganisationClosed, OrganisationEstablished
from kaogong.foundation.organisations.models import CodeTableEntry, Organisation
from kaogong.foundation.organisations.rules import (
    CODE_KINDS,
    EVALUATION_LETTERS,
    InstitutionCode,
    breadth,
    next_serial,
    parse_evaluation_code,
    parse_institution_code,
)
from kaogong.foundation.outbox import announcing
from kaogong.foundation.regions import selectors as regions

FOLDER = Path(__file__).with_name("reference")
MATRIX = Clause(HOUSE, "organisations")
INSTITUTION_CODE = Clause("certificate-numbering-16", "institution-code")
EVALUATION_CODE = Clause("level-certificate-coding", "evaluation-code")


class BadInstitutionCode(Refusal):
    """The 8 digits break the coding rule, or do not fit the body that should bear them."""

    message = _("机构编码“{code}”不合规则：{fault}。")
    advice = _("请对照编码规则核对：前2位省份或行业、第3至4位地市、第5位机构类别、后3位顺序号。")
    clause = INSTITUTION_CODE
    field = "institution_code"


class BadEvaluationCode(Refusal):
    """The 13 characters break the coding rule, or do not fit the body that should bear them."""

    message = _("评价机构代码“{code}”不合规则：{fault}。")
    advice = _("请核对备案回执上的13位代码。")
    clause = EVALUATION_CODE
    field = "evaluation_code"


class CodeTaken(Refusal):
    """Another body bears this code."""

    message = _("代码“{code}”已由其他机构使用。")
    advice = _("请核对代码；确有重复的，由分配代码的部门更正。")
    clause = INSTITUTION_CODE
    field = "institution_code"


class NameTaken(Refusal):
    """An open body of this kind and place has the same name."""

    message = _("本地区已有名为“{name}”的同类机构。")
    advice = _("如为同一机构，请直接使用已登记的记录。")
    clause = MATRIX
    field = "name"


class UnknownRegion(Refusal):
    """The place code does not name a division that stands."""

    message = _("行政区划代码“{code}”不存在或已停用。")
    advice = _("请按名称查找现行区划。")
    clause = Clause(HOUSE, "regions")
    field = "region_code"


class RegionMissing(Refusal):
    """A territorial body without a territory."""

    message = _("{kind}必须登记所辖行政区划。")
    clause = MATRIX
    field = "region_code"


class ParentClosed(Refusal):
    """The superior body was closed by then."""

    message = _("上级机构“{name}”已于 {closed_on} 撤销。")
    advice = _("请选择现存的上级机构。")
    clause = MATRIX
    field = "parent_id"


class WouldCircle(Refusal):
    """A body may not stand under itself, at any depth."""

    message = _("不能把“{name}”置于其自身或其下属机构之下。")
    clause = MATRIX
    field = "parent_id"


class HasSubordinates(Refusal):
    """Bodies under it are still open."""

    message = _("“{name}”之下尚有 {count} 个未撤销的机构。")
    advice = _("请先撤销下属机构或改变其隶属关系。")
    clause = MATRIX


class AlreadyClosed(Refusal):
    """It is closed already, or would close before it opened."""

    message = _("“{name}”已撤销，或撤销日期早于设立日期。")
    clause = MATRIX
    field = "closed_on"


class SerialsExhausted(Refusal):
    """All 999 serials of a prefecture are in use."""

    message = _("前缀 {prefix}{prefecture} 的机构顺序号已全部用完。")
    clause = INSTITUTION_CODE


@command
def establish(
    *,
    actor: Actor,
    at: datetime,
    name: str,
    kind: str,
    region_code: str,
    parent_id: UUID | None,
    institution_code: str | None = None,
    evaluation_code: str | None = None,
    industry_code: str = "",
    address: str = "",
    opened_on: date,
) -> Organisation:
    """Enter a body into the matrix, under its superior, with its codes if it has been given any.

    A region may be given by its prefix (`3201`); the row keeps six digits. Two who enter one code at once: one wins,
    the other is refused with CodeTaken. Needs organisations.edit over the region or over the superior body.
    """
    region = regions.full_code(region_code)
    actor.require("organisations.edit", region=region, organisation=parent_id)
    name = " ".join(name.split())
    _check_place(kind, region, opened_on)
    if parent_id is not None:
        _check_parent(selectors.get(parent_id), opened_on)
    if Organisation.objects.filter(name=name, kind=kind, region_code=region, closed_on__isnull=True).exists():
        raise NameTaken(name=name)
    body = Organisation(
        name=name,
        kind=kind,
        region_code=region,
        industry_code=industry_code,
        parent_id=parent_id,
        institution_code=_institution_code(institution_code, kind, region, industry_code),
        evaluation_code=_evaluation_code(evaluation_code, kind, region),
        address=address,
        opened_on=opened_on,
    )
    _save_new(body)
    trail.record(actor=actor, action="organisations.established", target=body, kind=kind, name=name)
    announcing.announce(OrganisationEstablished(organisation_id=body.pk, kind=kind, region_code=region), at=at)
    return body


@command
def rename(*, actor: Actor, at: datetime, organisation_id: UUID, name: str, reason: str) -> Organisation:
    """Give a body its new name; papers printed before keep the old one, for they copied it."""
    body = _locked(actor, organisation_id)
    before, body.name = body.name, " ".join(name.split())
    others = Organisation.objects.filter(name=body.name, kind=body.kind, region_code=body.region_code)
    if others.filter(closed_on__isnull=True).exclude(pk=body.pk).exists():
        raise NameTaken(name=body.name)
    body.save(update_fields=["name"])
    trail.record(
        actor=actor, action="organisations.renamed", target=body, reason=reason, before=before, after=body.name
    )
    return body


@command
def place_under(*, actor: Actor, at: datetime, organisation_id: UUID, parent_id: UUID, reason: str) -> Organisation:
    """Put a body under another superior. Needs the power over both. Refuses circles."""
    body = _locked(actor, organisation_id)
    parent = selectors.organisation_of(actor, parent_id)
    actor.require("organisations.edit", region=parent.region_code, organisation=parent.pk)
    _check_parent(parent, localdate(at))
    # Locking all rows would be needed to exclude two crossing moves; the matrix is small and moves are rare.
    list(Organisation.objects.select_for_update().order_by("pk").values_list("pk"))
    if parent_id == organisation_id or organisation_id in selectors.superior_chain(parent_id):
        raise WouldCircle(name=body.name)
    before, body.parent = body.parent_id, parent
    body.save(update_fields=["parent"])
    trail.record(actor=actor, action="organisations.placed", target=body, reason=reason, before=before, after=parent_id)
    return body


@command
def close(*, actor: Actor, at: datetime, organisation_id: UUID, closed_on: date, reason: str) -> Organisation:
    """Close a body from a day on: its posts end to reach then. Refuses while bodies under it are open."""
    body = _locked(actor, organisation_id)
    if body.closed_on is not None or closed_on < body.opened_on:
        raise AlreadyClosed(name=body.name)
    if below := selectors.children(body.pk).filter(closed_on__isnull=True).count():
        raise HasSubordinates(name=body.name, count=below)
    body.closed_on = closed_on
    body.save(update_fields=["closed_on"])
    trail.record(actor=actor, action="organisations.closed", target=body, reason=reason, closed_on=closed_on)
    announcing.announce(OrganisationClosed(organisation_id=body.pk, region_code=body.region_code), at=at)
    return body


@command
def assign_code(*, actor: Actor, at: datetime, organisation_id: UUID, prefecture: str, kind: int) -> Organisation:
    """Give a body the next free 8-digit institution code of its province or industry and prefecture.

    Two at once get different codes: the row of the code table is locked while a serial is chosen.
    """
    body = _locked(actor, organisation_id)
    if body.institution_code:
        raise BadInstitutionCode(code=body.institution_code, fault="该机构已有编码")
    rows = CodeTableEntry.objects.select_for_update()
    row = rows.filter(prefix=body.industry_code, is_industry=True).first() if body.industry_code else None
    row = row or rows.filter(region_code=f"{body.region_code[:2]}0000", is_industry=False).first()
    if row is None:
        raise BadInstitutionCode(code="", fault="代码表中没有该省份或行业")
    taken = Organisation.objects.filter(institution_code__startswith=f"{row.prefix}{prefecture}")
    codes = [parse_institution_code(str(each)) for each in taken.values_list("institution_code", flat=True)]
    try:
        serial = next_serial(codes)
    except ValueError as fault:
        raise SerialsExhausted(prefix=row.prefix, prefecture=prefecture) from fault
    code = str(InstitutionCode(row.prefix, prefecture, kind, serial))
    body.institution_code = _institution_code(code, body.kind, body.region_code, body.industry_code)
    body.save(update_fields=["institution_code"])
    trail.record(actor=actor, action="organisations.coded", target=body, code=code, is_confirmed=row.is_confirmed)
    return body


@command
def load_reference(*, actor: Actor, at: datetime) -> dict[str, int]:
    """Bring the code table to what the shipped file says, and see that the ministry and its centre stand.

    Loading again changes nothing; bodies entered since stay as they are.
    """
    actor.require("reference.load")
    rows = [
        CodeTableEntry(
            prefix=row["prefix"],
            name=row["name"],
            is_industry=row["is_industry"] == "1",
            is_confirmed=row["is_confirmed"] == "1",
            region_code=row["region_code"],
            source=row["source"],
        )
        for row in _rows("code_table.csv")
    ]
    CodeTableEntry.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["prefix"],
        update_fields=["name", "is_industry", "is_confirmed", "region_code", "source"],
    )
    founded = sum(_found(row) for row in _rows("organisations.csv"))
    counts = {"code_table": len(rows), "founded": founded}
    trail.record(actor=actor, action="organisations.loaded", counts=counts)
    return counts


def _found(row: dict[str, str]) -> bool:
    if Organisation.objects.filter(kind=row["kind"]).exists():
        return False
    parent = Organisation.objects.get(name=row["parent"]) if row["parent"] else None
    opened_on = date.fromisoformat(row["opened_on"])
    Organisation.objects.create(name=row["name"], kind=row["kind"], parent=parent, opened_on=opened_on)
    return True


def _rows(file: str) -> list[dict[str, str]]:
    with (FOLDER / file).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _locked(actor: Actor, organisation_id: UUID) -> Organisation:
    rows = selectors.organisations_for(actor).select_related(None).select_for_update(of=("self",))
    body = rows.filter(pk=organisation_id).first()
    if body is None:
        raise NotFound
    actor.require("organisations.edit", region=body.region_code, organisation=body.pk)
    return body


def _check_place(kind: str, region: str, on: date) -> None:
    if region and not (regions.exists(region) or regions.exists(region, on)):
        raise UnknownRegion(code=region)
    if not region and breadth(kind) == "territory":
        raise RegionMissing(kind=Organisation.Kind(kind).label)


def _check_parent(parent: Organisation, on: date) -> None:
    if parent.closed_on is not None and parent.closed_on <= on:
        raise ParentClosed(name=parent.name, closed_on=parent.closed_on)


def _institution_code(code: str | None, kind: str, region: str, industry: str) -> str | None:
    """The code when it is well formed, in the code table, and fits kind, province and industry."""
    if not code:
        return None
    try:
        parsed = parse_institution_code(code)
    except ValueError as fault:
        raise BadInstitutionCode(code=code, fault=str(fault)) from fault
    row = CodeTableEntry.objects.filter(prefix=parsed.prefix).first()
    if row is None:
        raise BadInstitutionCode(code=code, fault=f"代码表中没有前缀{parsed.prefix}")
    if parsed.kind not in CODE_KINDS.get(kind, frozenset()):
        raise BadInstitutionCode(code=code, fault=f"第5位{parsed.kind}（{parsed.kind_name}）与机构类别不符")
    if row.is_industry and industry and industry != row.prefix:
        raise BadInstitutionCode(code=code, fault=f"前缀{row.prefix}（{row.name}）与所属行业不符")
    if not row.is_industry and row.region_code[:2] != region[:2]:
        raise BadInstitutionCode(code=code, fault=f"前缀{row.prefix}（{row.name}）与所在地不符")
    return code


def _evaluation_code(code: str | None, kind: str, region: str) -> str | None:
    if not code:
        return None
    try:
        parsed = parse_evaluation_code(code)
    except ValueError as fault:
        raise BadEvaluationCode(code=code, fault=str(fault)) from fault
    if parsed.letter not in EVALUATION_LETTERS.get(kind, frozenset()):
        raise BadEvaluationCode(code=code, fault=f"第1位{parsed.letter}与机构类别不符")
    if parsed.province != region[:2]:
        raise BadEvaluationCode(code=code, fault=f"第6至7位{parsed.province}与所在省份不符")
    return code


def _save_new(body: Organisation) -> None:
    try:
        with transaction.atomic():
            body.save(force_insert=True)
    except IntegrityError as clash:
        for code in (body.institution_code, body.evaluation_code):
            if code and code in str(clash):
                raise CodeTaken(code=code) from clash
        raise
