"""Statistics of items: those on trial held against the rule, those in use watched, the runs, and the bank's health."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from math import exp
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import localdate, now
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop
from django.views.decorators.http import require_http_methods, require_safe

from kaogong.calibration import selectors as calibration
from kaogong.calibration import services as calibrating
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.foundation.regions import selectors as regions
from kaogong.itembank import selectors
from kaogong.itembank.selectors import ItemStatistic, Standing
from kaogong.occupations import selectors as occupations
from kaogong.web.office.listing import export, minute_of, page_of, tell
from kaogong.web.office.views.bank.words import ITEM_KIND, banks_of, split, type_name
from kaogong.web.ui.formats import level_name
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Chart, Figure, Filter, Kind, Series, Tab

POWERS = ("itembank.view", "itembank.calibrate", "itembank.approve")
A_YEAR = timedelta(days=365)
OUTCOME_KIND: Mapping[str, Kind] = {"holds": "done", "look": "waiting", "fails": "stopped"}
FLAGS = {
    "few": noop("作答太少"),
    "constant": noop("人人相同"),
    "hard": noop("偏难"),
    "easy": noop("偏易"),
    "weak": noop("区分度偏低"),
    "poor": noop("区分度过低"),
    "flat": noop("高低组无差别"),
    "key": noop("核查答案"),
    "idle": noop("有选项无人选"),
    "edge": noop("参数不可用"),
}
REASONS = {"drift": noop("难度漂移"), "exposure": noop("曝光偏高"), "key": noop("答案已更正，待重新定标")}
LEFT_OUT = {
    "absent": noop("缺考"),
    "late": noop("迟到"),
    "barred": noop("违纪"),
    "unpublished": noop("成绩未发布"),
    "altered": noop("作答与回执不符"),
    "constructed": noop("人工评分题"),
    "void": noop("异议后作废的题"),
    "ruled_apart": noop("各批次裁定不一的题"),
    "other_language": noop("用其他文字作答，只用于比较"),
}
BY = {"sex": noop("性别"), "region": noop("地区"), "language": noop("试卷文字")}
SEXES = {"1": noop("男"), "2": noop("女")}
CURVE = [step / 2 for step in range(-8, 9)]


class OrderForm(forms.Form):
    """A run to be ordered: bank, purpose, and the days of its sittings."""

    bank = forms.ChoiceField(label=gettext_lazy("题库"))
    purpose = forms.ChoiceField(
        label=gettext_lazy("目的"),
        choices=[
            ("trial", gettext_lazy("试测：以在用试题为标尺，估计试测题的参数")),
            ("live", gettext_lazy("在用监测：重新估计在用试题，比较漂移与曝光")),
        ],
        widget=forms.RadioSelect,
        initial="trial",
    )
    since = forms.DateField(label=gettext_lazy("场次自"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("场次至"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, banks: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["bank"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = banks


@require_safe
@needs(*POWERS)
def index(request: ActorRequest) -> HttpResponse:
    """Three faces: items on trial with the rule's verdict, items in use to be watched, the runs."""
    bank = split(request.GET.get("bank", ""))
    face = request.GET.get("face", "review")
    context: dict[str, object] = {
        "face": face if face in {"watch", "runs"} else "review",
        "filters": [Filter("bank", _("题库"), banks_of(request.actor))],
        "may_order": request.actor.holds("itembank.calibrate"),
    }
    if face == "runs":
        context["page"] = page_of(request, calibration.runs_for(request.actor, bank))
        context["rows"] = [_run_row(each) for each in context["page"]]  # type: ignore[attr-defined]
    elif face == "watch":
        rows = [_watched_row(each) for each in selectors.watched(request.actor, localdate(), bank=bank)]
        context["page"] = page_of(request, rows)
    else:
        standings = selectors.standings(request.actor, states=selectors.ON_TRIAL, bank=bank)
        standings.sort(key=lambda each: (each.item.state != "assessed", each.item.number))
        if kind := request.GET.get("export", ""):
            return export(kind, "statistics", _heads(), (_line(each) for each in standings))
        context["page"] = page_of(request, [_review_row(each) for each in standings])
    context["tabs"] = [
        Tab(_("统计审查"), "?face=review", context["face"] == "review"),
        Tab(_("在用监测"), "?face=watch", context["face"] == "watch"),
        Tab(_("定标记录"), "?face=runs", context["face"] == "runs"),
    ]
    return render(request, "office/bank/statistics.html", context)


def _review_row(each: Standing) -> dict[str, object]:
    verdict = selectors.verdict_of(each, localdate()) if each.statistic else None
    return {
        "item": each.item,
        "bank": f"{occupations.name_of(each.item.occupation_code)} {level_name(each.item.level)}",
        "type": type_name(each.version.type),
        "statistic": each.statistic,
        "kind": ITEM_KIND[each.item.state],
        "word": _(selectors.ITEM.states[each.item.state]),
        "verdict": verdict,
        "failing": [_(line.name) for line in verdict.failing] if verdict else [],
        "doubtful": [_(line.name) for line in verdict.doubtful] if verdict else [],
    }


def _watched_row(each: selectors.Watched) -> dict[str, object]:
    return {
        "item": each.standing.item,
        "bank": f"{occupations.name_of(each.standing.item.occupation_code)} {level_name(each.standing.item.level)}",
        "statistic": each.standing.statistic,
        "reasons": [_(REASONS[reason]) for reason in each.reasons],
    }


def _run_row(run: calibration.Run) -> dict[str, object]:
    left_out = run.report.get("left_out", {})
    return {
        "run": run,
        "bank": f"{occupations.name_of(run.occupation_code)} {level_name(run.level)}",
        "purpose": _(calibration.PURPOSES[run.purpose]),
        "left_out": [(_(LEFT_OUT.get(reason, reason)), count) for reason, count in left_out.items()],
        "founds": run.report.get("founds_scale"),
        "notes": note_words(run),
        "rulings": run.report.get("rulings", []),
    }


@require_safe
@needs(*POWERS)
def detail(request: ActorRequest, item_id: UUID) -> HttpResponse:
    """One item's statistics, the rule's verdict line by line, and what may be decided. Its content stays closed."""
    actor = request.actor
    item = selectors.item(actor, item_id)
    standing = selectors.standing_of(item)
    verdict = selectors.verdict_of(standing, localdate())
    _bounds, clause = selectors.promotion_bounds(item.occupation_code, standing.version.type, localdate())
    may = actor.may("itembank.approve", region=item.region_code, organisation=item.organisation_id)
    found = standing.statistic
    history = list(selectors.statistics_of(standing.version.pk)[:12])
    old = selectors.of_old_key(history)
    context = {
        "item": item,
        "type": type_name(standing.version.type),
        "occupation": occupations.name_of(item.occupation_code),
        "level": level_name(item.level),
        "kind": ITEM_KIND[item.state],
        "word": _(selectors.ITEM.states[item.state]),
        "statistic": found,
        "on_trial": item.state in selectors.ON_TRIAL,
        "lines": [
            (
                _(line.name),
                _(line.found),
                _(line.asked),
                OUTCOME_KIND[line.outcome],
                _(selectors.OUTCOMES[line.outcome]),
            )
            for line in verdict.lines
        ],
        "is_met": verdict.is_met and found is not None,
        "clause": clause,
        "flags": flag_words(found),
        "dif": _fairness(found),
        "curve": _curve(found),
        "history": [(each, each.pk in old) for each in history],
        "is_of_old_key": standing.is_of_old_key,
        "may_assess": may and item.state == "assessed",
        "may_end": may and item.state == "trial" and found is not None,
        "may_limit": may and item.state == "approved",
    }
    return render(request, "office/bank/statistic.html", context)


def flag_words(found: ItemStatistic | None) -> list[str]:
    """The flags of a statistic in the reader's language."""
    return [_(FLAGS.get(flag, flag)) for flag in found.flags] if found else []


def _fairness(found: ItemStatistic | None) -> list[dict[str, object]]:
    """Differences between groups, the widest first, groups by their names."""
    rows = [
        {
            "by": _(BY.get(row["by"], row["by"])),
            "reference": _group(row["by"], row["reference"]),
            "focal": _group(row["by"], row["focal"]),
            "delta": row["delta"],
            "class": row["class"],
            "kind": {"A": "done", "B": "waiting", "C": "stopped"}[row["class"]],
        }
        for row in (found.dif if found else [])
    ]
    return sorted(rows, key=lambda row: -abs(row["delta"]))


def _group(by: str, key: str) -> str:
    if by == "sex":
        return _(SEXES.get(key, key))
    if by == "language":
        return _(selectors.language_name(key))
    return regions.name_of(key.ljust(6, "0")) or key


def _curve(found: ItemStatistic | None) -> Chart | None:
    """The chance to be right along ability; None without parameters."""
    if found is None or found.a is None or found.b is None:
        return None
    a, b, c = found.a, found.b, found.c or 0.0
    return Chart(
        form="line",
        categories=[f"{theta:g}" for theta in CURVE],
        series=[Series(_("答对概率"), [round(c + (1 - c) / (1 + exp(-a * (theta - b))), 3) for theta in CURVE])],
        category_label=_("能力 θ"),
    )


@require_http_methods(["GET", "POST"])
@needs("itembank.calibrate")
def order(request: ActorRequest) -> HttpResponse:
    """Order a run: it is made in the background, and its findings come into the list."""
    today = localdate()
    banks = banks_of(request.actor)
    form = OrderForm(request.POST or None, banks=banks, initial={"since": today - A_YEAR, "until": today})
    if request.method == "POST" and form.is_valid():
        entered = form.cleaned_data
        place = split(entered["bank"])
        assert place is not None  # one of the banks' own choices
        try:
            calibrating.order_run(
                actor=request.actor,
                at=now(),
                occupation_code=place[0],
                level=place[1],
                purpose=entered["purpose"],
                since=entered["since"],
                until=entered["until"],
            )
        except Refusal as refusal:
            tell(form, refusal)
        else:
            messages.success(request, _("定标已安排，在后台进行；完成后列在“定标记录”里。"))
            return redirect("office:statistics")
    return render(request, "office/bank/calibrate.html", {"form": form}, status=422 if form.errors else 200)


@require_safe
@needs(*POWERS)
def health(request: ActorRequest) -> HttpResponse:
    """How the bank of a blueprint stands: coverage, precision at the cut, exposure, age, flags."""
    choices = list(selectors.blueprints_for(request.actor).filter(state="approved"))
    wanted = request.GET.get("blueprint", "")
    found = next((each for each in choices if str(each.pk) == wanted), choices[0] if choices else None)
    context: dict[str, object] = {"choices": choices, "found": found, "as_of": now()}
    if found is not None:
        seen = calibration.health_of(request.actor, found.pk, localdate())
        if kind := request.GET.get("export", ""):
            return export(kind, "bank-health", _heads(), (_line(each) for each in seen.standings))
        context |= {"seen": seen, "figures": _figures(seen), "charts": _charts(seen), "missing": _missing(seen)}
        context["watched"] = [_watched_row(each) for each in seen.watched[:20]]
        context["bank"] = f"{found.occupation_code}:{found.level}"
    return render(request, "office/bank/health.html", context)


def _missing(seen: calibration.Health) -> list[str]:
    """What there is not enough of to draw the rest, in words."""
    told = []
    if seen.last is None:
        told.append(_("还没有定标：没有难度、区分度、曝光率和信息量。"))
    else:
        told += note_words(seen.last)
    if seen.curve is None:
        told.append(
            _("信息量：已定标 %(known)s 道，须有一份试卷的题数 %(length)s 道。")
            % {"known": seen.on_scale, "length": seen.length}
        )
    return told


def note_words(run: calibration.Run) -> list[str]:
    """Why a run could not estimate parameters, and what to do; nothing when it could."""
    told = []
    for note in run.report.get("notes", []):
        name, _space, rest = str(note).partition(" ")
        if name == "few":
            told.append(_("参数：没有一道题达到估计参数的最少人数；请放宽日期范围或等更多场次。"))
        elif name == "founders":
            count, need = rest.split()
            told.append(
                _("标尺：人数足够的试题有 %(count)s 道，须有 %(need)s 道才建立标尺。") % {"count": count, "need": need}
            )
        elif name == "anchors":
            count, need = rest.split()
            told.append(
                _("标尺：与以往共同的已定标试题有 %(count)s 道，须有 %(need)s 道；组卷时请多带已定标的试题。")
                % {"count": count, "need": need}
            )
    return told


def _figures(seen: calibration.Health) -> list[Figure]:
    at, curve = now(), seen.curve
    covered = seen.coverage
    share = f"{1 - covered.empty_points / covered.point_count:.0%}" if covered.point_count else "—"
    return [
        Figure(_("鉴定点覆盖"), share, "", at, _("有在用试题的鉴定点所占比例。")),
        Figure(_("有统计的在用试题"), seen.in_use - seen.without, _("道"), at, _("至少经过一次定标的在用试题。")),
        Figure(
            _("合格线能力 θ"),
            "—" if curve is None or curve.cut is None else f"{curve.cut:.2f}",
            "",
            at,
            _("期望得分为 60% 处的能力，以题库标尺计。"),
        ),
        Figure(
            _("合格线处标准误"),
            "—" if curve is None or curve.sem is None else f"{curve.sem:.2f}",
            "",
            at,
            _("一份平均试卷在合格线处测量能力的标准误；越小越能分清合格与不合格。"),
        ),
        Figure(
            _("须关注"),
            len(seen.watched),
            _("道"),
            at,
            _("漂移或曝光超过限度，或者答案更正后还没有重新定标的在用试题。"),
        ),
    ]


def _charts(seen: calibration.Health) -> list[tuple[str, str, str, Chart]]:
    """What there is to draw, as (key, title, note, chart)."""
    covered = seen.coverage.ranges
    found = [
        (
            "points",
            _("鉴定点覆盖"),
            _("各鉴定范围里有在用试题和没有在用试题的鉴定点。"),
            Chart(
                form="stacked",
                categories=[each.range.name for each in covered],
                series=[
                    Series(_("有在用试题"), [each.points_in_use for each in covered]),
                    Series(_("空白"), [each.point_count - each.points_in_use for each in covered]),
                ],
                unit=_("个"),
                category_label=_("鉴定范围"),
            ),
        )
    ]
    if (curve := seen.curve) is not None:
        note = _("由 %(items)s 道已定标的试题推算，每卷 %(length)s 题。") % {
            "items": curve.items,
            "length": curve.length,
        }
        if curve.cut is not None:
            note += _("合格线在 θ = %(cut)s。") % {"cut": f"{curve.cut:.2f}"}
        chart = Chart(
            form="line",
            categories=[f"{theta:g}" for theta in curve.theta],
            series=[Series(_("信息量"), [round(each, 2) for each in curve.information])],
            category_label=_("能力 θ"),
        )
        found.append(("information", _("一份平均试卷的信息量"), note, chart))
    if seen.exposure:
        found.append(
            (
                "exposure",
                _("曝光率"),
                _("最近一次定标的时段里，遇到该题的考生所占比例。"),
                _bars(seen.exposure, _("曝光率")),
            )
        )
    if seen.ages:
        years = seen.watch.years
        words = [
            (_("%(years)s 年以上") % {"years": years} if age == years else _("%(age)s 年") % {"age": age}, count)
            for age, count in seen.ages
        ]
        found.append(("ages", _("使用年限"), _("自启用起的整年数。"), _bars(words, _("年限"))))
    if seen.flags:
        words = [(_(FLAGS.get(flag, flag)), count) for flag, count in seen.flags.items()]
        found.append(
            ("flags", _("统计标记"), _("最近一次统计中引起注意的原因；一题可有几个。"), _bars(words, _("标记")))
        )
    return found


def _bars(counts: Sequence[tuple[str, int]], label: str) -> Chart:
    return Chart(
        form="bar",
        categories=[word for word, _count in counts],
        series=[Series(_("试题"), [count for _word, count in counts])],
        unit=_("道"),
        category_label=label,
    )


def _heads() -> list[str]:
    return [
        _("题号"),
        _("题型"),
        _("状态"),
        _("作答人数"),
        _("难度"),
        _("区分度"),
        _("高低分组差"),
        "a",
        "b",
        _("b 的标准误"),
        _("曝光率"),
        _("漂移"),
        "DIF",
        _("标记"),
        _("截至"),
    ]


def _line(each: Standing) -> tuple[object, ...]:
    found = each.statistic
    state = _(selectors.ITEM.states[each.item.state])
    head = (each.item.number, type_name(each.version.type), state)
    if found is None:
        return (*head, 0, *("" for _place in range(11)))
    figures = (found.p, found.r, found.upper_lower, found.a, found.b, found.se_b, found.exposure, found.drift)
    worst = max((row["class"] for row in found.dif), default="")
    words = "、".join(flag_words(found))
    return (
        *head,
        found.cases,
        *("" if figure is None else round(figure, 3) for figure in figures),
        worst,
        words,
        minute_of(found.as_of),
    )
