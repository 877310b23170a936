r"""Formulas in an item's text: `$…$` in the line, `$$…$$` by itself; a small TeX, read strictly into a tree.

What is not in the tables below is refused where it is written, so that what enters the bank is what KaTeX shows, what
the printed booklet sets, and what goes out as MathML: nothing here links, loads, defines or styles. A `$` that closes
before a figure, or that has blanks inside, is a dollar sign; `\$` is always one.

Source: TeX as KaTeX 0.19 takes it (tests/itembank/test_formulas_in_browser.py lets KaTeX read every entry of the
tables).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

PIECE = re.compile(
    r"(?<![\\$])\$\$(?P<block>(?:\\.|[^$\\])+)\$\$|(?<![\\$])\$(?P<line>(?=\S)(?:\\.|[^$\\])+(?<=\S))\$(?![\d$])",
    re.DOTALL,
)
"""A formula in a text. `web/ui/static/ui/js/rich.js` parts texts by the same rule."""
DEEPEST = 12
"""How deep a formula may nest: more is no formula that a candidate can read, and would only burden the reader."""

LETTERS = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ϵ", "varepsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "mu": "μ", "nu": "ν", "xi": "ξ",
    "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ", "upsilon": "υ", "phi": "ϕ", "varphi": "φ", "chi": "χ",
    "psi": "ψ", "omega": "ω", "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π",
    "Sigma": "Σ", "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω", "infty": "∞", "partial": "∂", "nabla": "∇", "ell": "ℓ",
    "angle": "∠", "triangle": "△", "degree": "°", "prime": "′", "forall": "∀", "exists": "∃", "emptyset": "∅",
}  # fmt: skip
SIGNS = {
    "times": "×", "div": "÷", "pm": "±", "mp": "∓", "cdot": "⋅", "leq": "≤", "le": "≤", "geq": "≥", "ge": "≥",
    "neq": "≠", "ne": "≠", "approx": "≈", "equiv": "≡", "sim": "∼", "propto": "∝", "to": "→", "rightarrow": "→",
    "leftarrow": "←", "Rightarrow": "⇒", "Leftrightarrow": "⇔", "in": "∈", "notin": "∉", "subset": "⊂",
    "subseteq": "⊆", "cup": "∪", "cap": "∩", "perp": "⊥", "parallel": "∥", "circ": "∘", "cdots": "⋯", "ldots": "…",
    "dots": "…", "because": "∵", "therefore": "∴", "mid": "∣", "ll": "≪", "gg": "≫", "vdots": "⋮",
}  # fmt: skip
BIG = {"sum": "∑", "prod": "∏", "int": "∫", "iint": "∬", "oint": "∮"}
NAMES = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "arcsin",
        "arccos",
        "arctan",
        "sinh",
        "cosh",
        "tanh",
        "log",
        "ln",
        "lg",
        "exp",
        "max",
        "min",
        "lim",
        "det",
        "deg",
    ]
)
ESCAPED = {"%": "%", "$": "$", "&": "&", "#": "#", "_": "_", "{": "{", "}": "}"}
SPACES = {",": 17, ":": 22, ";": 28, " ": 25, "!": -17, "quad": 100, "qquad": 200}
"""Spaces, in hundredths of an em."""
ACCENTS = {"vec": "→", "hat": "^", "widehat": "^", "bar": "¯", "dot": "˙", "ddot": "¨", "tilde": "~"}
LINES = {"overline": "over", "underline": "under"}
FACES = {"mathrm": "upright", "mathbf": "bold", "boldsymbol": "bold"}
GRIDS = {"matrix": "..", "pmatrix": "()", "bmatrix": "[]", "vmatrix": "||", "cases": "{.", "aligned": ".."}
"""Environments, with the fences around them; a dot is none."""
FENCES = {"(": "(", ")": ")", "[": "[", "]": "]", "|": "|", ".": ".", r"\{": "{", r"\}": "}", r"\|": "‖"}
WORDS = re.compile(r"\{([^\\{}$%&#~_^]*)\}")
BARE_SIGNS = frozenset("+-*/=<>()[]|,.;:!?×÷±≤≥≠≈·、，。；：（）%℃′∠⊥")
TOKEN = re.compile(r"\\[A-Za-z]+|\\.|\s+|.", re.DOTALL)
NO_BARE = frozenset("%")
HAN = range(0x4E00, 0xA000)


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a formula: row, letter, number, sign, big, name, words, space, fraction, root, scripts, fence,
    accent, over, under, upright, bold or grid; `text` its characters, `parts` what is inside, in the order of TeX.

    scripts: base, below, above (an empty row is none). root: radicand, then the index if there is one. grid: rows.
    """

    kind: str
    text: str = ""
    parts: tuple[Node, ...] = ()

    def plain(self) -> list[object]:
        """As JSON for the typesetter: kind, code points (which no search for missing glyphs mistakes), parts."""
        return [self.kind, [ord(mark) for mark in self.text], [each.plain() for each in self.parts]]


NOTHING = Node("row")


class BadFormula(ValueError):
    """The formula cannot be read; `problem` says why, for the field `stem` until another is named."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.problem = Problem("stem", message, facts)


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text: words, or a formula (its TeX, whether it stands by itself)."""

    text: str
    is_formula: bool = False
    is_block: bool = False


def pieces(text: str) -> Iterator[Piece]:
    r"""The text, parted into words and formulas; `\$` in words has become a dollar sign."""
    place = 0
    for found in PIECE.finditer(text):
        if found.start() > place:
            yield Piece(text[place : found.start()].replace(r"\$", "$"))
        is_block = found["block"] is not None
        yield Piece(found["block"] if is_block else found["line"], True, is_block)
        place = found.end()
    if place < len(text):
        yield Piece(text[place:].replace(r"\$", "$"))


def problems_of_formulas(field: str, text: str, *, limit: int) -> Iterator[Problem]:
    """What is wrong with the formulas of a text; none may be longer than `limit` characters."""
    for piece in pieces(text):
        if not piece.is_formula:
            continue
        if len(piece.text) > limit:
            facts = {"length": len(piece.text), "limit": limit}
            yield Problem(field, _("公式有误：有 {length} 个字符，最多 {limit} 个"), facts)
            continue
        try:
            read(piece.text)
        except BadFormula as bad:
            yield Problem(field, bad.problem.message, bad.problem.facts)


def read(tex: str) -> Node:
    """The tree of a formula. Raises BadFormula; never anything else, whatever it is given."""
    reader = _Reader(tex)
    tree = reader.row(until=frozenset(), depth=0)
    if reader.next:
        raise BadFormula(_("公式有误：多出了 {token}"), token=reader.next[:20])
    if not tree.parts:
        raise BadFormula(_("公式有误：是空的"))
    return tree


class _Reader:
    def __init__(self, tex: str) -> None:
        self.tex = tex
        self.place = 0

    @property
    def next(self) -> str:
        """The token ahead, blanks skipped; empty at the end."""
        while (found := TOKEN.match(self.tex, self.place)) and found[0].isspace():
            self.place = found.end()
        return found[0] if found else ""

    def take(self) -> str:
        mark = self.next
        self.place += len(mark)
        return mark

    def row(self, *, until: frozenset[str], depth: int) -> Node:
        """What stands up to one of the tokens `until`, or to the end."""
        if depth > DEEPEST:
            raise BadFormula(_("公式有误：层次过深"))
        parts: list[Node] = []
        while (mark := self.next) and mark not in until and mark not in {"}", "&", r"\\", r"\right", r"\end"}:
            node = self.scripted(depth)
            if node.kind == "number" and parts and parts[-1].kind == "number":
                parts[-1] = Node("number", parts[-1].text + node.text)
            else:
                parts.append(node)
        return Node("row", parts=tuple(parts))

    def scripted(self, depth: int) -> Node:
        """One part with what is raised and lowered beside it."""
        base = NOTHING if self.next in {"^", "_", "'"} else self.part(depth)
        below, above, primes = NOTHING, NOTHING, 0
        while (mark := self.next) in {"^", "_", "'"}:
            self.take()
            if mark == "'":
                if above is not NOTHING:
                    raise BadFormula(_("公式有误：有两个 {token}"), token=mark)
                primes += 1
            elif (above if mark == "^" else below) is not NOTHING:
                raise BadFormula(_("公式有误：有两个 {token}"), token=mark)
            elif mark == "^":
                above = self.argument(mark, depth)
            else:
                below = self.argument(mark, depth)
        if primes:
            above = Node("row", parts=(*[Node("letter", "′")] * primes, *([above] if above is not NOTHING else [])))
        return base if below is NOTHING and above is NOTHING else Node("scripts", parts=(base, below, above))

    def argument(self, of: str, depth: int) -> Node:
        """The group or the single part that belongs to a command."""
        if self.next in {"", "}", "&", "^", "_", r"\\", r"\right", r"\end"}:
            raise BadFormula(_("公式有误：{token} 之后缺少内容"), token=of)
        return self.part(depth)

    def group(self, depth: int) -> Node:
        self.take()
        inside = self.row(until=frozenset(), depth=depth + 1)
        if self.take() != "}":
            raise BadFormula(_("公式有误：花括号不成对"))
        return inside

    def part(self, depth: int) -> Node:
        if self.next == "{":
            return self.group(depth)
        mark = self.take()
        return self.command(mark[1:], depth) if mark.startswith("\\") else _character(mark)

    def command(self, name: str, depth: int) -> Node:
        mark = f"\\{name}"
        if name in LETTERS:
            return Node("letter", LETTERS[name])
        for kind, table in (("sign", SIGNS), ("big", BIG), ("sign", ESCAPED)):
            if name in table:
                return Node(kind, table[name])
        if name in NAMES:
            return Node("name", name)
        if name in SPACES:
            return Node("space", str(SPACES[name]))
        if name in {"frac", "dfrac", "tfrac"}:
            return Node("fraction", parts=(self.argument(mark, depth + 1), self.argument(mark, depth + 1)))
        if name == "sqrt":
            return self.root(depth)
        if name in ACCENTS:
            return Node("accent", ACCENTS[name], (self.argument(mark, depth + 1),))
        if name in LINES or name in FACES:
            return Node((LINES | FACES)[name], parts=(self.argument(mark, depth + 1),))
        if name == "text":
            return self.words()
        if name == "left":
            return self.fence(depth)
        if name == "begin":
            return self.grid(depth)
        raise BadFormula(_("公式有误：{token} 不在可用的写法之内"), token=mark[:20])

    def root(self, depth: int) -> Node:
        index: tuple[Node, ...] = ()
        if self.next == "[":
            self.take()
            index = (self.row(until=frozenset("]"), depth=depth + 1),)
            if self.take() != "]":
                raise BadFormula(_("公式有误：方括号不成对"))
        return Node("root", parts=(self.argument(r"\sqrt", depth + 1), *index))

    def words(self) -> Node:
        found = WORDS.match(self.tex, self.place)
        if not found:
            raise BadFormula(_("公式有误：\\text 的花括号里只能是文字"))
        self.place = found.end()
        return Node("words", found[1])

    def fence(self, depth: int) -> Node:
        opening = self.fence_mark(r"\left")
        inside = self.row(until=frozenset(), depth=depth + 1)
        if self.take() != r"\right":
            raise BadFormula(_("公式有误：\\left 与 \\right 不成对"))
        return Node("fence", opening + self.fence_mark(r"\right"), (inside,))

    def fence_mark(self, of: str) -> str:
        if (mark := self.take()) not in FENCES:
            raise BadFormula(_("公式有误：{token} 之后缺少括号"), token=of)
        return FENCES[mark]

    def grid(self, depth: int) -> Node:
        name = self.environment()
        rows, cells = [], [self.row(until=frozenset(), depth=depth + 1)]
        while (mark := self.take()) in {"&", r"\\"}:
            if mark == r"\\":
                rows.append(Node("row", parts=tuple(cells)))
                cells = []
            cells.append(self.row(until=frozenset(), depth=depth + 1))
        if mark != r"\end" or self.environment() != name:
            raise BadFormula(_("公式有误：\\begin 与 \\end 不成对"))
        if cells != [NOTHING]:
            rows.append(Node("row", parts=tuple(cells)))
        return Node("grid", name, tuple(rows))

    def environment(self) -> str:
        found = WORDS.match(self.tex, self.place)
        if not found or found[1] not in GRIDS:
            raise BadFormula(
                _("公式有误：{token} 不在可用的写法之内"), token=f"\\begin{found[0][:20] if found else ''}"
            )
        self.place = found.end()
        return found[1]


def _character(mark: str) -> Node:
    if mark in NO_BARE:
        raise BadFormula(_("公式有误：{token} 要写作 \\{token}"), token=mark)
    if mark.isascii() and mark.isdigit():
        return Node("number", mark)
    if mark in BARE_SIGNS:
        return Node("number" if mark == "." else "sign", mark)
    if (mark.isascii() and mark.isalpha()) or mark in LETTERS.values():
        return Node("letter", mark)
    if ord(mark) in HAN:
        return Node("words", mark)
    raise BadFormula(_("公式有误：{token} 不在可用的写法之内"), token=mark)
