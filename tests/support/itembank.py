"""The bank for tests: the people who work in it, items written by the real service, papers sealed by it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from uuid import UUID

from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import selectors, services
from kaogong.itembank.models import Blueprint, Item, Paper, Point
from kaogong.itembank.rules.items import Criterion, ItemContent
from kaogong.itembank.selectors.papers import items_of
from tests.support.cast import officer
from tests.support.regulations import make_provision

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
ELECTRICIAN = "6-31-01-03"
LEVEL = 5
TRAINER = "4-04-05-05"
COLUMNS = {"stem": "题干", "type": "题型", "a": "A", "b": "B", "c": "C", "d": "D", "key": "答案"}
_numbers = count(1)


def writer(region: str = "32") -> Actor:
    """Writes items for a provincial sub-bank."""
    return officer("itembank.write", "itembank.view", region=region, name="命题李老师")


def reviewer(region: str = "32") -> Actor:
    """Reviews items."""
    return officer("itembank.review", region=region, name="审题王老师")


def approver(region: str = "32") -> Actor:
    """Approves items and blueprints."""
    return officer("itembank.approve", region=region, name="终审陈主任")


def assembler(region: str = "32") -> Actor:
    """Assembles papers, and may inspect them."""
    return officer("itembank.assemble", "itembank.view", region=region, name="组卷周老师")


def importer(region: str = "32") -> Actor:
    """Imports files."""
    return officer("itembank.import", "itembank.view", region=region, name="录题吴老师")


def deliverer(region: str = "3201") -> Actor:
    """Delivers papers to sittings."""
    return officer("delivery.deliver", region=region, name="考务郑老师")


def marker(region: str = "3201") -> Actor:
    """Marks papers."""
    return officer("scoring.mark", region=region, name="成绩冯老师")


def bank_blueprint() -> Blueprint:
    """The shipped blueprint of 电工 level 5."""
    return selectors.blueprint_for(ELECTRICIAN, LEVEL)


def some_point(number: int = 0) -> Point:
    """A point of the shipped blueprint."""
    return selectors.points_of(bank_blueprint().pk)[number]


def single(stem: str = "", *, options: Sequence[str] = ("甲", "乙", "丙", "丁"), key: str = "A") -> ItemContent:
    """A single-choice item with a stem that no other has."""
    return ItemContent("single", stem or f"测试题干第{next(_numbers)}号应选（　）。", tuple(options), key, "测试解析。")


def truth(stem: str = "", *, key: str = "T") -> ItemContent:
    """A true/false item."""
    return ItemContent("truefalse", stem or f"测试判断第{next(_numbers)}号成立。", (), key, "")


def make_item(
    content: ItemContent | None = None,
    *,
    actor: Actor | None = None,
    point_id: UUID | None = None,
    is_bound: bool = True,
    difficulty: int = 3,
) -> Item:
    """A draft at the first point of the shipped blueprint (or at none)."""
    return services.draft_item(
        actor=actor or writer(),
        at=NOW,
        occupation_code=ELECTRICIAN,
        level=LEVEL,
        content=content or single(),
        difficulty=difficulty,
        consistency=5,
        point_id=point_id or (some_point().pk if is_bound else None),
    )


def make_approved_item(content: ItemContent | None = None) -> Item:
    """An item that went through three persons."""
    item = make_item(content)
    services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
    return services.approve_item(actor=approver(), at=NOW, item_id=item.pk)


def make_cleared_item(author: Actor | None = None) -> Item:
    """An item that passed its reviews and waits for the trial."""
    item = make_item(actor=author)
    services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
    return services.clear_item(actor=approver(), at=NOW, item_id=item.pk)


def make_paper(*, actor: Actor | None = None, seed: int = 2026, number: str = "", avoid: Sequence[UUID] = ()) -> Paper:
    """A sealed paper of 电工 level 5."""
    return services.assemble(
        actor=actor or assembler(),
        at=NOW,
        occupation_code=ELECTRICIAN,
        level=LEVEL,
        seed=seed,
        number=number or f"SJ-{next(_numbers):04d}",
        avoid=avoid,
    )


def csv_file(*rows: str, header: str = "题干,题型,A,B,C,D,答案") -> bytes:
    """A small file in UTF-8."""
    return "\n".join([header, *rows]).encode()


def several(stem: str = "", *, key: str = "AC") -> ItemContent:
    """A multiple-choice item."""
    return ItemContent("multiple", stem or f"测试多选第{next(_numbers)}号应选（　）。", ("甲", "乙", "丙", "丁"), key)


def gaps(stem: str = "", *, key: str = "220|二百二十\n36±0.5") -> ItemContent:
    """A fill-in item with two gaps."""
    return ItemContent("fillin", stem or f"测试填空第{next(_numbers)}号：相电压为____伏，安全电压为__伏。", (), key)


def short(stem: str = "") -> ItemContent:
    """A short-answer item, marked by people along two criteria."""
    rubric = (Criterion("说出断电", 60), Criterion("说出验电", 40))
    return ItemContent(
        "short", stem or f"测试简答第{next(_numbers)}号：检修前应做什么？", (), "先断电，再验电。", "", rubric
    )


def make_mixed_paper(*, actor: Actor | None = None) -> Paper:
    """A paper of 76 single, one multiple (2 marks), one fill-in (2), one short answer (2) and 18 true/false."""
    form = [
        {"type": "single", "count": 76, "marks": 1},
        {"type": "multiple", "count": 1, "marks": 2},
        {"type": "fillin", "count": 1, "marks": 2},
        {"type": "short", "count": 1, "marks": 2},
        {"type": "truefalse", "count": 18, "marks": 1},
    ]
    make_provision("itembank.paper_form", form, occupation=ELECTRICIAN)
    ranges: dict[UUID | None, list[Point]] = {}
    for point in selectors.points_of(bank_blueprint().pk):
        ranges.setdefault(point.weighted_range_id, []).append(point)
    for points in ranges.values():
        for point, content in zip(points, (several(), gaps(), short()), strict=False):
            item = make_item(content, point_id=point.pk)
            services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
            services.approve_item(actor=approver(), at=NOW, item_id=item.pk)
    return make_paper(actor=actor)


def places_of(paper: Paper, type_: str) -> list[int]:
    """The positions of a paper at which items of that type stand."""
    return [each.position for each in items_of(paper) if each.version.type == type_]
