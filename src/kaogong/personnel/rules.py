"""Who may assess what, who must stand aside, and how often one may serve. Pure: facts in, verdicts out."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from kaogong.foundation.kernel.clauses import Clause
from kaogong.personnel.states import CARD

CARD_CLAUSE = Clause("examiner-trial-rule", "card")
LEVELS = Clause("examiner-trial-rule", "who-may-assess")
AVOIDANCE = Clause("examiner-avoidance", "avoidance")
LEVEL_NAMES = {5: "五级", 4: "四级", 3: "三级", 2: "二级", 1: "一级"}
KIND_NAMES = {"examiner": "考评员", "senior_examiner": "高级考评员", "supervisor": "质量督导员"}
RELATION_NAMES = {"taught": "师生（师徒）", "employed": "同事或雇佣", "related": "亲属", "paired": "搭档"}


@dataclass(frozen=True, slots=True)
class CardFacts:
    """A card as the rule sees it; both days of the term are included."""

    number: str
    kind: str
    occupation_code: str
    levels: Collection[int]
    since: date
    until: date
    state: str = "granted"


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One reason why a card does not allow an assessment, with its clause."""

    key: str
    text: str
    clause: Clause


def may_assess(
    card: CardFacts,
    *,
    occupation_code: str,
    level: int,
    on: date,
    levels_allowed: Collection[int],
    levels_clause: Clause = LEVELS,
) -> list[Shortfall]:
    """What keeps the holder of `card` from assessing this occupation and level on that day; empty when nothing does.

    `levels_allowed` are those that the rule of that day gives to the card's kind: an examiner had 5 and 4 under the
    older rule, 5, 4 and 3 under the trial rule. The card's own levels narrow them further.
    Source: 考评人员管理工作规程（试行）; exam-affairs §5.1.
    """
    found = []
    kind = KIND_NAMES.get(card.kind, card.kind)
    name = LEVEL_NAMES.get(level, f"{level}级")
    if card.kind not in {"examiner", "senior_examiner"}:
        found.append(Shortfall("kind", f"{kind}证卡 {card.number} 不能用于考评", CARD_CLAUSE))
    if card.state != "granted":
        found.append(Shortfall("state", f"证卡 {card.number} 当前为“{CARD.states[card.state]}”", CARD_CLAUSE))
    if not card.since <= on <= card.until:
        term = f"{card.since:%Y-%m-%d} 至 {card.until:%Y-%m-%d}"
        found.append(Shortfall("term", f"证卡 {card.number} 的有效期为 {term}，{on:%Y-%m-%d} 不在其内", CARD_CLAUSE))
    if card.occupation_code != occupation_code:
        text = f"证卡 {card.number} 的职业为 {card.occupation_code or '无'}，不是 {occupation_code}"
        found.append(Shortfall("occupation", text, CARD_CLAUSE))
    if level not in levels_allowed:
        found.append(Shortfall("rule", f"按当日规定，{kind}不能考评{name}", levels_clause))
    elif level not in card.levels:
        found.append(Shortfall("level", f"证卡 {card.number} 的等级不含{name}", CARD_CLAUSE))
    return found


@dataclass(frozen=True, slots=True)
class RelationFacts:
    """A fact between two persons: it holds in both directions, from `since` until `until` where these are known."""

    first: UUID
    second: UUID
    kind: str
    since: date | None = None
    until: date | None = None

    def holds_on(self, on: date) -> bool:
        """Whether the relation stands on that day; a relation by blood or teaching once made does not lapse."""
        return (self.since is None or self.since <= on) and (self.until is None or on <= self.until)

    def other(self, person: UUID) -> UUID:
        """The one who is not `person`."""
        return self.second if person == self.first else self.first


@dataclass(frozen=True, slots=True)
class Conflict:
    """One reason for `person` to stand aside for `other`."""

    person: UUID
    other: UUID
    kind: str
    text: str
    clause: Clause = AVOIDANCE


def conflicts(
    person: UUID, *, others: Collection[UUID], relations: Iterable[RelationFacts], on: date, kinds: Collection[str]
) -> list[Conflict]:
    """Why `person` must stand aside for some of `others`: relations of one of `kinds` that hold on that day.

    Source: 回避; exam-affairs §5.2. The person herself among the others is a conflict too: nobody examines herself.
    """
    found = [Conflict(person, person, "self", "本人即为考生")] if person in others else []
    for relation in relations:
        if person not in {relation.first, relation.second} or relation.kind not in kinds or not relation.holds_on(on):
            continue
        other = relation.other(person)
        if other in others:
            found.append(Conflict(person, other, relation.kind, f"存在“{RELATION_NAMES[relation.kind]}”关系"))
    return found


def consecutive(person: UUID, panels: Sequence[Collection[UUID]]) -> int:
    """In how many panels running, the latest last, `person` has served up to now."""
    count = 0
    for panel in reversed(panels):
        if person not in panel:
            break
        count += 1
    return count


def rotated_share(panel: Collection[UUID], previous: Collection[UUID]) -> Decimal:
    """The share of `panel` that did not serve in the previous one, to four decimals; 1 when there was none."""
    if not panel or not previous:
        return Decimal(1)
    fresh = len(set(panel) - set(previous))
    return (Decimal(fresh) / len(set(panel))).quantize(Decimal("0.0001"))
