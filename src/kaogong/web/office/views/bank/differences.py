"""What changed from one blueprint of a level to the next, and what that does to its items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from kaogong.itembank import selectors
from kaogong.web.office.listing import export, page_of
from kaogong.web.office.views.bank.words import BANK_POWERS
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind


@require_safe
@needs(*BANK_POWERS)
def differences(request: ActorRequest, blueprint_id: UUID) -> HttpResponse:
    """What changed from the blueprint before, point by point, with the items that hang on each."""
    found = selectors.blueprint(request.actor, blueprint_id)
    impact = selectors.impact_of(found)
    lines = list(_lines(impact)) if impact else []
    if (kind := request.GET.get("change", "")) in {key for key, _name in CHANGES}:
        lines = [each for each in lines if each.change == kind]
    if text := request.GET.get("q", "").strip():
        lines = [each for each in lines if text in each.old + each.new]
    if export_as := request.GET.get("export", ""):
        heads = [_("变化"), _("原鉴定点"), _("现鉴定点"), _("试题数")]
        return export(export_as, "blueprint-differences", heads, ((_(e.word), e.old, e.new, e.items) for e in lines))
    context = {
        "blueprint": found,
        "impact": impact,
        "page": page_of(request, lines, per_page=50),
        "filters": [Filter("change", _("变化"), [(key, _(name)) for key, name in CHANGES])],
        "figures": _figures(impact) if impact else [],
    }
    return render(request, "office/bank/blueprint_differences.html", context)


CHANGES = (
    ("renamed", gettext_noop("改名")),
    ("moved", gettext_noop("移位")),
    ("removed", gettext_noop("取消")),
    ("added", gettext_noop("新增")),
    ("weighed", gettext_noop("重要程度改变")),
    ("share", gettext_noop("比重改变")),
)
CHANGE_KIND: dict[str, Kind] = {"removed": "stopped", "added": "active", "renamed": "waiting"}


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: what changed, before and after, and how many items hang on it."""

    change: str
    old: str
    new: str
    items: int

    @property
    def word(self) -> str:
        """The change in a word."""
        return dict(CHANGES)[self.change]

    @property
    def kind(self) -> Kind:
        """The badge's kind."""
        return CHANGE_KIND.get(self.change, "neutral")


def _lines(impact: selectors.Impact) -> Iterator[Line]:
    found = impact.differences
    for share in found.shares:
        spelt = ["" if each is None else f"{share.name} {each}%" for each in (share.old, share.new)]
        yield Line("share", spelt[0], spelt[1], 0)
    for change, pairs in (("renamed", found.renamed), ("moved", found.moved), ("weighed", found.weighed_anew)):
        for pair in pairs:
            yield Line(change, _point(pair.old), _point(pair.new), impact.items_at([pair.old]))
    for point in found.removed:
        yield Line("removed", _point(point), "", impact.items_at([point]))
    for point in found.added:
        yield Line("added", "", _point(point), 0)


def _point(point: selectors.PointEntry) -> str:
    return f"{selectors.spell(point.codes)} {point.name} {point.importance}"


def _figures(impact: selectors.Impact) -> list[Figure]:
    at = now()
    return [
        Figure(_("随点归入"), impact.following, _("道"), as_of=at),
        Figure(_("改名待定"), impact.in_question, _("道"), as_of=at),
        Figure(_("留在原表"), impact.left_behind, _("道"), as_of=at),
        Figure(_("未启用的试卷"), impact.papers, _("份"), as_of=at),
    ]
