"""Formulas as MathML, for what leaves the bank, and from MathML, for what comes in.

Source: MathML Core (W3C). What comes in is turned into the TeX of
`rules.formulas` and read by it; what that does not hold is no formula here, and its record is kept aside as before.
"""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from kaogong.itembank.rules import formulas
from kaogong.itembank.rules.formulas import BadFormula, Node

MATHML = "http://www.w3.org/1998/Math/MathML"
SIGNS = {
    value: rf"\{name} "
    for table in (formulas.LETTERS, formulas.SIGNS, formulas.BIG)
    for name, value in reversed(table.items())
}
SIGNS |= {value: f"\\{name}" for name, value in formulas.ESCAPED.items()}
SIGNS |= {"−": "-", "‐": "-", "∗": "*", "⁄": "/", "·": r"\cdot ", "µ": r"\mu ", "Ω": r"\Omega ", "∆": r"\Delta "}
SIGNS |= dict.fromkeys("\u2061\u2062\u2063\u2064\u200b\ufeff", "") | {"\xa0": r"\ ", "'": "'"}
"""TeX for the characters of other hands; invisible operators say nothing here."""
ACCENTS = {
    "→": "vec", "\u20d7": "vec", "^": "hat", "\u0302": "hat", "¯": "bar", "\u0305": "overline", "‾": "overline",
    "˙": "dot", "~": "tilde",
}  # fmt: skip
LINES = {"_": "underline", "\u0332": "underline", "¯": "overline", "‾": "overline"}
MOST = 2000
"""So many elements at most: a formula that a candidate can read has fewer."""


# ---- out ----------------------------------------------------------------------------------------------------------


def element(tex: str, *, is_block: bool) -> ET.Element:
    """A formula as a `math` element, its TeX beside it for those who read that. Raises BadFormula."""
    root = ET.Element("math", {"xmlns": MATHML, "display": "block" if is_block else "inline", "alttext": tex})
    _write(root, formulas.read(tex))
    return root


def _write(parent: ET.Element, node: Node) -> None:
    match node.kind:
        case "row":
            row = ET.SubElement(parent, "mrow")
            for each in node.parts:
                _write(row, each)
        case "letter":
            ET.SubElement(parent, "mi").text = node.text
        case "name":
            ET.SubElement(parent, "mi").text = node.text
        case "number":
            ET.SubElement(parent, "mn").text = node.text
        case "sign" | "big":
            ET.SubElement(parent, "mo").text = node.text
        case "words":
            ET.SubElement(parent, "mtext").text = node.text
        case "space":
            ET.SubElement(parent, "mspace", {"width": f"{int(node.text) / 100:.2f}em"})
        case "fraction":
            _inside(parent, "mfrac", node.parts)
        case "root":
            _inside(parent, "mroot" if len(node.parts) > 1 else "msqrt", node.parts)
        case "scripts":
            base, below, above = node.parts
            is_stacked = base.kind == "big" or base.text in {"lim", "max", "min"}
            names = ("munder", "mover", "munderover") if is_stacked else ("msub", "msup", "msubsup")
            given = [each for each in (below, above) if each != formulas.NOTHING]
            _inside(parent, names[2 if len(given) > 1 else 0 if below in given else 1], (base, *given))
        case "fence":
            row = ET.SubElement(parent, "mrow")
            for place, mark in enumerate(node.text):
                if place:
                    _write(row, node.parts[0])
                if mark != ".":
                    ET.SubElement(row, "mo", {"fence": "true", "stretchy": "true"}).text = mark
        case "accent":
            _inside(parent, "mover", (node.parts[0], Node("sign", node.text)), accent="true")
        case "over":
            _inside(parent, "mover", (node.parts[0], Node("sign", "‾")))
        case "under":
            _inside(parent, "munder", (node.parts[0], Node("sign", "_")))
        case "upright" | "bold":
            variant = "normal" if node.kind == "upright" else "bold"
            _inside(parent, "mstyle", node.parts, mathvariant=variant)
        case "grid":
            _grid(parent, node)


def _inside(parent: ET.Element, name: str, parts: Sequence[Node], **attributes: str) -> None:
    found = ET.SubElement(parent, name, attributes)
    for each in parts:
        _write(found, each if each.parts or each.text else formulas.NOTHING)


def _grid(parent: ET.Element, node: Node) -> None:
    row = ET.SubElement(parent, "mrow")
    before, after = formulas.GRIDS[node.text][0], formulas.GRIDS[node.text][1]
    if before != ".":
        ET.SubElement(row, "mo", {"fence": "true"}).text = before
    table = ET.SubElement(row, "mtable", {"data-kaogong-grid": node.text})
    for line in node.parts:
        cells = ET.SubElement(table, "mtr")
        for cell in line.parts:
            _write(ET.SubElement(cells, "mtd"), cell)
    if after != ".":
        ET.SubElement(row, "mo", {"fence": "true"}).text = after


# ---- in -----------------------------------------------------------------------------------------------------------


def tex_of(math: ET.Element) -> str:
    """The TeX of a `math` element, without its dollars. Raises BadFormula."""
    if sum(1 for _each in math.iter()) > MOST:
        raise BadFormula("公式有误：层次过深")
    try:
        tex = _tex(math)
    except (IndexError, RecursionError):
        raise BadFormula("公式有误：是空的") from None
    tex = " ".join(tex.split(" ")).strip()
    formulas.read(tex)
    return tex


def _tex(element: ET.Element) -> str:
    children = list(element)
    match _name(element):
        case "math" | "mrow" | "mpadded" | "mtd":
            return _row(children)
        case "mstyle":
            face = {"normal": r"\mathrm", "bold": r"\mathbf"}.get(element.get("mathvariant", ""))
            inside = "".join(map(_tex, children))
            return f"{face}{{{inside}}}" if face else inside
        case "semantics":
            return _tex(children[0])
        case "mi":
            return _identifier("".join(element.itertext()).strip(), element.get("mathvariant", ""))
        case "mn" | "mo":
            return _characters("".join(element.itertext()).strip())
        case "mtext" | "ms":
            return f"\\text{{{_words(''.join(element.itertext()))}}}"
        case "mspace":
            return r"\,"
        case "mfrac":
            return rf"\frac{_group(children[0])}{_group(children[1])}"
        case "msqrt":
            return f"\\sqrt{{{''.join(map(_tex, children))}}}"
        case "mroot":
            return rf"\sqrt[{_tex(children[1])}]{_group(children[0])}"
        case "msub" | "munder":
            if _name(element) == "munder" and (mark := _mark(children[1])) in LINES:
                return rf"\{LINES[mark]}{_group(children[0])}"
            return f"{_base(children[0])}_{_group(children[1])}"
        case "msup" | "mover":
            if _name(element) == "mover" and (mark := _mark(children[1])) in ACCENTS:
                name = "overline" if mark in LINES and element.get("accent") != "true" else ACCENTS[mark]
                return rf"\{name}{_group(children[0])}"
            return f"{_base(children[0])}^{_group(children[1])}"
        case "msubsup" | "munderover":
            return f"{_base(children[0])}_{_group(children[1])}^{_group(children[2])}"
        case "mfenced":
            opening, closing = element.get("open", "("), element.get("close", ")")
            parted = element.get("separators", ",")[:1]
            return _fenced(opening, parted.join(map(_tex, children)), closing)
        case "mtable":
            return _table([[_tex(cell) for cell in line] for line in children], element.get("data-kaogong-grid", ""))
    raise BadFormula("公式有误：{token} 不在可用的写法之内", token=_name(element)[:20])


def _row(children: list[ET.Element]) -> str:
    """What stands in a row, with stretching fences at its ends as such; a grid that we wrote brings its own."""
    is_fence = [_name(each) == "mo" and each.get("fence") == "true" for each in children]
    inner = [each for each, fence in zip(children, is_fence, strict=True) if not fence]
    if len(inner) == 1 and _name(inner[0]) == "mtable" and inner[0].get("data-kaogong-grid"):
        return _tex(inner[0])
    if not children or not (is_fence[0] or is_fence[-1]) or len(inner) == 0:
        return "".join(map(_tex, children))
    opening, closing = (_mark(children[place]) if is_fence[place] else "" for place in (0, -1))
    within = children[1 if is_fence[0] else 0 : -1 if is_fence[-1] else None]
    return _fenced(opening, "".join(map(_tex, within)), closing)


def _table(lines: list[list[str]], name: str) -> str:
    grid = name if name in formulas.GRIDS else "matrix"
    return rf"\begin{{{grid}}}" + r" \\ ".join(" & ".join(cells) for cells in lines) + rf"\end{{{grid}}}"


def _fenced(opening: str, inside: str, closing: str) -> str:
    marks = {value: key for key, value in formulas.FENCES.items()} | {"": "."}
    if opening not in marks or closing not in marks:
        raise BadFormula("公式有误：{token} 不在可用的写法之内", token=f"{opening}{closing}"[:20])
    return rf"\left{marks[opening]}{inside}\right{marks[closing]}"


def _identifier(text: str, variant: str) -> str:
    if text in formulas.NAMES:
        return rf"\{text} "
    if len(text) > 1 and text.isalpha() and text.isascii():
        return f"\\mathrm{{{text}}}"
    tex = _characters(text)
    return f"\\mathrm{{{tex}}}" if variant == "normal" and text.isascii() else tex


def _characters(text: str) -> str:
    return "".join(SIGNS.get(mark, mark) for mark in text)


def _words(text: str) -> str:
    return "".join(mark for mark in text if mark not in "\\{}$%&#~_^").strip("\n")


def _group(element: ET.Element) -> str:
    return f"{{{_tex(element)}}}"


def _base(element: ET.Element) -> str:
    """A base of one sign needs no braces, and a big operator must have none, or its bounds move."""
    tex = _tex(element)
    return tex if _name(element) in {"mi", "mn", "mo"} and tex else f"{{{tex}}}"


def _mark(element: ET.Element) -> str:
    return "".join(element.itertext()).strip()


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else ""
