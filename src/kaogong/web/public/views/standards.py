"""Occupational skill standards as people read them: find one, read it level by level, search in it, print it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.standards import selectors
from kaogong.web.public.views.standard_words import ConditionWords, condition_words, ratio_lines
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Kind, Tab

STATES: dict[str, Kind] = {"drafted": "neutral", "published": "done", "withdrawn": "stopped"}
OVERVIEW = "overview"


@dataclass(frozen=True, slots=True)
class LevelPage:
    """What one level says, ready for its page."""

    level: int
    functions: Sequence[selectors.FunctionContents]
    theory: Sequence[object]
    skill: Sequence[object]
    conditions: Sequence[ConditionWords]
    parts: Sequence[object]
    training: object | None


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """The standards that are published, found by occupation, code or any of their words."""
    text = request.GET.get("q", "").strip()
    found = selectors.search(request.actor, text).exclude(state="drafted").select_related("occupation")
    rows = [(each, STATES[each.state], selectors.STANDARD.states[each.state]) for each in found[:100]]
    return render(request, "public/standards/index.html", {"rows": rows, "text": text})


@require_safe
def standard(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """One standard: its overview or one level, and the lines that hold the words looked for."""
    found = selectors.standard(standard_id)
    wanted = request.GET.get("level", "")
    level = int(wanted) if wanted in {str(each) for each in found.levels} else None
    text = request.GET.get("q", "").strip()
    context = {
        **_head(found),
        "tabs": [
            Tab(_("概况"), f"{request.path}", level is None),
            *(Tab(level_name(each), f"{request.path}?level={each}", each == level) for each in found.levels),
        ],
        "text": text,
        "matches": selectors.lines_matching(found.pk, text) if text else None,
        "page": level_page(found, level) if level else None,
    }
    if level is None:
        context |= _overview(found)
    return render(request, "public/standards/standard.html", context)


@require_safe
def printed(request: ActorRequest, standard_id: UUID) -> HttpResponse:
    """The whole standard on paper."""
    found = selectors.standard(standard_id)
    pages = [level_page(found, level) for level in found.levels]
    return render(request, "public/standards/print.html", {**_head(found), **_overview(found), "pages": pages})


def _head(found: selectors.StandardVersion) -> dict[str, object]:
    return {
        "standard": found,
        "kind": STATES[found.state],
        "word": selectors.STANDARD.states[found.state],
    }


def _overview(found: selectors.StandardVersion) -> dict[str, object]:
    overview = found.overview
    basics = overview.get("basics", [])
    return {
        "facts": [
            (_("职业编码"), found.occupation_code, False),
            (_("职业定义"), overview.get("definition", ""), overview.get("definition_illustrative")),
            (_("职业环境"), overview.get("environment", ""), overview.get("environment_illustrative")),
            (_("能力特征"), overview.get("aptitude", ""), overview.get("aptitude_illustrative")),
            (_("文化程度"), overview.get("education", ""), overview.get("education_illustrative")),
        ],
        "ethics": [each for each in basics if each.get("part") == "ethics"],
        "foundation": [each for each in basics if each.get("part") == "foundation"],
        "weights": [
            (_("理论知识权重表"), selectors.weight_table(found.pk, "theory")),
            (_("技能要求权重表"), selectors.weight_table(found.pk, "skill")),
        ],
        "ratios": ratio_lines(selectors.ratios(found.pk)),
        "related": selectors.related(found.pk),
        "training": overview.get("training", []),
    }


def level_page(found: selectors.StandardVersion, level: int) -> LevelPage:
    """What a standard says of a level."""
    training = [each for each in found.overview.get("training", []) if each.get("level") == level]
    return LevelPage(
        level=level,
        functions=selectors.contents(found.pk, level),
        theory=selectors.weights(found.pk, "theory", level),
        skill=selectors.weights(found.pk, "skill", level),
        conditions=[condition_words(each) for each in selectors.conditions(found.pk, level)],
        parts=selectors.parts(found.pk, level),
        training=training[0] if training else None,
    )
