"""Samples: invented values that fill the gallery, so that every component can be seen in every state.

The names are stock names of textbooks and the numbers are made up; nothing here is read by a real page.
"""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from kaogong.foundation.kernel.clauses import Clause
from kaogong.web.ui.formats import BEIJING
from kaogong.web.ui.shapes import Answer, Case, Chart, Desk, Figure, Filter, Moment, SeatPlace, Series, Step, Tab

NOON = datetime(2026, 11, 24, 9, 0, tzinfo=BEIJING)
SHELVES = {
    "components": "ui/gallery.html",
    "lists": "ui/gallery_lists.html",
    "forms": "ui/gallery_forms.html",
    "case": "ui/gallery_case.html",
    "paper": "ui/gallery_paper.html",
    "verdict": "ui/gallery_verdict.html",
}
WORDS = {"done": "已核发", "waiting": "待审核", "stopped": "已撤销", "active": "考试中", "neutral": "草稿"}
NAMES = ["张三", "李四", "王五", "赵六", "阿依古丽·买买提", "钱七", "孙八", "周九", "吴十", "欧阳一"]
OCCUPATIONS = ["电工", "焊工", "育婴员", "车工", "保育师"]


class ApplicationForm(forms.Form):
    """A form with one of each kind of field."""

    name = forms.CharField(label="姓名", help_text="与身份证一致，少数民族姓名中的圆点也要写。", max_length=50)
    id_number = forms.CharField(label="身份证号码", min_length=18, max_length=18)
    level = forms.ChoiceField(
        label="申报哪一级？",
        choices=[("5", "五级/初级工"), ("4", "四级/中级工"), ("3", "三级/高级工")],
        widget=forms.RadioSelect,
    )
    occupation = forms.ChoiceField(label="职业", choices=[("", "请选择"), *((each, each) for each in OCCUPATIONS)])
    born_on = forms.DateField(label="出生日期", widget=forms.DateInput(attrs={"type": "date"}), required=False)
    years = forms.IntegerField(label="从事本职业年限", min_value=0, required=False)
    photo = forms.FileField(
        label="证件照",
        help_text="白底，近六个月内，JPG，不超过 200 KB。",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg"}),
        required=False,
    )
    remark = forms.CharField(label="补充说明", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    agreed = forms.BooleanField(label="所填内容属实，我知道弄虚作假会取消成绩。")


class Refused(SimpleNamespace):
    """Stands for a kernel refusal."""

    message = gettext_noop("{name}暂不能申报三级/高级工：取得四级证书后的工作年限还差 1 年 2 个月。")
    advice = gettext_noop("可先申报同职业的其他批次，或在 {date} 之后再报；若另有工作证明，请补交后复核。")


def context(request: HttpRequest) -> dict[str, object]:
    """Return everything the gallery's templates show."""
    request.desks = (  # type: ignore[attr-defined]  # as the doors' middleware does
        Desk("公众查询", "/public/"),
        Desk("考生", "/candidate/"),
        Desk("考点", "/station/"),
        Desk("业务台", "/office/", is_current=True),
    )
    wrong = ApplicationForm({"name": "张三", "id_number": "1101", "level": "", "remark": "旧证书在另一省取得。"})
    begun = ApplicationForm(initial={"level": "4", "agreed": True}, prefix="begun")
    return {
        "form": ApplicationForm(),
        "wrong": wrong,
        "begun": begun,
        "refusal": Refused(
            facts={"name": "张三", "date": "2028年1月24日"}, clause=Clause("《职业技能鉴定规定》", "第十五条")
        ),
        "steps": [
            Step("选择考试", "done", url="#"),
            Step("填写资料", "done", url="#"),
            Step("核对条件", "current", note="约 3 分钟"),
            Step("缴费"),
            Step("提交"),
        ],
        "stopped_steps": [
            Step("报名", "done"),
            Step("资格审核", "stopped", note="材料不足"),
            Step("准考证"),
            Step("成绩"),
        ],
        "moments": moments(),
        "answers": [Answer("姓名", "张三", "#"), Answer("申报级别", "三级/高级工", "#"), Answer("补充说明", "", "#")],
        "cases": cases(),
        "tabs": [Tab("材料", "#", is_current=True), Tab("核验", "#verify"), Tab("经过", "#history")],
        "figures": figures(),
        "chart": chart(),
        "lines": lines(),
        "filters": [
            Filter("state", "状态", list(WORDS.items())),
            Filter("occupation", "职业", [(each, each) for each in OCCUPATIONS]),
        ],
        "page": Paginator(rows(), 12).get_page(request.GET.get("page")),
        "seats": seats(),
        "now": NOON,
        "badges": list(WORDS.items()),
        "facts": {
            "姓名": "张三",
            "职业": "电工",
            "级别": "三级/高级工",
            "理论": "86.50 分",
            "技能": "79.00 分",
            "备注": None,
        },
        "does": [
            "核发 312 本电工三级证书，编号即时固定",
            "占用空白证书流水码 20260001841 至 20260002152",
            "通知 312 名持证人和 4 个鉴定所",
        ],
    }


def rows() -> list[dict[str, object]]:
    """Rows of a list of certificates."""
    kinds = list(WORDS.items())
    return [
        {
            "number": f"26110100130{at:05d}",
            "name": NAMES[at % len(NAMES)],
            "occupation": OCCUPATIONS[at % len(OCCUPATIONS)],
            "level": 5 - at % 3,
            "kind": kinds[at % len(kinds)][0],
            "word": kinds[at % len(kinds)][1],
            "fee": 19500 + 500 * (at % 4),
            "at": NOON,
        }
        for at in range(1, 313)
    ]


def cases() -> list[Case]:
    """A short queue with its second case open."""
    return [
        Case(
            name, f"#case-{at}", f"{OCCUPATIONS[at]} 三级 · 11月24日 09:{at}0", "waiting", "待审核", is_current=at == 1
        )
        for at, name in enumerate(NAMES[:5])
    ]


def moments() -> list[Moment]:
    """A certificate's life."""
    return [
        Moment(NOON, "提交报名", "电工 三级，2026 年第四批", "张三", "done"),
        Moment(NOON, "资格审核通过", "工作年限以社会保险记录为准", "东城区鉴定指导中心 李四", "done"),
        Moment(NOON, "理论考试", "第 12 考场 07 座，已交卷", kind="active"),
        Moment(None, "成绩公布", "预计考后 20 个工作日内", kind="waiting"),
    ]


def figures() -> list[Figure]:
    """Key figures of a desk's day."""
    return [
        Figure("待审核报名", "1,284", "人", NOON, url="#", change="比昨天多 96"),
        Figure("今日考试", 7, "场", NOON, url="#"),
        Figure("理论合格率", "71.4", "%", NOON, definition="理论成绩 60 分及以上人数 ÷ 实考人数，不含缺考与违纪。"),
        Figure("空白证书余量", "4,860", "本", NOON, change="约够 23 天"),
    ]


def chart() -> Chart:
    """Numbers assessed and passed by occupation."""
    return Chart(
        "bar",
        OCCUPATIONS,
        [Series("实考", [820, 640, 512, 433, 390]), Series("合格", [590, 471, 402, 298, 301])],
        unit="人",
        category_label="职业",
    )


def lines() -> Chart:
    """A pass rate over months, with a month nobody was assessed."""
    months = [f"{month}月" for month in range(5, 12)]
    return Chart("line", months, [Series("合格率", [68.2, 70.1, 69.4, None, 72.0, 71.1, 71.4])], "%", "月份")


def seats() -> list[tuple[str, list[SeatPlace | None]]]:
    """A room of four rows with an aisle."""
    states = [
        ("active", "答题中"),
        ("active", "答题中"),
        ("done", "已交卷"),
        ("waiting", "未签到"),
        ("stopped", "断线"),
    ]
    room: list[tuple[str, list[SeatPlace | None]]] = []
    for row in range(4):
        places: list[SeatPlace | None] = []
        for column in range(6):
            at = row * 6 + column
            kind, word = states[at % 5] if at < 22 else ("neutral", "空座")
            name = NAMES[at % len(NAMES)] if at < 22 else ""
            places.append(SeatPlace(f"{at + 1:02d}", kind, word, name, "#" if name else ""))  # type: ignore[arg-type]  # kinds from a table
            if column == 2:
                places.append(None)
        room.append((f"{row + 1} 排", places))
    return room
