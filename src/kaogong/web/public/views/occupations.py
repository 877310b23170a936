"""The classification of occupations as the public uses it: search first, then the tree, then one occupation."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.occupations import selectors
from kaogong.sittings import selectors as sittings
from kaogong.standards import selectors as standards
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Filter

SHOWN = 60


@require_safe
def search(request: ActorRequest) -> HttpResponse:
    """Occupations by name, part of a name, code, pinyin or initials; without words, the eight major groups."""
    text = request.GET.get("q", "").strip()
    mark = request.GET.get("mark", "")
    found = selectors.search(text, SHOWN + 1, mark=mark)
    context = {
        "edition": selectors.current_edition(),
        "text": text,
        "is_searching": bool(text or mark),
        "occupations": found[:SHOWN],
        "has_more": len(found) > SHOWN,
        "groups": [(group, selectors.count_of(group.code)) for group in selectors.children()],
        "total": selectors.count_of(""),
        "filters": [Filter("mark", _("标志"), [("green", _("绿色职业")), ("digital", _("数字职业"))])],
    }
    is_part = request.headers.get("HX-Request")
    template = "public/occupations/results.html" if is_part else "public/occupations/search.html"
    answer = render(request, template, context)
    # One address gives the page or only its list: without this the way back would show a bare list.
    patch_vary_headers(answer, ["HX-Request"])
    return answer


@require_safe
def occupation(request: ActorRequest, code: str) -> HttpResponse:
    """One node: a group with what it holds, or an occupation with its standard and the rounds open for it."""
    found = selectors.occupation(code)
    if found.code != code:
        return redirect("public:occupation", code=found.code)
    context = {
        "edition": selectors.current_edition(),
        "node": found,
        "kind": selectors.LEVELS[found.level],
        "path": selectors.path(found.code),
    }
    if found.level < 4:
        context["children"] = [(each, selectors.count_of(each.code)) for each in selectors.children(found.code)]
        return render(request, "public/occupations/group.html", context)
    context["standard"] = _standard(found.code)
    context["rounds"] = sittings.public_rounds(occupation_code=found.code, open_at=timezone.now())[:6]
    context["siblings"] = [each for each in selectors.children(found.parent_code) if each.code != found.code]
    return render(request, "public/occupations/occupation.html", context)


def _standard(code: str) -> object | None:
    try:
        return standards.in_force(code, timezone.localdate())
    except NotFound:
        return None
