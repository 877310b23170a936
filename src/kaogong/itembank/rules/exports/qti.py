"""Items, and a paper's test, as a QTI 3.0 package. `rules.files.qti` reads it back with the same meaning.

Source: 1EdTech QTI 3.0 ASI and packaging; LOM for number, point, difficulty and consistency. Choices are scored by
`match_correct`, gaps all or nothing by processing of their own, constructed items by people (`external-scored`).
Formulas are MathML.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, pairwise
from xml.etree import ElementTree as ET

from kaogong.itembank.rules import formulas, mathml
from kaogong.itembank.rules.exports import Exported
from kaogong.itembank.rules.items import BLANK, CHOICE, FILL_IN, LETTERS, MULTIPLE, TRUE_FALSE, TYPES, ItemContent

ASI = "http://www.imsglobal.org/xsd/imsqtiasi_v3p0"
CP = "http://www.imsglobal.org/xsd/qti/qtiv3p0/imscp_v1p1"
LOM = "http://ltsc.ieee.org/xsd/LOM"
XML = "http://www.w3.org/XML/1998/namespace"
MATCH = "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/match_correct"
TRUTHS = {"T": "正确", "F": "错误"}
DIFFICULTY = {1: "very easy", 2: "easy", 3: "medium", 4: "difficult", 5: "very difficult"}
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
WHEN = (1980, 1, 1, 0, 0, 0)
"""The date of every part: equal items give equal bytes."""


@dataclass(frozen=True, slots=True)
class Test:
    """A paper around the items of a package: its title, its length, and what each item is worth, in their order."""

    __test__ = False  # it is no case of pytest's

    identifier: str
    title: str
    marks: Sequence[Decimal]
    minutes: int = 0


def package(items: Sequence[Exported], *, watermark: str, test: Test | None = None) -> bytes:
    """The package as a zip; `watermark` says in the manifest who took it and when."""
    stream = io.BytesIO()
    names = _identifiers(items)
    parts = {f"items/{name}.xml": _item(item, name) for item, name in zip(items, names, strict=True)}
    if test is not None:
        parts["test.xml"] = _test(test, items, names)
    with zipfile.ZipFile(stream, "w") as archive:
        _write(archive, "imsmanifest.xml", _manifest(items, names, watermark, has_test=test is not None))
        for name, root in parts.items():
            _write(archive, name, root)
    return stream.getvalue()


def _write(archive: zipfile.ZipFile, name: str, root: ET.Element) -> None:
    part = zipfile.ZipInfo(name, WHEN)
    part.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(part, ET.tostring(root, encoding="utf-8", xml_declaration=True))


def _identifiers(items: Sequence[Exported]) -> list[str]:
    """An NCName for each item, made from its number; two that come out alike are told apart."""
    found: list[str] = []
    taken: set[str] = set()
    for place, item in enumerate(items, 1):
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", item.number)
        name = name if re.match(r"[A-Za-z_]", name) else f"i-{name}"
        found.append(name if name not in taken else f"{name}_{place}")
        taken.add(found[-1])
    return found


# ---- an item ------------------------------------------------------------------------------------------------------


def _item(item: Exported, identifier: str) -> ET.Element:
    content = item.content
    root = ET.Element(
        "qti-assessment-item",
        {
            "xmlns": ASI,
            "identifier": identifier,
            "title": item.number,
            "label": item.number,
            "xml:lang": "zh-CN",
            "tool-name": "Kaogong",
            "adaptive": "false",
            "time-dependent": "false",
        },
    )
    if content.type in CHOICE or content.type == TRUE_FALSE:
        _choice(root, content)
    elif content.type == FILL_IN:
        _gaps(root, content)
    else:
        _constructed(root, content)
    if content.explanation:
        shown = {"outcome-identifier": "FEEDBACK", "identifier": "explanation", "show-hide": "show"}
        _lines(_add(_add(root, "modal-feedback", shown), "content-body"), content.explanation)
    return root


def _choice(root: ET.Element, content: ItemContent) -> None:
    is_truth, is_multiple = content.type == TRUE_FALSE, content.type == MULTIPLE
    options = TRUTHS if is_truth else dict(zip(LETTERS, content.options, strict=False))
    _declared(root, "RESPONSE", "multiple" if is_multiple else "single", "identifier", list(content.key))
    _outcomes(root, has_explanation=bool(content.explanation))
    body = _add(root, "item-body")
    most = {"max-choices": "0" if is_multiple else "1", "response-identifier": "RESPONSE", "shuffle": "false"}
    interaction = _add(body, "choice-interaction", most)
    _lines(_add(interaction, "prompt"), content.stem)
    for letter, option in options.items():
        _lines(_add(interaction, "simple-choice", {"identifier": letter}), option)
    _add(root, "response-processing", {"template": MATCH})


def _gaps(root: ET.Element, content: ItemContent) -> None:
    answers = content.key.split("\n")
    names = ["RESPONSE"] if len(answers) == 1 else [f"RESPONSE_{place}" for place in range(1, len(answers) + 1)]
    for name, line in zip(names, answers, strict=True):
        accepted = line.split("|")
        number, room = _number(accepted)
        if room:
            _declared(root, name, "single", "float", [number])
        else:
            _declared(root, name, "single", "string", accepted[:1], accepted)
    _outcomes(root, has_explanation=bool(content.explanation))
    _stem_with_gaps(_add(root, "item-body"), content.stem, names)
    condition = _add(_add(_add(root, "response-processing"), "response-condition"), "response-if")
    every = _add(condition, "and")
    for name, line in zip(names, answers, strict=True):
        _judged(every, name, _number(line.split("|"))[1])
    _add(_add(condition, "set-outcome-value", {"identifier": "SCORE"}), "base-value", {"base-type": "float"}).text = "1"


def _number(accepted: Sequence[str]) -> tuple[str, str]:
    """The number and the room around it when a gap accepts just that, as `36±0.5`; else two empty texts."""
    found = (
        re.fullmatch(r"\s*([-+]?\d+(?:\.\d+)?)\s*±\s*(\d+(?:\.\d+)?)\s*", accepted[0]) if len(accepted) == 1 else None
    )
    return (found[1], found[2]) if found else ("", "")


def _judged(every: ET.Element, name: str, room: str) -> None:
    if room:
        equal = _add(every, "equal", {"tolerance-mode": "absolute", "tolerance": f"{room} {room}"})
        _add(equal, "variable", {"identifier": name})
        _add(equal, "correct", {"identifier": name})
        return
    enough = _add(every, "gte")
    _add(enough, "map-response", {"identifier": name})
    _add(enough, "base-value", {"base-type": "float"}).text = "1"


def _stem_with_gaps(body: ET.Element, stem: str, names: Sequence[str]) -> None:
    waiting = list(names)
    for line in _by_line(stem):
        paragraph = ET.SubElement(body, "p")
        first, *others = BLANK.split(line)
        _say(paragraph, first)
        for words in others:
            _add(paragraph, "text-entry-interaction", {"response-identifier": waiting.pop(0)})
            _say(paragraph, words)


def _constructed(root: ET.Element, content: ItemContent) -> None:
    _declared(root, "RESPONSE", "single", "string", [content.key])
    _outcomes(root, has_explanation=bool(content.explanation), by_people=True)
    body = _add(root, "item-body")
    asked = {"response-identifier": "RESPONSE", "data-kaogong-type": content.type}
    _lines(_add(_add(body, "extended-text-interaction", asked), "prompt"), content.stem)
    rubric = _add(body, "rubric-block", {"use": "scoring", "view": "scorer"})
    points = _add(rubric, "content-body")
    for each in content.rubric:
        _say(ET.SubElement(points, "p", {"data-share": str(each.share)}), each.text)


def _declared(
    root: ET.Element, name: str, cardinality: str, base: str, right: Sequence[str], mapped: Sequence[str] = ()
) -> None:
    facts = {"identifier": name, "cardinality": cardinality, "base-type": base}
    declared = _add(root, "response-declaration", facts)
    correct = _add(declared, "correct-response")
    for each in right:
        _add(correct, "value").text = _clean(each)
    if mapped:
        mapping = _add(declared, "mapping", {"default-value": "0"})
        for each in dict.fromkeys(mapped):
            facts = {"map-key": _clean(each), "mapped-value": "1", "case-sensitive": "false"}
            _add(mapping, "map-entry", facts)


def _outcomes(root: ET.Element, *, has_explanation: bool, by_people: bool = False) -> None:
    facts = {"identifier": "SCORE", "cardinality": "single", "base-type": "float"}
    _add(root, "outcome-declaration", facts | ({"external-scored": "human"} if by_people else {}))
    if has_explanation:
        facts = {"identifier": "FEEDBACK", "cardinality": "single", "base-type": "identifier"}
        _add(root, "outcome-declaration", facts)


def _add(parent: ET.Element, name: str, attributes: Mapping[str, str] = {}) -> ET.Element:
    return ET.SubElement(parent, f"qti-{name}", dict(attributes))


def _lines(parent: ET.Element, text: str) -> None:
    for line in _by_line(text):
        _say(ET.SubElement(parent, "p"), line)


def _by_line(text: str) -> list[str]:
    """The lines of a text, at the line ends that are in no formula."""
    rows = [""]
    for piece in _raw_pieces(text):
        first, *others = [piece] if piece.startswith("$") and len(piece) > 1 else piece.split("\n")
        rows[-1] += first
        rows += others
    return rows


def _raw_pieces(text: str) -> list[str]:
    ends = [0, *(place for found in formulas.PIECE.finditer(text) for place in found.span()), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if end > start]


def _say(parent: ET.Element, text: str) -> None:
    """Words at the end of an element, their formulas as MathML; one that cannot be read stays as it stands."""
    for piece in formulas.pieces(text):
        last = parent[-1] if len(parent) else None
        try:
            if piece.is_formula:
                parent.append(mathml.element(piece.text, is_block=piece.is_block))
                continue
        except formulas.BadFormula:
            pass
        if last is None:
            parent.text = (parent.text or "") + _clean(piece.text)
        else:
            last.tail = (last.tail or "") + _clean(piece.text)


def _clean(text: str) -> str:
    return NO_XML.sub("", text)


# ---- test and manifest --------------------------------------------------------------------------------------------


def _test(test: Test, items: Sequence[Exported], names: Sequence[str]) -> ET.Element:
    """The paper: one part that is handed in whole, a section for each run of one type, what each item is worth."""
    root = ET.Element(
        "qti-assessment-test", {"xmlns": ASI, "identifier": _identifier(test.identifier), "title": test.title}
    )
    if test.minutes:
        _add(root, "time-limits", {"max-time": str(test.minutes * 60)})
    mode = {"identifier": "PART", "navigation-mode": "nonlinear", "submission-mode": "simultaneous"}
    part = _add(root, "test-part", mode)
    places = list(zip(items, names, test.marks, strict=True))
    for number, (type_, run) in enumerate(groupby(places, key=lambda place: place[0].content.type), 1):
        facts = {"identifier": f"S{number}", "title": TYPES[type_], "visible": "true"}
        section = _add(part, "assessment-section", facts)
        for _content, name, marks in run:
            ref = _add(section, "assessment-item-ref", {"identifier": name, "href": f"items/{name}.xml"})
            _add(ref, "weight", {"identifier": "MARKS", "value": str(marks)})
    return root


def _identifier(text: str) -> str:
    name = re.sub(r"[^A-Za-z0-9_.-]", "_", text)
    return name if re.match(r"[A-Za-z_]", name) else f"t-{name}"


def _manifest(items: Sequence[Exported], names: Sequence[str], watermark: str, *, has_test: bool) -> ET.Element:
    root = ET.Element("manifest", {"xmlns": CP, "xmlns:lom": LOM, "identifier": "KAOGONG"})
    about = ET.SubElement(root, "metadata")
    ET.SubElement(about, "schema").text = "QTI Package"
    ET.SubElement(about, "schemaversion").text = "3.0.0"
    ET.SubElement(_path(about, "lom", "rights", "description"), "lom:string").text = _clean(watermark)
    ET.SubElement(root, "organizations")
    resources = ET.SubElement(root, "resources")
    if has_test:
        _resource(resources, "TEST", "imsqti_test_xmlv3p0", "test.xml", names)
    for item, name in zip(items, names, strict=True):
        resource = _resource(resources, f"R-{name}", "imsqti_item_xmlv3p0", f"items/{name}.xml")
        resource.insert(0, _metadata(item))
    return root


def _resource(resources: ET.Element, identifier: str, type_: str, href: str, needs: Sequence[str] = ()) -> ET.Element:
    resource = ET.SubElement(resources, "resource", {"identifier": identifier, "type": type_, "href": href})
    ET.SubElement(resource, "file", {"href": href})
    for name in needs:
        ET.SubElement(resource, "dependency", {"identifierref": f"R-{name}"})
    return resource


def _metadata(item: Exported) -> ET.Element:
    metadata = ET.Element("metadata")
    lom = ET.SubElement(metadata, "lom:lom")
    identifier = _path(lom, "general", "identifier")
    ET.SubElement(identifier, "lom:catalog").text = "kaogong"
    ET.SubElement(identifier, "lom:entry").text = item.number
    difficulty = _path(lom, "educational", "difficulty")
    ET.SubElement(difficulty, "lom:source").text = "LOMv1.0"
    ET.SubElement(difficulty, "lom:value").text = DIFFICULTY[item.difficulty]
    if item.codes:
        _classified(lom, "鉴定点", [(code, "") for code in item.codes[:-1]] + [(item.codes[-1], item.point)])
    _classified(lom, "一致性", [(str(item.consistency), "")])
    return metadata


def _classified(lom: ET.Element, source: str, taxa: Sequence[tuple[str, str]]) -> None:
    path = _path(lom, "classification", "taxonPath")
    ET.SubElement(ET.SubElement(path, "lom:source"), "lom:string").text = source
    for code, words in taxa:
        taxon = ET.SubElement(path, "lom:taxon")
        ET.SubElement(taxon, "lom:id").text = code
        if words:
            ET.SubElement(ET.SubElement(taxon, "lom:entry"), "lom:string").text = _clean(words)


def _path(parent: ET.Element, *names: str) -> ET.Element:
    for name in names:
        parent = ET.SubElement(parent, f"lom:{name}")
    return parent
