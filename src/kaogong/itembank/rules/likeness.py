"""How alike two items are: the same question in other words, or another question in almost the same words.

Chinese stems of a bank differ in a word that decides everything: 220 V or 380 V, 应 or 不应, 串联 or 并联. So likeness
is reckoned in two steps: a share of common characters and pairs of characters says which items look alike (`Bank`
finds them among thousands), and what stands in one and not in the other says whether they ask the same (`contrasts`).
Order and wording of the options count for little, the right answer's text for much. Where the figures come from:
docs/decisions/0025-near-duplicates-in-memory.md and `bench/duplicates.py`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

import numpy as np
from scipy import sparse

from kaogong.itembank.rules.items import CHOICE, TRUE_FALSE, ItemContent

SAME_ANSWER = 0.6
"""From this likeness on the texts of two right answers count as one answer."""
SAME_OPTIONS = 0.5
"""With the same stem, a larger share of common options makes one question, whatever the keys."""
_ROWS = 400
"""How many items are compared with the whole bank at once: bounds memory to a few dozen MB."""
_COMMON = 0.04
"""Pairs of characters in more than this share of a large bank find no candidates: they are nearly everywhere."""
_LOOK = 0.3
"""Cosine from which a pair is looked at closely."""
_LOOK_AT_ONE = 0.5
"""Share of common characters (Dice) from which an item is looked at closely when one alone is compared."""

_PREFIXES = {"k": 3, "M": 6, "m": -3, "μ": -6, "u": -6, "n": -9, "p": -12}
_UNITS = ("V", "A", "W", "Ω", "F", "H", "Hz", "s", "m", "VA", "J", "g", "lm", "lx", "Pa", "N", "L", "W·h", "t")
_NUMBER = re.compile(r"(?P<digits>\d+(?:\.\d+)?)(?P<unit>\s*[A-Za-zμΩ%‰℃°²³·/]*)")
_COUNTED = re.compile(r"[一二两三四五六七八九十百]+(?=[只个台条根级极次倍道份位盏层年月天小分秒人种类步项])")
_HAN = {mark: value for value, mark in enumerate("〇一二三四五六七八九")} | {"两": 2}
_NAME = re.compile(r"[a-zα-ω][a-zα-ω0-9]*(?:[-/][a-z0-9]+)*")
_NEGATIONS = re.compile(r"[不没无未非勿免]")
_NO_NEGATION = re.compile(
    r"避免|以免|不仅|不但|不断|不锈|不妨|不管|不论|无论|无线|无功|无穷|未来|非常|是不是|能不能|有没有|免费"
)
_FRAMES = (
    ("以下", "下列"),
    ("应当", "应"),
    ("应该", "应"),
    ("必须", "应"),
    ("须", "应"),
    ("叫做", "称为"),
    ("指的是", "是"),
    ("是指", "是"),
    ("如果", "若"),
    ("可以", "可"),
    ("能够", "可"),
    ("允许", "可"),
    ("能", "可"),
    ("不得", "不可"),
    ("严禁", "不可"),
    ("禁止", "不可"),
    ("使用", "用"),
    ("采用", "用"),
    ("之前", "前"),
    ("以前", "前"),
    ("之后", "后"),
    ("以后", "后"),
    ("原因", "因"),
    ("因为", "因"),
    ("由于", "因"),
    ("起动", "启动"),
    ("联结", "连接"),
    ("联接", "连接"),
)
"""What one writes for the other, longest first where one holds the other."""
_FILLERS = re.compile(
    r"[的地得了着是在里中时将把被与和及或而且也都就则其它它该此这那某有为于由从对以所]|下列|哪种|哪项|什么"
)
_GROUPS = (
    "串联 并联|串接 并接|增大 减小|增加 减少|增加 减小|升高 降低|上升 下降|提高 降低|变大 变小|变快 变慢|大于 小于"
    "|高于 低于|多于 少于|超过 低于|最大 最小|最高 最低|最好 最差|最多 最少|最早 最晚|越大 越小|越高 越低|越多 越少"
    "|过大 过小|过高 过低|过多 过少|过快 过慢|正转 反转|正向 反向|正偏 反偏|正极 负极|阳极 阴极|常开 常闭|开路 短路"
    "|断路 短路|断开 闭合|断开 接通|合闸 分闸|吸合 释放|得电 失电|通电 断电|送电 停电|启动 停止|打开 关闭|拧紧 松开"
    "|星形 三角形|直流 交流|高压 低压|明敷 暗敷|输入 输出|一次 二次|定子 转子|主电路 控制电路|有功 无功 视在"
    "|电压 电流 电阻 电容 电感 功率|感抗 容抗|相线 中性线 保护线|线电压 相电压|线电流 相电流|放大 饱和 截止"
    "|集电极 发射极 基极|自锁 联锁|半波 全波 桥式|单相 三相|单控 双控|允许 禁止|必要 多余|有效 无效|有利 不利"
    "|正确 错误|优点 缺点|相同 相反|相等 不等|内部 外部|横向 纵向|顺时针 逆时针|左侧 右侧|上部 下部|上方 下方"
    "|垂直 水平|先 后|粗 细|长 短|快 慢|冷 热|红 黄 绿 蓝 黑 白|铜 铝|甲 乙|加热 冷却|收入 支出|借方 贷方"
)
_CONTRARY = tuple(tuple(group.split()) for group in _GROUPS.split("|"))
_CONTRARIES = frozenset(word for group in _CONTRARY for word in group)
_MIRRORED = frozenset({"大于", "小于", "高于", "低于", "多于", "少于", "超过"})
"""Words whose contrary with a negation says nearly the same: 不小于 and 大于."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """What of an item is compared: made once for each, in memory alone, and as secret as the item."""

    type: str
    stem: str
    options: tuple[str, ...]
    answer: str
    singles: frozenset[str]
    pairs: frozenset[str]
    numbers: Counter[str]
    names: frozenset[str]
    negations: int
    contraries: Counter[str]

    @classmethod
    def of(cls, content: ItemContent) -> Sketch:
        """The sketch of an item's content."""
        folded = unicodedata.normalize("NFKC", content.stem)
        plain, numbers = _numbered(folded)
        words = _framed(plain.casefold())
        options = tuple(_letters(_folded(option)) for option in content.options)
        meat = _letters(_FILLERS.sub("", words))
        return cls(
            type=content.type,
            stem=_letters(folded.casefold()),
            options=options,
            answer=_answer(content, options),
            singles=_marked(meat),
            pairs=_marked(map("".join, pairwise(meat))),
            numbers=numbers,
            names=frozenset(_NAME.findall(words)),
            negations=len(_NEGATIONS.findall(_NO_NEGATION.sub("", words))),
            contraries=Counter({word: words.count(word) for word in _CONTRARIES if word in words}),
        )

    @property
    def grams(self) -> frozenset[str]:
        """Pairs of characters of stem and options, by which `Bank` finds candidates."""
        in_options = (a + b for option in self.options for a, b in pairwise(option))
        return frozenset(each[:2] for each in self.pairs).union(in_options)


@dataclass(frozen=True, slots=True)
class Like:
    """Two items of a bank that are alike: their places, and how much (0 to 1)."""

    first: int
    second: int
    likeness: float


def likeness(a: Sketch, b: Sketch) -> float:
    """How alike two items are, 0 to 1; 0 when they contrast. 1 is the same stem, in whatever order the options stand.

    Items of different types are other items: a statement and the question that it answers may both be asked.
    """
    if a.type != b.type:
        return 0.0
    if a.stem == b.stem and (not a.options or _options(a, b) > SAME_OPTIONS):
        return 1.0
    if contrasts(a, b):
        return 0.0
    stem = 0.4 * _dice(a.singles, b.singles) + 0.6 * _dice(a.pairs, b.pairs)
    if a.type not in CHOICE:
        return stem
    return 0.6 * stem + 0.15 * _options(a, b) + 0.25 * _text(a.answer, b.answer)


def like_one(content: ItemContent, others: Sequence[ItemContent], threshold: float) -> list[Like]:
    """Which of some items are at least so alike to one: `first` is 0, `second` the other's place.

    Faster than a `Bank` for one item: what has too few characters in common is never looked at closely.
    """
    mine, marks, found = Sketch.of(content), set(content.stem), []
    for place, other in enumerate(others):
        if other.type != content.type or _dice(marks, set(other.stem)) < _LOOK_AT_ONE:
            continue
        if (value := likeness(mine, Sketch.of(other))) >= threshold:
            found.append(Like(0, place, value))
    return found


def contrasts(a: Sketch, b: Sketch) -> bool:
    """Whether two items that look alike ask something else.

    They do when each has a number, a name such as KM, or one of two contrary words where the other has another; when
    one is negated (double negation counts as none, and 不小于 goes with 大于); or when the right answers differ.
    """
    if _each_has_its_own(a.numbers, b.numbers) or (a.names - b.names and b.names - a.names):
        return True
    is_negated = (a.negations - b.negations) % 2 == 1
    swapped = [
        {*mine, *theirs}
        for group in (_CONTRARY if a.contraries != b.contraries else ())
        if (mine := [word for word in group if a.contraries[word] > b.contraries[word]])
        and (theirs := [word for word in group if b.contraries[word] > a.contraries[word]])
    ]
    if swapped:
        return not (is_negated and all(each <= _MIRRORED for each in swapped))
    if is_negated:
        return True
    if a.type == TRUE_FALSE:
        return a.answer != b.answer
    return a.type in CHOICE and _text(a.answer, b.answer) < SAME_ANSWER


def _each_has_its_own(a: Counter[str], b: Counter[str]) -> bool:
    return a != b and bool(a - b) and bool(b - a)


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _letters(text: str) -> str:
    """Without blanks and punctuation, but for what stands inside a figure."""
    return "".join(
        mark
        for i, mark in enumerate(text)
        if unicodedata.category(mark)[0] not in "PZC"
        or mark in "%‰"
        or (mark in "./-:," and 0 < i < len(text) - 1 and text[i - 1].isdigit() and text[i + 1].isdigit())
    )


def _framed(text: str) -> str:
    for written, meant in _FRAMES:
        text = text.replace(written, meant)
    return text


def _numbered(text: str) -> tuple[str, Counter[str]]:
    """The text without its figures, and the figures in one unit: 0.5 kΩ is 500 Ω, 两只 is 2."""
    found: Counter[str] = Counter()

    def figure(match: re.Match[str]) -> str:
        digits, unit = match["digits"], match["unit"].strip()
        before = text[match.start() - 1 : match.start()]
        if before.isascii() and before.isalpha():  # the 1 of KM1, the 44 of IP44: part of a name
            return match[0]
        found[_in_one_unit(digits, unit)] += 1
        return " "

    def counted(match: re.Match[str]) -> str:
        value = _han(match[0])
        if value > 1:  # 一只, 一个 are articles rather than counts
            found[_in_one_unit(str(value), "")] += 1
        return ""

    plain = _NUMBER.sub(figure, text)
    return _COUNTED.sub(counted, plain), found


def _in_one_unit(digits: str, unit: str) -> str:
    value = Decimal(digits)
    for base in sorted(_UNITS, key=len, reverse=True):
        prefix = unit.removesuffix(base)
        if prefix != unit and (not prefix or prefix in _PREFIXES):
            value, unit = value.scaleb(_PREFIXES.get(prefix, 0)), base
            break
    return f"{value.normalize():f}{unit}"


def _han(text: str) -> int:
    """The value of a small number in Chinese."""
    tens, has_ten, ones = text.rpartition("十")
    if not has_ten:
        return _HAN.get(text[-1], 0)
    return 10 * (_HAN.get(tens[-1:], 1) if tens else 1) + _HAN.get(ones[-1:], 0)


def _answer(content: ItemContent, options: Sequence[str]) -> str:
    if content.type in CHOICE:
        right = [option for letter, option in zip("ABCDEFGH", options, strict=False) if letter in content.key]
        return "\n".join(sorted(right))
    return content.key


def _options(a: Sketch, b: Sketch) -> float:
    """Share of the options that the two have in common, in whatever order (Jaccard)."""
    mine, theirs = set(a.options), set(b.options)
    return len(mine & theirs) / (len(mine | theirs) or 1)


def _marked(parts: Iterable[str]) -> frozenset[str]:
    """The parts, a second one told from the first by its number, so that sets count as multisets do."""
    seen: Counter[str] = Counter()
    found = set()
    for each in parts:
        seen[each] += 1
        found.add(f"{each}{seen[each]}")
    return frozenset(found)


def _dice(a: Set[str], b: Set[str]) -> float:
    return 2 * len(a & b) / (len(a) + len(b) or 1)


def _text(a: str, b: str) -> float:
    """Likeness of two short texts; with figures in them they are the same or not."""
    if a == b:
        return 1.0
    if any(map(str.isdigit, a + b)):
        return 0.0
    return _dice(_marked(a), _marked(b))


class Bank:
    """The sketches of a bank, ready to be searched: columns are pairs of characters, weighted by how rare they are."""

    def __init__(self, sketches: Sequence[Sketch]) -> None:
        self.sketches = sketches
        self._column: dict[str, int] = {}
        counts = _matrix([each.grams for each in sketches], self._column, grow=True)
        holders = np.bincount(counts.indices, minlength=len(self._column)) if counts.nnz else np.zeros(0)
        total = len(sketches)
        self._weight = np.log((1 + total) / (1 + holders)) + 1
        self._weight[holders > max(_COMMON * total, 50)] = 0.0
        self._rows = self._weighted(counts)

    def among_themselves(self, threshold: float) -> Iterator[Like]:
        """All pairs of the bank that are at least so alike, by their places; first < second."""
        for low in range(0, len(self.sketches), _ROWS):
            for first, second in self._candidates(self._rows[low : low + _ROWS], low):
                if first < second and (found := likeness(self.sketches[first], self.sketches[second])) >= threshold:
                    yield Like(first, second, found)

    def like(self, sketches: Sequence[Sketch], threshold: float) -> Iterator[Like]:
        """The bank's items that are at least so alike to others: `first` is the other's place, `second` the bank's."""
        for low in range(0, len(sketches), _ROWS):
            part = sketches[low : low + _ROWS]
            rows = self._weighted(_matrix([each.grams for each in part], self._column, grow=False))
            for first, second in self._candidates(rows, low):
                if (found := likeness(sketches[first], self.sketches[second])) >= threshold:
                    yield Like(first, second, found)

    def _weighted(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        rows = counts @ sparse.diags(self._weight)
        length = np.sqrt(rows.multiply(rows).sum(axis=1)).A1
        rows = (sparse.diags(1 / np.where(length > 0, length, 1)) @ rows).astype(np.float32).tocsr()
        rows.eliminate_zeros()
        return rows

    def _candidates(self, rows: sparse.csr_matrix, low: int) -> Iterator[tuple[int, int]]:
        product = (rows @ self._rows.T).tocoo()
        is_near = product.data >= _LOOK
        yield from zip((product.row[is_near] + low).tolist(), product.col[is_near].tolist(), strict=True)


def _matrix(grams: Iterable[frozenset[str]], column: dict[str, int], *, grow: bool) -> sparse.csr_matrix:
    """Who holds what as a sparse matrix of ones, a row for each; unknown grams become new columns or are left out."""
    indices: list[int] = []
    ends = [0]
    for each in grams:
        places = (column.setdefault(gram, len(column)) if grow else column.get(gram) for gram in each)
        indices.extend(place for place in places if place is not None)
        ends.append(len(indices))
    return sparse.csr_matrix((np.ones(len(indices)), indices, ends), shape=(len(ends) - 1, len(column)))
