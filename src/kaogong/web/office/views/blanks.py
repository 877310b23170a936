"""Blanks in the office: the stock by body and series, the ledger, and where one serial is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from kaogong.blanks import selectors
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.web.office.listing import export, minute_of, page_of
from kaogong.web.office.papers import print_out
from kaogong.web.ui.formats import date_zh, datetime_zh
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Figure, Filter, Moment, Series, Tab

if TYPE_CHECKING:
    from kaogong.blanks.models import Movement

USAGE_DAYS = 90
"""Over how many days the stock page counts what was printed on; a choice of the page, no rule."""
CHART_BODIES = 12
"""How many bodies the chart of the stock shows; a choice of the page, no rule."""
SEEING = ("blanks.see", "blanks.receive", "blanks.move")


class SerialForm(forms.Form):
    """One serial as it is printed."""

    series = forms.ChoiceField(label=gettext_lazy("印制批"))
    serial = forms.CharField(
        label=gettext_lazy("流水码"), max_length=24, help_text=gettext_lazy("可带字头，例如 A0000012。")
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]  # passed on
        field = self.fields["series"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(each.pk), f"{each.name}（{each.key}）") for each in selectors.series()]

    def clean_serial(self) -> int:
        """The digits of the serial; the prefix may stay away."""
        digits = "".join(character for character in self.cleaned_data["serial"] if character.isdecimal())
        if not digits or len(digits) > 15:
            raise forms.ValidationError(_("请填写流水码的数字部分。"))
        return int(digits)


def tabs(current: str) -> list[Tab]:
    """The three faces of the blanks' pages."""
    rows = [
        ("stock", _("库存"), "/office/blanks/"),
        ("ledger", _("台账"), "/office/blanks/ledger/"),
        ("serial", _("查一个流水码"), "/office/blanks/serial/"),
    ]
    return [Tab(label, url, is_current=key == current) for key, label, url in rows]


@require_safe
@needs(*SEEING)
def stock(request: ActorRequest) -> HttpResponse:
    """Each body's blanks of each series: in stock, used, spoilt, destroyed; and which ranges are left."""
    lines = selectors.stock(
        request.actor, series_id=_id(request.GET.get("series", "")), text=request.GET.get("q", "").strip()
    )
    heads = [_("机构"), _("印制批"), _("库存"), _("已用"), _("作废"), _("已销毁"), _("库存区间")]
    if wanted := request.GET.get("export", ""):
        return export(wanted, "blanks", heads, (_line(line) for line in lines))
    if request.GET.get("print", ""):
        return print_out(
            request, _("空白证书库存表"), heads, (_line(line) for line in lines), facts=_conditions(request)
        )
    at = now()
    totals = [
        Figure(_("库存"), sum(line.stock for line in lines), _("本"), as_of=at, definition=_("可以用来打印的。")),
        Figure(_("已用"), sum(line.used for line in lines), _("本"), as_of=at, definition=_("已经打印成证书的。")),
        Figure(_("作废待销毁"), sum(line.spoilt for line in lines), _("本"), as_of=at),
        Figure(_("已销毁"), sum(line.destroyed for line in lines), _("本"), as_of=at),
    ]
    page = page_of(request, lines)
    context = {
        "page": page,
        "rows": _with_usage(request.actor, page, localdate(at)),
        "figures": totals,
        "chart": _chart(lines),
        "at": at,
        "tabs": tabs("stock"),
        "filters": [_series_filter()],
        "may_receive": request.actor.holds("blanks.receive"),
        "may_move": request.actor.holds("blanks.move"),
        "usage_days": USAGE_DAYS,
        "uncounted": selectors.uncounted_among(lines),
    }
    return render(request, "office/blanks/stock.html", context)


def _line(line: selectors.StockLine) -> list[object]:
    counts = (line.stock, line.used, line.spoilt, line.destroyed)
    return [line.organisation.name, line.series.name, *counts, "；".join(line.ranges)]


def _chart(lines: list[selectors.StockLine]) -> Chart | None:
    """What the bodies with the most blanks answer for, place by place; None where there is nothing to draw."""
    bodies: dict[str, list[int]] = {}
    for line in lines:
        counts = bodies.setdefault(line.organisation.name, [0, 0, 0, 0])
        for place, number in enumerate((line.stock, line.used, line.spoilt, line.destroyed)):
            counts[place] += number
    most = sorted(bodies, key=lambda name: -sum(bodies[name]))[:CHART_BODIES]
    if not most:
        return None
    names = (_("库存"), _("已用"), _("作废"), _("已销毁"))
    series = [Series(name, [bodies[each][place] for each in most]) for place, name in enumerate(names)]
    return Chart("across", most, [each for each in series if any(each.values)], _("本"), _("机构"))


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the stock, how many were printed on in the last days, and for how many days the rest will do."""

    line: selectors.StockLine
    printed: int

    @property
    def lasts(self) -> int:
        """For how many days the stock will do at the last days' rate; 0 when nothing was printed."""
        return self.line.stock * USAGE_DAYS // self.printed if self.printed else 0


def _with_usage(actor: Actor, lines: Iterable[selectors.StockLine], today: date) -> list[Row]:
    printed: Counter[tuple[UUID, UUID]] = Counter()
    for row in selectors.ledger(actor, kind="use", since=today - timedelta(days=USAGE_DAYS)):
        printed[row.target_id, row.series_id] += selectors.size_of(row)
    return [Row(line, printed[line.organisation.pk, line.series.pk]) for line in lines]


@require_safe
@needs(*SEEING)
def ledger(request: ActorRequest) -> HttpResponse:
    """The double entries, the latest first; on paper the oldest first, as a book is written."""
    rows = selectors.ledger(
        request.actor,
        series_id=_id(request.GET.get("series", "")),
        kind=request.GET.get("kind", ""),
        text=request.GET.get("q", "").strip(),
        since=_day(request.GET.get("since", "")),
        until=_day(request.GET.get("until", "")),
    )
    heads = [_("时间"), _("类型"), _("流水码"), _("本数"), _("转出"), _("转入"), _("凭据"), _("原因"), _("经办人")]
    if wanted := request.GET.get("export", ""):
        return export(wanted, "blanks-ledger", heads, (_cells(row) for row in rows))
    if request.GET.get("print", ""):
        entries = ([datetime_zh(row.moved_at), *_cells(row)[1:]] for row in rows.reverse())
        return print_out(request, _("空白证书台账"), heads, entries, facts=_conditions(request))
    page = page_of(request, rows)
    for row in page:
        row.words = selectors.words_of(row)  # type: ignore[attr-defined]  # for the page
        row.size = selectors.size_of(row)  # type: ignore[attr-defined]  # for the page
    context = {
        "page": page,
        "tabs": tabs("ledger"),
        "filters": [
            _series_filter(),
            Filter("kind", _("类型"), selectors.kinds()),
            Filter("since", _("自")),
            Filter("until", _("至")),
        ],
    }
    return render(request, "office/blanks/ledger.html", context)


def _cells(row: Movement) -> list[object]:
    source = f"{row.source or _('印制单位')} {row.get_source_place_display() if row.source else ''}".strip()
    return [
        minute_of(row.moved_at),
        row.get_kind_display(),
        selectors.words_of(row),
        selectors.size_of(row),
        source,
        f"{row.target} {row.get_target_place_display()}",
        row.reference,
        row.reason,
        row.moved_by,
    ]


def _conditions(request: ActorRequest) -> list[tuple[str, object]]:
    """What the list was narrowed by, for its paper."""
    asked = request.GET
    series = {str(each.pk): each.name for each in selectors.series()}
    found = [
        (_("印制批"), series.get(asked.get("series", ""))),
        (_("类型"), dict(selectors.kinds()).get(asked.get("kind", ""))),
        (_("自"), date_zh(since) if (since := _day(asked.get("since", ""))) else ""),
        (_("至"), date_zh(until) if (until := _day(asked.get("until", ""))) else ""),
        (_("查找"), asked.get("q", "").strip()),
    ]
    return [(label, value) for label, value in found if value]


@require_safe
@needs(*SEEING)
def serial(request: ActorRequest) -> HttpResponse:
    """Where one serial is, and the entries that brought it there."""
    form = SerialForm(request.GET if "serial" in request.GET else None)
    found: selectors.Whereabouts | None = None
    is_missing = False
    if form.is_bound and form.is_valid():
        try:
            found = selectors.where_is(
                UUID(form.cleaned_data["series"]), form.cleaned_data["serial"], actor=request.actor
            )
        except NotFound:
            is_missing = True
    moments = [
        Moment(
            entry.moved_at,
            f"{entry.get_kind_display()}：{entry.source or _('印制单位')} → {entry.target}",
            "；".join(text for text in (selectors.words_of(entry), entry.reference, entry.reason) if text),
            entry.moved_by,
        )
        for entry in (found.entries if found else ())
    ]
    context = {"form": form, "found": found, "is_missing": is_missing, "moments": moments, "tabs": tabs("serial")}
    return render(request, "office/blanks/serial.html", context)


def _series_filter() -> Filter:
    return Filter("series", _("印制批"), [(str(each.pk), each.name) for each in selectors.series()])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
