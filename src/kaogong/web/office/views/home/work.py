"""What may wait for an officer: one count for each kind of work, under the power that does it, and the way there.

Counts come from the same selectors as the lists they lead to, so that a card and its list agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Min, Sum
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors as certificates
from kaogong.foundation.access import selectors as access
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.calendar import selectors as calendar
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.notices import selectors as notices
from kaogong.itembank import selectors as itembank
from kaogong.personnel import selectors as personnel
from kaogong.registration import selectors as registration
from kaogong.scoring import selectors as scoring
from kaogong.sittings import selectors as sittings
from kaogong.stations import selectors as stations
from kaogong.web.ui.formats import date_zh, datetime_zh, money
from kaogong.web.ui.shapes import Kind

if TYPE_CHECKING:
    from uuid import UUID

LOW_STOCK = 50
"""Below how many blanks of one paper a body's stock counts as low; a choice of the page, no rule."""
EXPIRY_DAYS = 60
"""How far ahead cards that end are told; a choice of the page, no rule."""
CALENDAR_MONTH = 11
"""From which month on the next year's holidays are asked for; a choice of the page, no rule."""


@dataclass(frozen=True, slots=True)
class Work:
    """One kind of work: how much of it waits, since or until when, and where it is done."""

    label: str
    count: int
    unit: str
    url: str
    icon: str
    note: str = ""
    kind: Kind = "waiting"
    key: str = ""


Found = Callable[[Actor, datetime], Work]


def work_of(actor: Actor, at: datetime) -> list[Work]:
    """Every kind of work that the actor's powers allow, in the order of the trade; nothing waiting counts 0."""
    return list(_found(actor, at))


def _found(actor: Actor, at: datetime) -> Iterator[Work]:
    for power, find in KINDS:
        if actor.holds(power):
            yield find(actor, at)


def _applications(actor: Actor, at: datetime) -> Work:
    rows = registration.registrations_for(actor, "registration.decide").filter(state="submitted").order_by()
    since = rows.aggregate(since=Min("submitted_at"))["since"]
    note = _("最早提交于 %(moment)s") % {"moment": datetime_zh(since)} if since else ""
    url = reverse("office:registration-next")
    return Work(_("待审核的报名"), rows.count(), _("份"), url, "clipboard-check", note, key="applications")


def _fees(actor: Actor, at: datetime) -> Work:
    rows = registration.registrations_for(actor, "registration.collect_fee").order_by()
    rows = rows.filter(state="admitted", fee__gt=0, paid_at__isnull=True)
    total = rows.aggregate(total=Sum("fee"))["total"]
    note = _("合计 %(amount)s") % {"amount": money(total)} if total else ""
    return Work(_("待收鉴定费"), rows.count(), _("人"), reverse("office:fees"), "cash-coin", note, key="fees")


def _announcements(actor: Actor, at: datetime) -> Work:
    rows = sittings.rounds_for(actor, "sittings.announce").filter(state="drafted")
    first = rows.order_by("applications_from").first()
    note = ""
    if first is not None:
        is_past = first.applications_from <= at
        words = _("其中有的报名时间已到，须尽快公告或重排") if is_past else _("最早 %(moment)s 开始报名")
        note = words % {"moment": datetime_zh(first.applications_from)}
    url = reverse("office:rounds") + "?state=drafted"
    return Work(_("待公告的批次"), rows.count(), _("个"), url, "megaphone", note, key="announcements")


def _seating(actor: Actor, at: datetime) -> Work:
    rows = sittings.sittings_for(actor, "seating.arrange").filter(
        state="scheduled", round__state="announced", round__applications_until__lte=at, held_on__gte=localdate(at)
    )
    first = rows.first()
    note = _("最近一场在 %(day)s") % {"day": date_zh(first.held_on)} if first else ""
    url = reverse("office:seating") + "?state=scheduled"
    return Work(_("待编排座位的场次"), rows.count(), _("场"), url, "grid-3x3-gap", note, key="seating")


def _marking(actor: Actor, at: datetime) -> Work:
    rows = scoring.sittings_to_score(actor).filter(held_on__lte=localdate(at))
    rows = scoring.with_progress(rows, "none")
    url = reverse("office:scoring") + "?progress=none"
    return Work(_("待评分的场次"), rows.count(), _("场"), url, "pencil-square", _earliest(rows.last()), key="marking")


def _results(actor: Actor, at: datetime) -> Work:
    rows = scoring.with_progress(scoring.sittings_to_score(actor), "drafted")
    url = reverse("office:scoring") + "?progress=drafted"
    return Work(_("待发布成绩的场次"), rows.count(), _("场"), url, "bar-chart", _earliest(rows.last()), key="results")


def _earliest(sitting: object) -> str:
    day: date | None = getattr(sitting, "held_on", None)
    return _("最早一场考于 %(day)s") % {"day": date_zh(day)} if day else ""


def _rechecks(actor: Actor, at: datetime) -> Work:
    rows = scoring.rechecks_for(actor, "scoring.recheck").filter(state="requested")
    first, today = rows.first(), localdate(at)
    note, kind = "", "waiting"
    if first is not None:
        day = date_zh(first.answer_until)
        is_late = first.answer_until < today
        note = (_("已过答复期限 %(day)s") if is_late else _("最近一件须于 %(day)s 前答复")) % {"day": day}
        kind = "stopped" if is_late else "waiting"
    label, url = _("待答复的成绩复核"), reverse("office:rechecks")
    return Work(label, rows.count(), _("件"), url, "arrow-repeat", note, kind, "rechecks")  # type: ignore[arg-type]  # one of two kinds


def _disputes(actor: Actor, at: datetime) -> Work:
    rows = scoring.disputes_for(actor, "scoring.decide_objection").filter(state="open")
    url = reverse("office:objections") + "?state=open"
    return Work(_("待裁定的试题异议"), rows.count(), _("件"), url, "question-circle", key="disputes")


def _rescorings(actor: Actor, at: datetime) -> Work:
    rows = scoring.disputes_for(actor, "scoring.finalise").filter(state="upheld")
    url = reverse("office:objections") + "?state=upheld"
    return Work(_("待重新评分的裁定"), rows.count(), _("件"), url, "question-circle", key="rescorings")


def _issues(actor: Actor, at: datetime) -> Work:
    left = [passed - issued for _sitting, passed, issued in certificates.sittings_to_issue(actor) if passed > issued]
    note = _("来自 %(count)s 场") % {"count": len(left)} if left else ""
    url = reverse("office:issue-list")
    return Work(_("待核发的证书"), sum(left), _("本"), url, "patch-check", note, key="issues")


def _blanks(actor: Actor, at: datetime) -> Work:
    stocks: dict[tuple[UUID, str], int] = {}
    names: dict[tuple[UUID, str], str] = {}
    for line in blanks.stock(actor):
        place = (line.organisation.pk, line.series.paper)
        stocks[place] = stocks.get(place, 0) + line.stock
        names[place] = line.organisation.name
    low = sorted((count, names[place]) for place, count in stocks.items() if count < LOW_STOCK)
    note = _("%(body)s余 %(count)s 本") % {"body": low[0][1], "count": low[0][0]} if low else ""
    return Work(_("空白证书不足的机构"), len(low), _("处"), reverse("office:blanks"), "box-seam", note, key="blanks")


def _cards(actor: Actor, at: datetime) -> Work:
    today = localdate(at)
    rows = personnel.cards_for(actor, "personnel.grant").filter(
        state="granted", until__gte=today, until__lt=today + timedelta(days=EXPIRY_DAYS)
    )
    first = rows.order_by("until").first()
    note = _("最早 %(day)s 到期") % {"day": date_zh(first.until)} if first else ""
    label, url = _("即将到期的考评人员证卡"), reverse("office:personnel") + "?sort=until"
    return Work(label, rows.count(), _("张"), url, "person-badge", note, "neutral", "cards")


def _drafts(actor: Actor, at: datetime) -> Work:
    count = itembank.items_for(actor).filter(state="drafted").count()
    url = reverse("office:items") + "?state=drafted"
    return Work(_("待审的试题"), count, _("道"), url, "question-circle", key="drafts")


def _reviewed(actor: Actor, at: datetime) -> Work:
    count = itembank.items_for(actor).filter(state="reviewed").count()
    url = reverse("office:items") + "?state=reviewed"
    return Work(_("待终审的试题"), count, _("道"), url, "check2-square", key="reviewed")


def _unbound(actor: Actor, at: datetime) -> Work:
    rows = itembank.items_for(actor).filter(point__isnull=True)
    url = reverse("office:items") + "?range=none"
    note = _("归入之前不能入卷")
    return Work(_("未归入鉴定点的试题"), rows.count(), _("道"), url, "signpost-split", note, "neutral", "unbound")


def _blueprints(actor: Actor, at: datetime) -> Work:
    count = itembank.blueprints_for(actor).filter(state="drafted").count()
    return Work(_("待审定的细目表"), count, _("份"), reverse("office:blueprints"), "list-task", key="blueprints")


def _paperless(actor: Actor, at: datetime) -> Work:
    """Announced rounds still to be sat, for whose occupation and level no sealed paper lies ready."""
    ready = set(
        itembank.papers_for(actor).filter(state="sealed").values_list("blueprint__occupation_code", "blueprint__level")
    )
    ahead = sittings.rounds_with_places(sittings.public_rounds()).filter(state="announced")
    days: dict[UUID, date | None] = {each.pk: each.first_day for each in ahead}  # type: ignore[attr-defined]  # annotated
    rows = [
        each
        for each in sorted(ahead, key=lambda round_: days[round_.pk] or date.max)
        if (days[each.pk] or date.min) > localdate(at) and (each.occupation_code, each.level) not in ready
    ]
    note = ""
    if rows:
        words = _("%(round)s，%(day)s 开考") % {"round": rows[0].name, "day": date_zh(days[rows[0].pk])}
        has_table = itembank.has_blueprint(rows[0].occupation_code, rows[0].level)
        note = words if has_table else words + _("；还没有审定的细目表")
    label, url = _("没有备用试卷的批次"), reverse("office:papers")
    return Work(label, len(rows), _("个"), url, "file-earmark-lock", note, key="paperless")


def _imports(actor: Actor, at: datetime) -> Work:
    rows = itembank.batches_for(actor).filter(state="staged")
    good = rows.order_by().aggregate(good=Sum("good_rows"))["good"]
    note = _("共 %(count)s 行可入库") % {"count": good} if good else ""
    url = reverse("office:imports") + "?state=staged"
    return Work(_("待入库的导入批"), rows.count(), _("批"), url, "upload", note, key="imports")


def _licences(actor: Actor, at: datetime) -> Work:
    today = localdate(at)
    rows = stations.licences_ending(actor, today, today + timedelta(days=EXPIRY_DAYS))
    first = rows.first()
    note = _("最早 %(day)s 到期") % {"day": date_zh(first.until)} if first else ""
    label, url = _("即将到期的鉴定所（站）许可"), reverse("office:stations") + "?licence=ending"
    return Work(label, rows.count(), _("份"), url, "building", note, "neutral", "licences")


def _posts(actor: Actor, at: datetime) -> Work:
    today = localdate(at)
    rows = access.posts_ending(actor, today, today + timedelta(days=EXPIRY_DAYS))
    first = rows.order_by("until").first()
    note = _("最早 %(day)s 到期") % {"day": date_zh(first.until)} if first else ""
    label, url = _("任期即将届满的岗位"), reverse("office:posts") + "?state=ending&sort=until"
    return Work(label, rows.count(), _("个"), url, "person-workspace", note, "neutral", "posts")


def _returned(actor: Actor, at: datetime) -> Work:
    rows = registration.registrations_for(actor, "registration.enter").filter(state="returned").order_by()
    first = rows.order_by("round__applications_until").first()
    note = _("最早 %(day)s 截止补正") % {"day": date_zh(first.round.applications_until)} if first else ""
    label, url = _("退回补正的报名"), reverse("station:registrations") + "?state=returned"
    return Work(label, rows.count(), _("份"), url, "arrow-return-left", note, key="returned")


def _unfinished(actor: Actor, at: datetime) -> Work:
    rows = registration.registrations_for(actor, "registration.enter").filter(state="drafted").order_by()
    rows = rows.filter(round__applications_until__gte=at)
    label, url = _("填写中、尚未提交的报名"), reverse("station:registrations") + "?state=drafted&round=open"
    return Work(label, rows.count(), _("份"), url, "pencil-square", kind="neutral", key="unfinished")


def _spoilt(actor: Actor, at: datetime) -> Work:
    count = sum(line.spoilt for line in blanks.stock(actor) if blanks.may_move(actor, line.organisation))
    return Work(
        _("作废待销毁的空白证书"), count, _("本"), reverse("office:blanks"), "trash", kind="neutral", key="spoilt"
    )


def _holidays(actor: Actor, at: datetime) -> Work:
    today, missing = localdate(at), calendar.next_missing_year()
    is_due = missing <= today.year or (missing == today.year + 1 and today.month >= CALENDAR_MONTH)
    note = _("缺 %(year)s 年；没有它，跨年的期限算不出来") % {"year": missing} if is_due else ""
    return Work(
        _("待录入的放假安排"), int(is_due), _("年"), reverse("office:calendar"), "calendar3", note, key="holidays"
    )


def _failures(actor: Actor, at: datetime) -> Work:
    rows = notices.notices_for(actor, state="failed")
    url = reverse("office:notices") + "?state=failed"
    return Work(_("未能送达的通知"), rows.count(), _("条"), url, "envelope-exclamation", kind="stopped", key="failures")


def _unsealed(actor: Actor, at: datetime) -> Work:
    standing = audit.standing(actor=actor)
    newest = standing.newest if standing else None
    note = _("上次封存 %(moment)s") % {"moment": datetime_zh(newest.sealed_at)} if newest else _("还没有封存过")
    waiting, url = standing.waiting if standing else 0, reverse("office:trail-check")
    return Work(_("尚未封存的审计记录"), waiting, _("条"), url, "fingerprint", note, "neutral", "unsealed")


def _findings(actor: Actor, at: datetime) -> Work:
    found, url = audit.findings(actor=actor), reverse("office:trail-check")
    return Work(_("审计核验发现的问题"), len(found), _("处"), url, "shield-exclamation", kind="stopped", key="findings")


KINDS: tuple[tuple[str, Found], ...] = (
    ("registration.decide", _applications),
    ("registration.collect_fee", _fees),
    ("sittings.announce", _announcements),
    ("seating.arrange", _seating),
    ("scoring.mark", _marking),
    ("scoring.finalise", _results),
    ("scoring.recheck", _rechecks),
    ("scoring.decide_objection", _disputes),
    ("scoring.finalise", _rescorings),
    ("certificates.issue", _issues),
    ("registration.enter", _returned),
    ("registration.enter", _unfinished),
    ("blanks.see", _blanks),
    ("blanks.move", _spoilt),
    ("itembank.write", _unbound),
    ("itembank.review", _drafts),
    ("itembank.approve", _reviewed),
    ("itembank.approve", _blueprints),
    ("itembank.assemble", _paperless),
    ("itembank.import", _imports),
    ("personnel.grant", _cards),
    ("stations.license", _licences),
    ("access.appoint", _posts),
    ("calendar.edit", _holidays),
    ("notices.see", _failures),
    ("audit.read", _unsealed),
    ("audit.read", _findings),
)

POWERS = (
    *dict.fromkeys(power for power, _find in KINDS),
    "access.view",
    "certificates.see",
    "itembank.view",
    "organisations.edit",
    "personnel.view",
    "persons.see",
    "registration.see",
    "regulations.edit",
    "scoring.grade",
    "scoring.see",
    "seating.see",
    "sittings.plan",
    "standards.draft",
)
"""Who has a place at the office: every power that opens an entry of its navigation."""
