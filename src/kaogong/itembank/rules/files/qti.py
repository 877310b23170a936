"""QTI 2.1, 2.2 and 3.0: a package (or one item) becomes entries; what the bank cannot hold is said and kept aside.

Source: 1EdTech QTI 2.2 and 3.0, content packaging 1.2. Read are choice (single, multiple, true/false), inline choice,
text entry and extended text. Element and attribute names of all versions are told apart by nothing but prefix and
hyphens, so both are taken away: `qti-choice-interaction` and `choiceInteraction` are `choiceinteraction`.

What changes on the way: several right letters count all or nothing here (partial marks of a mapping are not kept, only
its best answers are), answers to gaps are compared without case and width, and text loses its layout. Formulas in
MathML that the bank can write become its TeX. A passage that an item refers to is put before its stem.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from kaogong.itembank.rules import mathml
from kaogong.itembank.rules.files.archives import SIGNATURE, Archive, BadXml, xml_of
from kaogong.itembank.rules.files.rows import OBJECT, Entry, are_truths
from kaogong.itembank.rules.files.text import NotReadable
from kaogong.itembank.rules.formulas import BadFormula
from kaogong.itembank.rules.items import BLANK, ESSAY, FILL_IN, LETTERS, MULTIPLE, SHORT, SINGLE, TRUE_FALSE, TYPES
from kaogong.itembank.rules.problems import Problem
from kaogong.itembank.rules.problems import gettext_noop as _

MANIFEST = "imsmanifest.xml"
CHOICES, INLINE, ENTRY, EXTENDED = (
    "choiceinteraction",
    "inlinechoiceinteraction",
    "textentryinteraction",
    "extendedtextinteraction",
)
SCRIPTS = frozenset({"script", "iframe", "embed", "applet", "frame", "base", "form"})
HANDLER = re.compile(r"^on[a-z]+$")
RUNS = re.compile(r"^\s*(?:javascript|vbscript|data:\s*(?:text/html|image/svg))", re.IGNORECASE)
NO_TEXT = frozenset(
    {"img", "object", "math", "video", "audio", "svg", "picture", "canvas", "media", "include", "printedvariable"}
)
BLOCKS = frozenset(
    {
        "p", "div", "li", "ul", "ol", "dl", "dt", "dd", "tr", "table", "blockquote", "pre", "h1", "h2", "h3", "h4",
        "h5", "h6", "section", "article", "figure", "figcaption", "prompt", "rubricblock", "stimulusbody", "caption",
    }
)  # fmt: skip
UNSAID = frozenset(
    {"feedbackinline", "feedbackblock", "templateblock", "templateinline", "stylesheet", "rp", "cataloginfo",
     "simplechoice", "inlinechoice"}
)  # fmt: skip
UPPER = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
LOWER = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
DIFFICULTY = {"very easy": "1", "easy": "2", "medium": "3", "difficult": "4", "very difficult": "5"}
"""The words of LOM 1.0 (5.8)."""
TOOL = "Kaogong"
"""Our own packages judge each gap by itself, even where two have the same answers."""
HERE = "\ue000"
"""Where a gap is, while underscores that are mere drawing are taken out of the stem."""
LONG = 600
"""From so many expected characters on, an extended text is an essay and no short answer."""
ESSAY_LINES = 12


class Strange(ValueError):
    """The item is of a kind that the bank does not hold; `problem` says which."""

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message.format(**facts))
        self.problem = Problem("type", message, facts)


@dataclass(frozen=True, slots=True)
class About:
    """What a manifest says of an item besides the item itself, as values by field."""

    href: str
    values: Mapping[str, str] = field(default_factory=dict)


def entries_of(raw: bytes, *, rows_at_most: int) -> tuple[list[Entry], str]:
    """One entry an item, in the order of the manifest, and the version as `QTI 3.0`. Raises NotReadable."""
    if not raw.startswith(SIGNATURE):
        return [_entry(1, "", raw, About(""), None)], _version(raw)
    archive = Archive(raw)
    items = _listed(archive)
    if len(items) > rows_at_most:
        raise NotReadable(_("文件超过 {limit} 行，请分开导入"), limit=rows_at_most)
    if not items:
        raise NotReadable(_("题包里没有试题"))
    found, version = [], "QTI"
    for line, about in enumerate(items, 1):
        if about.href not in archive.names:
            problem = Problem("type", _("清单列出的文件“{name}”不在题包里"), {"name": about.href[:120]})
            found.append(Entry(line, {}, (problem,), place=about.href, is_strange=True))
            continue
        content = archive.read(about.href)
        version = _version(content) if version == "QTI" else version
        found.append(_entry(line, about.href, content, about, archive))
    return _numbered(found), version


def _numbered(entries: list[Entry]) -> list[Entry]:
    """Without the numbers that several items share: such identifiers are none, and the bank numbers these itself."""
    counts = Counter(each.values.get("number", "") for each in entries)
    return [
        replace(each, values={**each.values, "number": ""}) if counts[each.values.get("number", "")] > 1 else each
        for each in entries
    ]


def _version(content: bytes) -> str:
    head = content[:4000]
    marks = {"QTI 3.0": b"imsqtiasi_v3p0", "QTI 2.2": b"imsqti_v2p2", "QTI 2.1": b"imsqti_v2p1"}
    return next((name for name, mark in marks.items() if mark in head), "QTI")


# ---- the package --------------------------------------------------------------------------------------------------


def _listed(archive: Archive) -> list[About]:
    """The items that the manifest lists; without one, every part whose root is an item."""
    manifests = sorted((name for name in archive.names if posixpath.basename(name) == MANIFEST), key=len)
    if not manifests:
        return [About(name) for name in sorted(archive.names) if name.endswith(".xml") and _is_item(archive, name)]
    try:
        root = xml_of(archive.read(manifests[0]))
    except BadXml as problem:
        raise NotReadable(_("题包的清单 imsmanifest.xml 读不出来")) from problem
    folder = posixpath.dirname(manifests[0])
    found = []
    for resource in root.iter():
        if _name(resource) == "resource" and "_item_" in _attribute(resource, "type"):
            href = unquote(_attribute(resource, "href"))
            found.append(About(posixpath.normpath(posixpath.join(folder, href)), _metadata(resource)))
    return found


def _is_item(archive: Archive, name: str) -> bool:
    try:
        return _name(xml_of(archive.read(name))) == "assessmentitem"
    except BadXml:
        return False


def _metadata(resource: ET.Element) -> dict[str, str]:
    """Number, difficulty, consistency and point from the LOM record of a resource, as `rules.exports.qti` writes it."""
    values: dict[str, str] = {}
    for each in resource.iter():
        match _name(each):
            case "difficulty":
                words = "".join(_child_text(each, "value")).strip().casefold()
                values["difficulty"] = DIFFICULTY.get(words, words if words.isdecimal() else "")
            case "identifier" | "catalogentry" if "kaogong" in _child_text(each, "catalog"):
                values["number"] = _child_text(each, "entry")
            case "taxonpath":
                source = _child_text(each, "source")
                ids = [_child_text(taxon, "id") for taxon in each.iter() if _name(taxon) == "taxon"]
                if "鉴定点" in source:
                    values["point"] = "-".join(ids)
                elif "一致性" in source and ids:
                    values["consistency"] = ids[0]
    return {name: value for name, value in values.items() if value}


def _child_text(element: ET.Element, name: str) -> str:
    child = next((each for each in element if _name(each) == name), None)
    return "".join(child.itertext()).strip() if child is not None else ""


# ---- one item -----------------------------------------------------------------------------------------------------


def _entry(line: int, place: str, content: bytes, about: About, archive: Archive | None) -> Entry:
    try:
        root = xml_of(content)
        if _name(root) != "assessmentitem":
            raise Strange(_("不是一道 QTI 试题"))
        values = {**_values(root), **about.values}
        if passages := _passages(root, place, archive):
            values["stem"] = "\n".join([*passages, values["stem"]])
    except Strange as strange:
        return Entry(line, {}, (strange.problem,), place, content, is_strange=True)
    except BadXml:
        problem = Problem("type", _("XML 读不出来：须为 UTF-8，格式正确，不含文档类型声明"))
        return Entry(line, {}, (problem,), place, content, is_strange=True)
    except RecursionError:
        problem = Problem("type", _("XML 的层次过深"))
        return Entry(line, {}, (problem,), place, content, is_strange=True)
    return Entry(line, values, (), place, content)


def _passages(root: ET.Element, place: str, archive: Archive | None) -> list[str]:
    found = []
    for each in root:
        if _name(each) == "assessmentstimulusref":
            href = posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(_attribute(each, "href"))))
            if archive is None or href not in archive.names:
                raise Strange(_("试题引用的材料“{name}”不在题包里"), name=href[:120])
            passage = xml_of(archive.read(href))
            _refuse_scripts(passage)
            body = next((part for part in passage.iter() if _name(part) == "stimulusbody"), passage)
            found.append(_said(body))
    return found


def _values(root: ET.Element) -> dict[str, str]:
    """The item as values by field. Raises Strange."""
    _refuse_scripts(root)
    body = next((each for each in root if _name(each) == "itembody"), None)
    if body is None:
        raise Strange(_("没有题目正文"))
    if _attribute(root, "adaptive") == "true":
        raise Strange(_("自适应试题，本题库不支持"))
    if any(_name(each) == "templatedeclaration" for each in root):
        raise Strange(_("由模板变量生成的试题，本题库不支持"))
    interactions = [each for each in body.iter() if _name(each).endswith("interaction")]
    kinds = {_name(each) for each in interactions}
    identifier = _attribute(root, "identifier")
    values = {"number": identifier if len(identifier) <= 40 else "", "explanation": _explanation(root)}
    declared = {_attribute(each, "identifier"): each for each in root if _name(each) == "responsedeclaration"}
    if kinds == {ENTRY}:
        return values | _filled_in(root, body, interactions, declared)
    if len(interactions) != 1:
        raise Strange(_("一道题里有 {count} 个作答处，不能作为一道试题读入"), count=len(interactions))
    only = interactions[0]
    if kinds <= {CHOICES, INLINE}:
        return values | _chosen(body, only, declared)
    if kinds == {EXTENDED}:
        return values | _constructed(body, only, declared)
    raise Strange(_("题型“{name}”，本题库不支持"), name=_local(only))


def _chosen(body: ET.Element, interaction: ET.Element, declared: Mapping[str, ET.Element]) -> dict[str, str]:
    choices = [each for each in interaction.iter() if _name(each) in {"simplechoice", "inlinechoice"}]
    if len(choices) > len(LETTERS):
        raise Strange(_("有 {count} 个选项，最多 {most} 个"), count=len(choices), most=len(LETTERS))
    response = declared.get(_attribute(interaction, "responseidentifier"))
    cardinality = _attribute(response, "cardinality") if response is not None else ""
    if response is None or cardinality not in {"single", "multiple"}:
        raise Strange(_("没有声明作答方式，或者作答有先后次序"))
    options = [_said(each) for each in choices]
    letters = {_attribute(each, "identifier"): letter for each, letter in zip(choices, LETTERS, strict=False)}
    right = _right(response) if cardinality == "multiple" else _right(response)[:1]
    if unknown := [each for each in right if each not in letters]:
        raise Strange(_("答案“{key}”不是任何一个选项"), key=unknown[0][:40])
    key = "".join(sorted(letters[each] for each in right))
    type_ = MULTIPLE if cardinality == "multiple" else TRUE_FALSE if are_truths(options) else SINGLE
    stem = _said(body, {interaction: "（　）" if _name(interaction) == INLINE else _prompt(interaction)})
    return {"type": type_, "stem": stem, "key": key, **dict(zip(LETTERS.lower(), options, strict=False))}


def _filled_in(
    root: ET.Element, body: ET.Element, gaps: list[ET.Element], declared: Mapping[str, ET.Element]
) -> dict[str, str]:
    rooms = dict(_tolerances(root))
    lines = []
    for gap in gaps:
        name = _attribute(gap, "responseidentifier")
        response = declared.get(name)
        if response is None:
            raise Strange(_("没有声明作答方式，或者作答有先后次序"))
        accepted = _right(response)
        if any(mark in each for each in accepted for mark in "|±\n") and name not in rooms:
            accepted = [each for each in accepted if not re.search(r"[|\n]", each)]
        if room := rooms.get(name, ""):
            accepted = [f"{each}±{room}" for each in accepted]
        lines.append("|".join(each.strip() for each in accepted))
    if _attribute(root, "toolname") != TOOL and any("|" in line and lines.count(line) > 1 for line in lines):
        raise Strange(_("几个空的答案可以互换，本题库不支持"))
    stem = BLANK.sub("（　）", _said(body, dict.fromkeys(gaps, HERE))).replace(HERE, "____")
    return {"type": FILL_IN, "stem": stem, "key": "\n".join(lines) if any(lines) else ""}


def _tolerances(root: ET.Element) -> Iterator[tuple[str, str]]:
    """How far from the right number an answer may lie, by response: from `equal` with an absolute tolerance."""
    for each in root.iter():
        if _name(each) == "equal" and _attribute(each, "tolerancemode") == "absolute":
            rooms = set(_attribute(each, "tolerance").split())
            names = [_attribute(part, "identifier") for part in each if _name(part) == "variable"]
            if len(rooms) != 1 or len(names) != 1:
                raise Strange(_("答案的误差范围上下不同，本题库不支持"))
            yield names[0], rooms.pop()
        elif _name(each) == "equal" and _attribute(each, "tolerancemode") == "relative":
            raise Strange(_("答案按相对误差评定，本题库不支持"))


def _constructed(body: ET.Element, interaction: ET.Element, declared: Mapping[str, ET.Element]) -> dict[str, str]:
    response = declared.get(_attribute(interaction, "responseidentifier"))
    rubric = [each for each in body.iter() if _name(each) == "rubricblock" and "scorer" in _attribute(each, "view")]
    shared = [part for block in rubric for part in block.iter() if _attribute(part, "datashare")]
    told = "\n".join(_said(block) for block in rubric)
    key = "\n".join(_right(response)) if response is not None else ""
    points = [f"{_one_line(_said(part))}|{_attribute(part, 'datashare')}" for part in shared]
    lines = points or ([f"{_one_line(told)}|100"] if told else [])
    wanted = _attribute(interaction, "datakaogongtype")
    return {
        "type": wanted if wanted in TYPES else ESSAY if _is_long(interaction) else SHORT,
        "stem": _said(body, {interaction: _prompt(interaction)}),
        "key": key or told,
        "rubric": "\n".join(lines),
    }


def _is_long(interaction: ET.Element) -> bool:
    def figure(name: str) -> int:
        text = _attribute(interaction, name)
        return int(text) if text.isdecimal() else 0

    return figure("expectedlength") >= LONG or figure("expectedlines") >= ESSAY_LINES


def _right(response: ET.Element) -> list[str]:
    """The right answers: those declared, with those that a mapping marks as highly; in the order of the file."""
    found: list[str] = []
    marks: dict[str, float] = {}
    for each in response.iter():
        if _name(each) == "correctresponse":
            found += ["".join(value.itertext()).strip() for value in each if _name(value) == "value"]
        elif _name(each) == "mapentry":
            try:
                marks[_attribute(each, "mapkey")] = float(_attribute(each, "mappedvalue"))
            except ValueError:
                continue
    is_choice = _attribute(response, "basetype") == "identifier"
    if is_choice and found:
        return found
    if is_choice and _attribute(response, "cardinality") == "multiple":
        return [key for key, mark in marks.items() if mark > 0]
    best = max(marks.values(), default=0)
    return list(dict.fromkeys([*found, *(key for key, mark in marks.items() if mark == best > 0)]))


def _explanation(root: ET.Element) -> str:
    """The feedback that is called explanation or solution; other feedback belongs to single answers."""
    return "\n".join(
        _said(each)
        for each in root
        if _name(each) == "modalfeedback" and _attribute(each, "identifier").casefold() in {"explanation", "solution"}
    )


def _refuse_scripts(root: ET.Element) -> None:
    """Raise Strange for anything that a browser would run."""
    for each in root.iter():
        if _name(each) in SCRIPTS or any(
            HANDLER.match(name.casefold()) or RUNS.match(value) for name, value in each.attrib.items()
        ):
            raise Strange(_("含有脚本或嵌入的网页，不予读入"))


# ---- text ---------------------------------------------------------------------------------------------------------


def _prompt(interaction: ET.Element) -> str:
    prompt = next((each for each in interaction if _name(each) == "prompt"), None)
    return f"\n{_said(prompt)}\n" if prompt is not None else ""


def _said(element: ET.Element, instead: Mapping[ET.Element, str] = {}) -> str:
    """The words of an element, a line a block; `instead` gives the words that stand for some elements inside."""
    pieces: list[str] = []
    _walk(element, instead, pieces)
    text = re.sub(r"[ \t]*\n[ \t\n]*", "\n", "".join(pieces))
    return re.sub(r"[ \t]{2,}", " ", text).strip()


def _walk(element: ET.Element, instead: Mapping[ET.Element, str], pieces: list[str]) -> None:
    pieces.append(_flat(element.text))
    for number, child in enumerate(element, 1):
        _speak(child, number, element, instead, pieces)
        pieces.append(_flat(child.tail))


def _speak(
    child: ET.Element, number: int, parent: ET.Element, instead: Mapping[ET.Element, str], pieces: list[str]
) -> None:
    name = _name(child)
    if child in instead:
        pieces.append(instead[child])
    elif name == "math":
        pieces.append(_formula(child))
    elif name in NO_TEXT:
        pieces.append(OBJECT)
    elif name == "br":
        pieces.append("\n")
    elif name in {"sup", "sub"}:
        pieces.append(_raised(_said(child), name))
    elif name == "rt":
        pieces.append(f"（{_said(child)}）")
    elif name not in UNSAID and not (name == "rubricblock" and "candidate" not in _attribute(child, "view")):
        mark = "" if name != "li" else f"{number}. " if _name(parent) == "ol" else "· "
        pieces.append(f"\n{mark}" if name in BLOCKS else "")
        _walk(child, instead, pieces)
        pieces.append("\n" if name in BLOCKS else "　" if name in {"td", "th"} else "")


def _formula(math: ET.Element) -> str:
    """The formula as the bank writes it, or the mark of what is no text."""
    try:
        tex = mathml.tex_of(math)
    except BadFormula:
        return OBJECT
    return f"$${tex}$$" if math.get("display") == "block" else f"${tex}$"


def _raised(text: str, name: str) -> str:
    """10² and H₂O keep their meaning; what has no such signs is written `^(…)` or `_(…)`."""
    signs = UPPER if name == "sup" else LOWER
    if text and all(sign in signs for sign in text):
        return "".join(signs[sign] for sign in text)
    return f"{'^' if name == 'sup' else '_'}({text})" if text else ""


def _flat(text: str | None) -> str:
    return re.sub(r"[ \t\r\n\xa0]+", " ", re.sub("[\u200b\ufeff]", "", text or ""))


def _one_line(text: str) -> str:
    return " ".join(text.split("\n"))


def _local(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _name(element: ET.Element) -> str:
    return _local(element).removeprefix("qti-").replace("-", "").casefold()


def _attribute(element: ET.Element, name: str) -> str:
    """An attribute by its name without hyphens, in lower case; empty when there is none."""
    for each, value in element.attrib.items():
        if each.rpartition("}")[2].replace("-", "").casefold() == name:
            return value.strip()
    return ""
