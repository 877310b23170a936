"""The trail as an officer reads it: a list to search and export, one line with its proof, and how the whole stands."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kaogong.foundation.access.selectors import role_title
from kaogong.foundation.audit import selectors, services
from kaogong.web.office.views import trail_facts, trail_words
from kaogong.web.ui import clauses, formats
from kaogong.web.ui.requests import ActorRequest, needs

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.foundation.audit.selectors import Line

READ = services.READ
ROWS = 50
EXPORT_LIMIT = 100_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address bar asks for."""

    who: str = ""
    module: str = ""
    target: str = ""
    is_refused: bool = False
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Filters:
        """Read the address bar; a date that is none is left out."""
        given = request.GET
        return cls(
            who=given.get("q", "").strip(),
            module=given.get("module", ""),
            target=given.get("target", "").strip(),
            is_refused=given.get("refused") == "1",
            since=_day(given.get("since", "")),
            until=_day(given.get("until", "")),
        )

    @property
    def narrows(self) -> bool:
        """Whether anything is asked for at all."""
        return self != Filters()

    def lines(self, request: ActorRequest) -> QuerySet[Line]:
        """The lines in the actor's reach that answer."""
        return selectors.entries(
            actor=request.actor,
            who=self.who,
            action=self.module,
            target_id=self.target,
            is_refused=True if self.is_refused else None,
            since=_midnight(self.since),
            before=_midnight(self.until + timedelta(days=1)) if self.until else None,
        )


@needs(READ)
@require_safe
def listing(request: ActorRequest) -> HttpResponse:
    """Lines in the actor's reach, newest first, with how the whole trail stands above them."""
    filters = Filters.of(request)
    page = Paginator(filters.lines(request), ROWS).get_page(request.GET.get("page"))
    sealed = selectors.sealed_among(page.object_list)
    context = {
        "filters": filters,
        "page": page,
        "rows": [_row(line, is_sealed=line.pk in sealed) for line in page],
        "modules": [(code, trail_words.of_module(code)) for code in selectors.actions(actor=request.actor)],
        "standing": selectors.standing(actor=request.actor),
    }
    return render(request, "office/trail/list.html", context)


@needs(READ)
@require_safe
def detail(request: ActorRequest, entry_id: UUID) -> HttpResponse:
    """One line in full; signature, seal and proof for those who ask."""
    line = selectors.entry(actor=request.actor, entry_id=entry_id)
    proof = selectors.proof(actor=request.actor, entry_id=entry_id)
    context = {
        "line": line,
        "row": _row(line, is_sealed=proof is not None),
        "facts": [(trail_facts.of_key(name), trail_facts.of_value(name, value)) for name, value in line.facts.items()],
        "posts": _posts(line),
        "door": trail_words.DOORS.get(line.door, line.door),
        "proof": proof,
        "leaf": proof.leaf.hex() if proof else "",
        "root": proof.root.hex() if proof else "",
        "siblings": [each.hex() for each in proof.siblings] if proof else [],
        "is_genuine": selectors.is_genuine(actor=request.actor, entry_id=entry_id),
        "signature": bytes(line.signature).hex(),
    }
    return render(request, "office/trail/detail.html", context)


@needs(READ)
@require_safe
def evidence(request: ActorRequest, entry_id: UUID) -> HttpResponse:
    """Everything a stranger needs to check the line without us, as a JSON file. 404 while it is not sealed."""
    found = selectors.evidence(actor=request.actor, entry_id=entry_id)
    if found is None:
        raise Http404
    response = JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="trail-{entry_id}.json"'
    return response


@needs(READ)
@require_safe
def export(request: ActorRequest) -> StreamingHttpResponse:
    """The filtered lines as CSV for spreadsheets (UTF-8 with its mark), at most EXPORT_LIMIT of them."""
    lines = Filters.of(request).lines(request)[:EXPORT_LIMIT]
    response = StreamingHttpResponse(_csv(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="trail-{timezone.localdate():%Y%m%d}.csv"'
    return response


@needs(READ)
@require_safe
def check(request: ActorRequest) -> HttpResponse:
    """What the last check of the whole trail found. What lies beyond the actor's reach is counted, not told."""
    standing = selectors.standing(actor=request.actor)
    last = standing.last_check if standing else None
    findings = selectors.findings(actor=request.actor)
    told = [{**each, "kind_words": trail_words.KINDS.get(each["kind"], each["kind"])} for each in findings]
    return render(request, "office/trail/check.html", {"check": last, "findings": told, "standing": standing})


@needs(READ)
@require_POST
def ask_for_check(request: ActorRequest) -> HttpResponse:
    """Have the whole trail checked in the background."""
    if services.ask_for_check(actor=request.actor, at=timezone.now()):
        messages.success(request, _("已安排核验，通常几分钟内完成；可以离开本页。"))
    else:
        messages.info(request, _("已有一次核验在等待执行。"))
    return redirect("office:trail-check")


def _row(line: Line, *, is_sealed: bool) -> dict[str, object]:
    return {
        "line": line,
        "deed": trail_words.of_action(line.action),
        "target": trail_words.of_target(line.target_type),
        "post": line.posts[0].get("organisation", "") if line.posts else "",
        "is_sealed": is_sealed,
    }


def _posts(line: Line) -> list[str]:
    """The posts from which the deed was done, in words."""
    return [f"{post.get('organisation', '')} {role_title(post.get('role', ''))}".strip() for post in line.posts]


def _csv(lines: QuerySet[Line]) -> Iterator[str]:
    yield "\ufeff"
    heads = [
        _("业务时间"), _("登记时间"), _("经办人"), _("岗位"), _("入口"), _("动作"), _("动作代码"), _("对象"),
        _("对象编号"), _("区划代码"), _("事由"), _("事实"), _("是否被拒绝"), _("依据"), _("条目编号"),
    ]  # fmt: skip
    yield _csv_line(heads)
    for line in lines.iterator(chunk_size=1000):
        yield _csv_line(_cells(line))


def _cells(line: Line) -> list[str]:
    return [
        f"{formats.in_beijing(line.at):%Y-%m-%d %H:%M:%S}",
        f"{formats.in_beijing(line.recorded_at):%Y-%m-%d %H:%M:%S}",
        line.actor_name,
        "；".join(_posts(line)),
        str(trail_words.DOORS.get(line.door, line.door)),
        trail_words.of_action(line.action),
        line.action,
        trail_words.of_target(line.target_type),
        line.target_id,
        line.region_code,
        line.reason,
        json.dumps(line.facts, ensure_ascii=False),
        _("是") if line.is_refused else _("否"),
        clauses.words_of(line.clause).label if line.clause else "",
        str(line.pk),
    ]


def _csv_line(cells: list[str]) -> str:
    # A cell that begins like a formula would run in the reader's spreadsheet.
    safe = [f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells]
    line = io.StringIO()
    csv.writer(line).writerow(safe)
    return line.getvalue()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date | None) -> datetime | None:
    return datetime.combine(day, time.min, tzinfo=formats.BEIJING) if day else None
