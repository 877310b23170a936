"""What anyone may look up: announced rounds with places left, the notice on paper, stations, and the tracks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.regions import selectors as regions
from kaogong.itembank.selectors import language_name
from kaogong.scoring import selectors as scoring
from kaogong.sittings import selectors
from kaogong.standards import selectors as standards
from kaogong.stations import selectors as stations
from kaogong.tracks import selectors as tracks
from kaogong.web.ui.formats import datetime_zh, level_name
from kaogong.web.ui.requests import ActorRequest
from kaogong.web.ui.shapes import Filter, Kind

if TYPE_CHECKING:
    from kaogong.sittings.models import Round, Sitting

PER_PAGE = 12


@dataclass(frozen=True, slots=True)
class Standing:
    """How a round stands towards somebody who would like to apply."""

    kind: Kind
    word: str
    is_open: bool = False


def standing_of(round_: Round, at: datetime, *, left: int) -> Standing:
    """Open, not yet, over, full or cancelled, in words."""
    if round_.state == "cancelled":
        return Standing("stopped", _("已取消"))
    if round_.state == "completed" or at >= round_.applications_until:
        return Standing("neutral", _("报名已截止"))
    if at < round_.applications_from:
        return Standing("waiting", _("尚未开始"))
    if left <= 0:
        return Standing("waiting", _("名额已满"))
    return Standing("active", _("正在报名"), is_open=True)


@require_safe
def index(request: ActorRequest) -> HttpResponse:
    """Announced rounds, those open now first asked for; searched by word, region, occupation, level."""
    at = now()
    asked = request.GET
    level = asked.get("level", "")
    found = selectors.public_rounds(
        text=asked.get("q", "").strip(),
        region_prefix=asked.get("region", ""),
        occupation_code=asked.get("occupation", ""),
        level=int(level) if level in {"1", "2", "3", "4", "5"} else None,
        open_at=None if asked.get("when") == "all" else at,
    )
    page = Paginator(selectors.rounds_with_places(found), PER_PAGE).get_page(asked.get("page"))
    for row in page:
        left = row.places - row.taken  # type: ignore[attr-defined]  # annotated by rounds_with_places
        row.left, row.standing = left, standing_of(row, at, left=left)  # type: ignore[attr-defined]  # for the page
        row.region = regions.name_of(row.region_code)  # type: ignore[attr-defined]  # for the page
    filters = [
        Filter("region", _("地区"), _regions()),
        Filter("occupation", _("职业"), _occupations()),
        Filter("level", _("等级"), [(str(level), name) for level, name in selectors.LEVEL_NAMES.items()]),
        Filter("when", _("时间"), [("all", _("包括未开始和已截止"))]),
    ]
    return render(request, "public/rounds/index.html", {"page": page, "filters": filters, "as_of": at})


def _regions() -> list[tuple[str, str]]:
    codes = selectors.public_rounds().order_by().values_list("region_code", flat=True).distinct()
    prefixes = sorted({code[:length] for code in codes for length in (2, 4) if code[:length].strip("0")})
    prefixes = [prefix for prefix in prefixes if not (len(prefix) == 4 and prefix.endswith("00"))]
    return [(prefix, regions.name_of(prefix.ljust(6, "0"))) for prefix in prefixes]


def _occupations() -> list[tuple[str, str]]:
    rows = selectors.public_rounds().order_by("occupation_code").values_list("occupation_code", "occupation_name")
    return list(dict(rows.distinct()).items())


@require_safe
def detail(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """One round: sittings with places left as of now, fees, conditions, and the way to apply."""
    round_ = selectors.public_round(round_id)
    at = now()
    sittings = _offers(list(selectors.sittings_of(round_id)), at)
    left = sum(each["left"] for each in sittings if each["is_live"])
    context = {
        "round": round_,
        "standing": standing_of(round_, at, left=left),
        "sittings": sittings,
        "as_of": at,
        "left": left,
        "facts": _facts(round_),
        "fees": _fees(round_),
        "basis": selectors.fee_basis(round_),
        "conditions": standards.conditions(round_.standard_id, round_.level),
        "parts": standards.parts(round_.standard_id, round_.level),
        "has_rulings": scoring.public_disputes(round_id).exists(),
    }
    return render(request, "public/rounds/detail.html", context)


def _offers(sittings: list[Sitting], at: datetime) -> list[dict[str, Any]]:
    """Each sitting with its places left, its parts and its moves, looked up together."""
    ids = [sitting.pk for sitting in sittings]
    parts, moves = selectors.parts_by_sitting(ids), selectors.moves_by_sitting(ids)
    return [
        {
            "sitting": sitting,
            "left": sitting.capacity - sitting.claimed,
            "is_open": selectors.is_open(sitting, at),
            "is_live": sitting.state in {"scheduled", "published", "held"},
            "word": selectors.SITTING.states[sitting.state],
            "parts": [(selectors.PART_NAMES[part.part], part) for part in parts[sitting.pk]],
            "moves": moves[sitting.pk],
        }
        for sitting in sittings
    ]


def _facts(round_: Round) -> list[tuple[str, object]]:
    return [
        (_("职业"), f"{round_.occupation_name}（{round_.occupation_code}）"),
        (_("等级"), level_name(round_.level)),
        (_("评价类别"), tracks.name_of(round_.track)),
        (_("组织机构"), round_.organisation.name),
        (_("地区"), regions.name_of(round_.region_code)),
        (_("报名期限"), f"{datetime_zh(round_.applications_from)} — {datetime_zh(round_.applications_until)}"),
        (_("批次编号"), round_.number),
        *([(_("可选用的文字"), _("、").join(map(language_name, round_.languages)))] if round_.languages else []),
    ]


def _fees(round_: Round) -> list[tuple[str, int]]:
    given = selectors.fees_of(round_)
    return [*given, (_("合计"), sum(amount for _name, amount in given))] if given else []


@require_safe
def notice(request: ActorRequest, round_id: UUID) -> HttpResponse:
    """The notice (公告) as it goes on paper; for officers within reach it may still be a draft."""
    try:
        round_ = selectors.public_round(round_id)
    except NotFound:
        round_ = selectors.round_for(request.actor, round_id)
    at = now()
    context = {
        "round": round_,
        "facts": _facts(round_),
        "fees": _fees(round_),
        "basis": selectors.fee_basis(round_),
        "sittings": _offers([each for each in selectors.sittings_of(round_id) if each.state != "cancelled"], at),
        "conditions": standards.conditions(round_.standard_id, round_.level),
    }
    return render(request, "public/rounds/notice.html", context)


@require_safe
def stations_directory(request: ActorRequest) -> HttpResponse:
    """Stations by name, region and what they may appraise today."""
    asked = request.GET
    level = asked.get("level", "")
    today = localdate()
    found = stations.directory(
        text=asked.get("q", "").strip(),
        region_prefix=asked.get("region", ""),
        level=int(level) if level in {"1", "2", "3", "4", "5"} else None,
        on=today if level or asked.get("licensed") == "yes" else None,
    )
    page = Paginator(found, PER_PAGE).get_page(asked.get("page"))
    for row in page:
        row.region = regions.name_of(row.region_code)  # type: ignore[attr-defined]  # for the page
        row.scopes = stations.scopes_in_force(row.pk, today)  # type: ignore[attr-defined]  # for the page
    codes = {code[:4] for code in stations.directory().values_list("region_code", flat=True) if code}
    filters = [
        Filter("region", _("地区"), [(code, regions.name_of(code.ljust(6, "0"))) for code in sorted(codes)]),
        Filter("level", _("等级"), [(str(number), name) for number, name in selectors.LEVEL_NAMES.items()]),
        Filter("licensed", _("许可"), [("yes", _("今天许可有效"))]),
    ]
    return render(request, "public/stations/index.html", {"page": page, "filters": filters, "today": today})


@require_safe
def station(request: ActorRequest, station_id: UUID) -> HttpResponse:
    """One station: its licence and scope today, and the sittings that take applications there."""
    found = stations.station(station_id)
    at = now()
    today = localdate()
    licences = list(stations.licences(station_id))
    current = next((each for each in licences if each.since <= today <= each.until), None)
    context = {
        "station": found,
        "region": regions.name_of(found.region_code),
        "licence": current,
        "licence_word": stations.LICENCE.states[current.state] if current else "",
        "scopes": stations.scopes_of([current.pk]) if current else [],
        "rooms": stations.rooms(station_id),
        "sittings": selectors.open_sittings_at(station_id, at),
        "now": at,
    }
    return render(request, "public/stations/detail.html", context)


@require_safe
def tracks_table(request: ActorRequest) -> HttpResponse:
    """The six tracks and what the rules of each say today; where rules have not arrived, that is said."""
    today = localdate()
    rows = [(track, tracks.rules(track.key, today)) for track in tracks.tracks()]
    context = {
        "ready": [(track, rules) for track, rules in rows if rules],
        "later": [track for track, rules in rows if not rules],
        "today": today,
    }
    return render(request, "public/rounds/tracks.html", context)
