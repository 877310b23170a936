"""What an officer answers for, in a few figures: each under the power that sees it, each leading to its list."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from kaogong.blanks import selectors as blanks
from kaogong.certificates import selectors as certificates
from kaogong.foundation.access import selectors as access
from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.actors import Actor
from kaogong.itembank import selectors as itembank
from kaogong.personnel import selectors as personnel
from kaogong.web.ui.shapes import Figure

MOST = 4
"""How many figures a home shows; a choice of the page, no rule."""


def glance_of(actor: Actor, at: datetime) -> list[Figure]:
    """The first figures that the actor's powers open, in the table's order."""
    return [find(actor, at) for power, find in FIGURES if actor.holds(power)][:MOST]


def _stock(actor: Actor, at: datetime) -> Figure:
    left = sum(line.stock for line in blanks.stock(actor))
    return Figure(_("空白证书库存"), left, _("本"), at, url=reverse("office:blanks"))


def _issued(actor: Actor, at: datetime) -> Figure:
    first = date(localdate(at).year, 1, 1)
    count = certificates.certificates_for(actor, since=first).count()
    return Figure(_("今年核发的证书"), count, _("本"), at, url=f"{reverse('office:certificates')}?since={first}")


def _items(actor: Actor, at: datetime) -> Figure:
    count = itembank.items_for(actor).filter(state="approved").count()
    return Figure(_("在用试题"), count, _("道"), at, url=reverse("office:items") + "?state=approved")


def _papers(actor: Actor, at: datetime) -> Figure:
    count = itembank.papers_for(actor).filter(state="sealed").count()
    return Figure(
        _("备用试卷"), count, _("份"), at, _("已封存、还没有启用的。"), reverse("office:papers") + "?state=sealed"
    )


def _cards(actor: Actor, at: datetime) -> Figure:
    rows = personnel.cards_for(actor, "personnel.grant").filter(state="granted", until__gte=localdate(at))
    return Figure(_("有效的考评人员证卡"), rows.count(), _("张"), at, url=reverse("office:personnel"))


def _posts(actor: Actor, at: datetime) -> Figure:
    today = localdate(at)
    rows = access.posts_for(actor).filter(Q(until__isnull=True) | Q(until__gte=today), since__lte=today)
    return Figure(_("在任岗位"), rows.count(), _("个"), at, url=reverse("office:posts") + "?state=now")


def _lines(actor: Actor, at: datetime) -> Figure:
    return _today(_("今天的审计记录"), audit.entries(actor=actor, since=_midnight(at)).count(), at)


def _refused(actor: Actor, at: datetime) -> Figure:
    count = audit.entries(actor=actor, since=_midnight(at), is_refused=True).count()
    return _today(_("今天被拒绝的办理"), count, at, "refused=1&")


def _today(label: str, count: int, at: datetime, query: str = "") -> Figure:
    return Figure(label, count, _("条"), at, url=f"{reverse('office:trail')}?{query}since={localdate(at)}")


def _midnight(at: datetime) -> datetime:
    return localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


FIGURES: tuple[tuple[str, Callable[[Actor, datetime], Figure]], ...] = (
    ("audit.read", _lines),
    ("audit.read", _refused),
    ("blanks.see", _stock),
    ("certificates.see", _issued),
    ("itembank.view", _items),
    ("itembank.view", _papers),
    ("personnel.grant", _cards),
    ("access.view", _posts),
)
"""Power and figure, what must be answered for first."""
