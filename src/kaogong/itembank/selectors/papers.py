"""Papers: their manifests, whether they are still what was sealed, and what delivery and scoring may read of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import canonical, digests, keys
from kaogong.itembank import policies, sealing
from kaogong.itembank.models import Blueprint, Item, ItemVersion, Paper, PaperItem
from kaogong.itembank.rules.assembly import Candidate
from kaogong.itembank.rules.items import CONSTRUCTED, Criterion
from kaogong.itembank.rules.keys import Key
from kaogong.itembank.selectors.blueprints import current_versions
from kaogong.itembank.selectors.subbanks import usable_items


@dataclass(frozen=True, slots=True)
class Question:
    """What a candidate sees: no key, no explanation. Options carry no letters; their order is the paper's."""

    position: int
    type: str
    stem: str
    options: tuple[str, ...]
    marks: Decimal
    version_id: UUID


@dataclass(frozen=True, slots=True)
class AnswerKey:
    """How each place of a paper is marked, by position. `version` names exactly this set of keys."""

    version: str
    answers: Mapping[int, Key]


@dataclass(frozen=True, slots=True)
class PaperCheck:
    """Whether a paper is still what was sealed: what was found wrong, empty when it is."""

    findings: Sequence[str]

    @property
    def is_whole(self) -> bool:
        return not self.findings


def papers_for(actor: Actor) -> QuerySet[Paper]:
    """The papers that the actor finds: those of its territory and of the territories around it, newest first."""
    return (
        Paper.objects.filter(policies.visible_to(actor, policies.PAPER))
        .select_related("blueprint__standard")
        .order_by("-sealed_at", "number")
    )


def paper(actor: Actor, paper_id: UUID) -> Paper:
    """One paper. Raises NotFound."""
    found = papers_for(actor).filter(pk=paper_id).first()
    if found is None:
        raise NotFound
    return found


def candidates_of(actor: Actor, blueprint: Blueprint, on: date | None = None) -> list[Candidate]:
    """The item versions that a paper of this blueprint may take: of items in use, at a point of a weighted range.

    The nation's, and those of the actor's own sub-bank and of banks around it that are in force on the day (today).
    """
    return _candidates(actor, blueprint, ["approved"], on)


def trial_candidates_of(actor: Actor, blueprint: Blueprint, on: date | None = None) -> list[Candidate]:
    """What a paper of this blueprint may carry unscored: versions of items that wait for the trial or are in it."""
    return _candidates(actor, blueprint, ["cleared", "trial"], on)


def _candidates(actor: Actor, blueprint: Blueprint, states: Sequence[str], on: date | None) -> list[Candidate]:
    home = policies.home_of(actor, "itembank.assemble")
    usable = usable_items(home, blueprint.occupation_code, blueprint.level, on or timezone.localdate())
    rows = (
        current_versions()
        .filter(policies.visible_items_of(actor), item__state__in=states, item__point__blueprint=blueprint)
        .filter(item__in=Item.objects.filter(usable))
        .exclude(item__point__weighted_range=None)
        .values_list(
            "pk",
            "item__number",
            "item__point__codes",
            "item__point__weighted_range__codes",
            "type",
            "item__point__importance",
            "difficulty",
            "item__region_code",
            "item__organisation_id",
        )
    )
    return [
        Candidate(
            str(pk), number, "-".join(point), "-".join(range_), type_, importance, difficulty, bool(region or body)
        )
        for pk, number, point, range_, type_, importance, difficulty, region, body in rows
    ]


def versions_in(paper_ids: Sequence[UUID]) -> list[frozenset[str]]:
    """The item versions of each paper, in the order asked for."""
    rows = PaperItem.objects.filter(paper__in=paper_ids).values_list("paper", "version")
    found: dict[UUID, set[str]] = {paper_id: set() for paper_id in paper_ids}
    for paper_id, version in rows:
        found[paper_id].add(str(version))
    return [frozenset(found[paper_id]) for paper_id in paper_ids]


def overlap(first: UUID, second: UUID) -> int:
    """How many item versions two papers share."""
    one, other = versions_in([first, second])
    return len(one & other)


def papers_holding(actor: Actor, version_ids: Sequence[UUID]) -> QuerySet[Paper]:
    """The papers that hold any of the item versions, of those that the actor finds."""
    return papers_for(actor).filter(pk__in=PaperItem.objects.filter(version__in=version_ids).values("paper"))


def items_of(found: Paper) -> list[PaperItem]:
    """The places of a paper in order, with version, item, point and range; sealed content deferred."""
    return list(
        PaperItem.objects.filter(paper=found)
        .select_related("version__item__point__weighted_range")
        .defer("version__content_sealed")
        .order_by("position")
    )


def paper_places(paper_id: UUID) -> list[PaperItem]:
    """The places of a paper in order, with the type of each, unopened: for modules that found the paper under scope."""
    rows = PaperItem.objects.filter(paper=paper_id).select_related("version__item")
    return list(rows.defer("version__content_sealed").order_by("position"))


def manifest_of(found: Paper) -> dict[str, Any]:
    """What was sealed: number, blueprint, seed, report, and each place with version, digest and marks."""
    rows = PaperItem.objects.filter(paper=found).order_by("position")
    places = [place(*row) for row in rows.values_list("position", "version", "version__digest", "marks", "is_scored")]
    return manifest(found.number, found.blueprint.digest, found.seed, found.report, places)


def place(position: int, version: UUID, digest: str, marks: Decimal, is_scored: bool) -> dict[str, Any]:
    """One place of a manifest. That it counts goes without saying, so that old manifests read the same."""
    said = {"position": position, "version": str(version), "digest": digest, "marks": f"{marks:.2f}"}
    return said if is_scored else said | {"scored": False}


def manifest(
    number: str, blueprint_digest: str, seed: int, report: Mapping[str, Any], places: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    """The sealed list as plain values, ready for the canonical encoding. The seed is text: JSON numbers are doubles."""
    return {
        "paper": number,
        "blueprint": blueprint_digest,
        "seed": str(seed),
        "report": dict(report),
        "items": list(places),
    }


def check_paper(found: Paper) -> PaperCheck:
    """Recompute the manifest's digest, verify its signature, and open every item against its digest."""
    message = canonical.encode(manifest_of(found))
    findings = []
    if digests.plain(message) != found.digest:
        findings.append("清单与封存时的摘要不符")
    if not keys.verify(found.key_id, message, bytes(found.signature), purpose="paper"):
        findings.append("清单的签名不成立")
    for version in ItemVersion.objects.filter(pk__in=PaperItem.objects.filter(paper=found).values("version")):
        content = sealing.open_item(version.content_sealed, version_id=version.pk)
        if not sealing.digest_matches(content, version.digest):
            findings.append(f"试题 {version.pk} 的内容与其摘要不符")
    return PaperCheck(findings)


def questions_for_delivery(paper_id: UUID, actor: Actor) -> list[Question]:
    """The questions of a paper, without keys, for whoever delivers it (power delivery.deliver).

    Raises NotFound and NotPermitted. The caller records why it read them.
    """
    found = _opened(paper_id, actor, "delivery.deliver")
    return [
        Question(place.position, content.type, content.stem, content.options, place.marks, place.version_id)
        for place, content in found
    ]


def answer_key(paper_id: UUID, actor: Actor) -> AnswerKey:
    """The answers of a paper, for whoever marks it (power scoring.mark). Raises NotFound and NotPermitted."""
    answers = {
        place.position: Key(content.type, content.key, place.marks, place.is_scored, content.rubric)
        for place, content in _opened(paper_id, actor, "scoring.mark")
    }
    plain = [
        [position, key.answer, f"{key.marks:.2f}", *([] if key.is_scored else ["unscored"])]
        for position, key in sorted(answers.items())
    ]
    digest = digests.keyed(canonical.encode([str(paper_id), plain]).decode(), purpose="itembank.key")
    return AnswerKey(digest[:24], answers)


@dataclass(frozen=True, slots=True)
class WrittenItem:
    """A scored item of a paper that people mark: what was asked, the reference answer, the rubric, what it is worth."""

    position: int
    type: str
    stem: str
    reference: str
    rubric: tuple[Criterion, ...]
    marks: Decimal


def written_places(paper_ids: Collection[UUID]) -> set[tuple[UUID, int]]:
    """The places (paper, position) of these papers that people mark; nothing is opened."""
    found = PaperItem.objects.filter(paper__in=list(paper_ids), is_scored=True, version__type__in=CONSTRUCTED)
    return set(found.values_list("paper", "position"))


def papers_with_writing() -> QuerySet[PaperItem, UUID]:
    """The ids of papers with a scored item that people mark, for use in a query; nothing of a paper is shown."""
    written = PaperItem.objects.filter(is_scored=True, version__type__in=CONSTRUCTED)
    return written.order_by().values_list("paper", flat=True)


def worth_of(paper_ids: Collection[UUID]) -> dict[tuple[UUID, int], Decimal]:
    """What each place (paper, position) of these papers is worth."""
    rows = PaperItem.objects.filter(paper__in=list(paper_ids)).values_list("paper", "position", "marks")
    return {(paper_id, position): marks for paper_id, position, marks in rows}


def written_item(paper_id: UUID, position: int, actor: Actor) -> WrittenItem:
    """One item that people mark, opened for a marker (power scoring.grade), who was given an answer to it.

    The caller records that it was read. Raises NotPermitted, NotFound.
    """
    if not actor.holds("scoring.grade"):
        raise NotPermitted(power="scoring.grade")
    if (paper_id, position) not in written_places([paper_id]):
        raise NotFound
    place = PaperItem.objects.select_related("version").get(paper=paper_id, position=position)
    content = sealing.open_item(place.version.content_sealed, version_id=place.version_id)
    return WrittenItem(position, content.type, content.stem, content.key, content.rubric, place.marks)


def _opened(paper_id: UUID, actor: Actor, power: str) -> list[tuple[PaperItem, Any]]:
    found = paper(actor, paper_id)
    if not actor.holds(power):
        raise NotPermitted(power=power)
    places = PaperItem.objects.filter(paper=found).select_related("version").order_by("position")
    return [(place, sealing.open_item(place.version.content_sealed, version_id=place.version_id)) for place in places]
