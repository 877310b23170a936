"""Exports: items leave the bank as a file, opened by whoever may open them, named one by one in the trail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.foundation.documents.forms import BookletItem, ItemBooklet, Words
from kaogong.foundation.documents.typesetting import typeset
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.kernel.refusals import NotPermitted, Refusal
from kaogong.foundation.signing import digests
from kaogong.itembank import policies, sealing, selectors
from kaogong.itembank.models import Item, ItemVersion, PaperItem
from kaogong.itembank.rules import formulas
from kaogong.itembank.rules.exports import Exported, excel, qti, word
from kaogong.itembank.rules.items import CONSTRUCTED, LETTERS, TRUE_FALSE, TYPES
from kaogong.itembank.services.papers import refuse_unread
from kaogong.itembank.states import ITEM
from kaogong.occupations import selectors as occupations
from kaogong.regulations import selectors as regulations

RULES = "kaogong-itembank-rules"
KINDS: dict[str, tuple[str, str]] = {
    "qti": ("zip", "application/zip"),
    "xlsx": ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "docx": ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    "pdf": ("pdf", "application/pdf"),
}
"""The ending and the media type of each kind of file."""


class TooManyItems(Refusal):
    """The export would hold more items than one may take at once."""

    message = _("共有 {count} 道题，一次最多导出 {limit} 道。")
    advice = _("请按状态、题型缩小范围，分几次导出。")
    clause = Clause(RULES, "export")


class NothingToExport(Refusal):
    """No item fits what was asked for."""

    message = _("没有符合条件的试题。")
    advice = _("请换一个题库、状态或题型。")
    clause = Clause(RULES, "export")


class NoPurpose(Refusal):
    """An export says what it is for."""

    message = _("没有写明导出的用途。")
    advice = _("请写明用途，例如“送专家审题”。")
    clause = Clause(RULES, "export")
    field = "reason"


@dataclass(frozen=True, slots=True)
class Export:
    """A finished file."""

    name: str
    media_type: str
    content: bytes
    items: int


@command
def export_items(
    *,
    actor: Actor,
    at: datetime,
    occupation_code: str,
    level: int,
    kind: str,
    reason: str,
    state: str = "",
    type_: str = "",
) -> Export:
    """Open the newest versions of a bank's items, of one state and type or of all but the retired, as one of `KINDS`.

    One line in the trail says who, what for, and names every item. Raises NotPermitted, NoPurpose, NothingToExport,
    TooManyItems.
    """
    if not any(actor.holds(power) for power in policies.READERS):
        raise NotPermitted(power="itembank.view")
    if not reason.strip():
        raise NoPurpose
    rows = selectors.items_with_versions(actor).filter(item__occupation_code=occupation_code, item__level=level)
    rows = rows.filter(item__in=Item.objects.filter(policies.may_be_opened_by(actor)))
    rows = rows.filter(item__state=state) if state in ITEM.states else rows.exclude(item__state="retired")
    rows = rows.filter(type=type_) if type_ in TYPES else rows
    limit = regulations.provision("itembank.export_items_at_most", on=timezone.localdate(at))
    count = rows.count()
    if not count:
        raise NothingToExport
    if count > limit.value:
        raise TooManyItems(count=count, limit=limit.value)
    items = [_opened(version) for version in rows.defer(None)]
    title = f"{occupations.name_of(occupation_code)} {level} 级试题"
    content = _written(kind, items, title, _watermark(actor, at))
    trail.record(
        actor=actor,
        action="itembank.items_exported",
        reason=reason,
        occupation_code=occupation_code,
        level=level,
        kind=kind,
        items=len(items),
        numbers=[each.number for each in items],
        file_digest=digests.plain(content),
    )
    ending, media_type = KINDS[kind]
    return Export(f"items-{occupation_code}-{level}.{ending}", media_type, content, len(items))


@command
def export_paper(*, actor: Actor, at: datetime, paper_id: UUID, reason: str) -> Export:
    """Open a whole paper as a QTI 3.0 test with its items and keys (power itembank.view), and say so in the trail.

    Nothing in it tells which items are on trial. Raises NotFound, NotPermitted, NoPurpose.
    """
    paper = selectors.paper(actor, paper_id)
    actor.require("itembank.view", region=paper.region_code, organisation=paper.organisation_id)
    refuse_unread(actor, paper)
    if not reason.strip():
        raise NoPurpose
    places = list(PaperItem.objects.filter(paper=paper).select_related("version__item__point").order_by("position"))
    items = [_opened(place.version) for place in places]
    marks: list[Decimal] = [place.marks for place in places]
    test = qti.Test(paper.number, f"{occupations.name_of(paper.occupation_code)} {paper.number}", marks)
    content = qti.package(items, watermark=_watermark(actor, at), test=test)
    trail.record(
        actor=actor,
        action="itembank.paper_exported",
        target=paper,
        reason=reason,
        number=paper.number,
        items=len(items),
        numbers=[each.number for each in items],
        file_digest=digests.plain(content),
    )
    return Export(f"paper-{paper.number}.zip", KINDS["qti"][1], content, len(items))


def _opened(version: ItemVersion) -> Exported:
    item = version.item
    return Exported(
        number=item.number,
        codes=tuple(item.point.codes) if item.point else (),
        point=item.point.name if item.point else "",
        difficulty=version.difficulty,
        consistency=version.consistency,
        content=sealing.open_item(version.content_sealed, version_id=version.pk),
    )


def _watermark(actor: Actor, at: datetime) -> str:
    return f"{actor.name} {timezone.localtime(at):%Y-%m-%d %H:%M} 导出　内部资料，不得外传"


def _written(kind: str, items: Sequence[Exported], title: str, watermark: str) -> bytes:
    if kind == "qti":
        return qti.package(items, watermark=watermark)
    if kind == "xlsx":
        return excel.sheet(items, watermark=watermark)
    if kind == "docx":
        return word.document(items, watermark=watermark)
    return typeset(ItemBooklet(title=title, watermark=watermark, items=tuple(map(_printed, items)))).pdf


def _printed(item: Exported) -> BookletItem:
    content = item.content
    key = {"T": "对", "F": "错"}[content.key] if content.type == TRUE_FALSE else content.key
    return BookletItem(
        number=item.number,
        kind=TYPES[content.type],
        point=" ".join(filter(None, ("-".join(item.codes), item.point))),
        difficulty=str(item.difficulty),
        stem=_said(content.stem),
        options=tuple(_said(f"{letter}. {words}") for letter, words in zip(LETTERS, content.options, strict=False)),
        key=_said(key) if content.type in CONSTRUCTED else key.replace("\n", "；"),
        rubric=tuple(_said(f"{each.text}（{each.share}%）") for each in content.rubric),
        explanation=_said(content.explanation),
    )


def _said(text: str) -> Words:
    """Words with their formulas as trees; one that cannot be read (from before they were judged) stays as it stands."""
    found: list[object] = []
    for piece in formulas.pieces(text):
        try:
            is_read = piece.is_formula
            tree = {"formula": formulas.read(piece.text).plain(), "block": piece.is_block} if is_read else piece.text
        except formulas.BadFormula:
            tree = piece.text
        found.append(tree)
    return tuple(found)
