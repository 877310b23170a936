"""Whether a tried item may be put into use: its statistics held against the bank's figures, line by line.

A line that *fails* bars the way; one to *look* at asks the person who signs to have a reason. What is too extreme may
be meant so (everybody must know the rule of safety), what tells the able from the unable backwards may not.
Figures as in item-bank §3.1, §3.2 and §3.5, by provision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from kaogong.itembank.rules.problems import gettext_noop as _

HOLDS, LOOK, FAILS = "holds", "look", "fails"
OUTCOMES = {HOLDS: _("符合"), LOOK: _("须说明"), FAILS: _("不符合")}


@dataclass(frozen=True, slots=True)
class TypeBounds:
    """Where an item of one type becomes conspicuous; shares and correlations (see `psychometrics.classical`)."""

    hardest: float
    easiest: float
    weak: float
    poor: float
    flat: float
    idle: float
    persons: int


@dataclass(frozen=True, slots=True)
class Bounds:
    """What promotion asks of an item of one type.

    `cases` answers at least; `se_b` logits at most; `dif` is the class that bars; a and b within what is usual.
    """

    cases: int
    type: TypeBounds
    se_b: float
    dif: str
    least_a: float
    most_a: float
    far_b: float


@dataclass(frozen=True, slots=True)
class Facts:
    """What a run of calibration learnt of an item: None where it could not tell. `dif` has by, focal, delta, class."""

    cases: int
    p: float | None = None
    r: float | None = None
    upper_lower: float | None = None
    a: float | None = None
    b: float | None = None
    se_b: float | None = None
    flags: Sequence[str] = ()
    dif: Sequence[Mapping[str, object]] = field(default=())
    is_of_old_key: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the rule: its name, what was found, what is asked, and the outcome."""

    name: str
    found: str
    asked: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule's answer, line by line."""

    lines: Sequence[Line]

    @property
    def is_met(self) -> bool:
        """Whether a person may sign."""
        return not self.failing

    @property
    def failing(self) -> list[Line]:
        return [each for each in self.lines if each.outcome == FAILS]

    @property
    def doubtful(self) -> list[Line]:
        return [each for each in self.lines if each.outcome == LOOK]


def judge(facts: Facts, bounds: Bounds) -> Verdict:
    """Hold the statistics of an item against the figures."""
    limits = bounds.type
    lines = [
        Line(_("作答人数"), str(facts.cases), f"≥ {bounds.cases}", HOLDS if facts.cases >= bounds.cases else FAILS),
        Line(
            _("难度（通过率）"),
            _shown(facts.p),
            f"{limits.hardest:.2f}–{limits.easiest:.2f}",
            _outcome(facts.p, fails=facts.p is None, look=_outside(facts.p, limits.hardest, limits.easiest)),
        ),
        Line(
            _("区分度（校正题总相关）"),
            _shown(facts.r),
            f"≥ {limits.poor:.2f}（{limits.weak:.2f}）",
            _outcome(facts.r, fails=_below(facts.r, limits.poor), look=_below(facts.r, limits.weak)),
        ),
        Line(
            _("高低分组差"),
            _shown(facts.upper_lower),
            f"≥ {limits.flat:.2f}",
            _outcome(facts.upper_lower, fails=False, look=_below(facts.upper_lower, limits.flat)),
        ),
        _key(facts, limits),
        _fairness(facts, bounds),
        Line(
            _("难度参数 b 的标准误"),
            _shown(facts.se_b),
            f"≤ {bounds.se_b:.2f}",
            FAILS if facts.se_b is None or facts.se_b > bounds.se_b else HOLDS,
        ),
        _usual(facts, bounds),
    ]
    return Verdict(lines)


def _key(facts: Facts, limits: TypeBounds) -> Line:
    """A wrong option that draws the strong may do so by chance; together with a key that tells nothing it may not."""
    name, asked = _("答案核查"), _("无异常")
    if facts.is_of_old_key:
        return Line(name, _("答案已经裁定更正，统计按原答案，须重新定标"), asked, FAILS)
    if "key" not in facts.flags:
        return Line(name, asked, asked, HOLDS)
    return Line(name, _("有错误选项更吸引高分者"), asked, FAILS if _below(facts.r, limits.poor) else LOOK)


def _fairness(facts: Facts, bounds: Bounds) -> Line:
    """The worst class found decides; a group too small to be compared is to be looked at, not waved through."""
    order = ("A", "B", "C")
    classes = [str(each["class"]) for each in facts.dif if each.get("class") in order]
    asked = f"< {bounds.dif}"
    if not classes:
        return Line(_("公平性（DIF）"), _("人数不足，未检验"), asked, LOOK)
    worst = max(classes, key=order.index)
    barred = order.index(worst) >= order.index(bounds.dif)
    return Line(_("公平性（DIF）"), worst, asked, FAILS if barred else LOOK if worst == "B" else HOLDS)


def _usual(facts: Facts, bounds: Bounds) -> Line:
    asked = f"a {bounds.least_a:g}–{bounds.most_a:g}，|b| ≤ {bounds.far_b:g}"
    if facts.a is None or facts.b is None:
        return Line(_("参数范围"), "—", asked, LOOK)
    is_usual = bounds.least_a <= facts.a <= bounds.most_a and abs(facts.b) <= bounds.far_b
    return Line(_("参数范围"), f"a {facts.a:.2f}，b {facts.b:.2f}", asked, HOLDS if is_usual else LOOK)


def _outcome(value: float | None, *, fails: bool, look: bool) -> str:
    return FAILS if fails else LOOK if look or value is None else HOLDS


def _below(value: float | None, least: float) -> bool:
    """Whether it is lower; what could not be found counts as lower."""
    return value is None or value < least


def _outside(value: float | None, least: float, most: float) -> bool:
    return value is None or not least <= value <= most


def _shown(value: float | None) -> str:
    return "—" if value is None else f"{value:.2f}"
