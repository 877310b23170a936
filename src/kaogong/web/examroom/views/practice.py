"""The practice questions: a few harmless ones to learn the page with; nothing of any bank, nothing is saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _


def questions() -> list[dict[str, Any]]:
    """Ten questions in the shape of a paper's: every way to answer that there is, and a formula."""
    singles = [
        (
            _("选择题在选项上点一下即可作答。下列做法中，可以选中选项的是（　）。"),
            [_("点选项所在的整行"), _("按键盘 A、B、C、D"), _("按数字键 1、2、3、4"), _("以上都可以")],
        ),
        (_("想改答案时，应当（　）。"), [_("直接点另一个选项"), _("刷新页面"), _("重新登录"), _("找监考员修改")]),
        (
            _("页面上方显示“已保存”，表示（　）。"),
            [_("服务器已经收到并保存"), _("只存在本机"), _("已经交卷"), _("考试结束")],
        ),
        (
            _("遇到拿不准的题目，可以先（　），做完其他题再回来。"),
            [_("点“标记”"), _("关掉浏览器"), _("交卷"), _("离开考场")],
        ),
    ]
    truths = [
        _("换机或重启浏览器后，已经保存的作答会自动恢复。"),
        _("交卷之前，可以从题号表跳到任意一题检查。"),
    ]
    found: list[dict[str, Any]] = [
        _question(number, "single", stem, options) for number, (stem, options) in enumerate(singles, start=1)
    ]
    for stem in truths:
        number = len(found) + 1
        found.append(_question(number, "truefalse", stem))
    several = [_("做完所有题目再检查"), _("看清题型和题干"), _("与邻座商量"), _("留意剩余时间")]
    found.append(_question(7, "multiple", _("多项选择题可以选几项，再点一次取消。考试时应当（　）。"), several))
    found.append(_question(8, "fillin", _("填空题按空填写：一小时是____分钟，一分钟是____秒。"), gaps=2))
    found.append(_question(9, "short", _("简答题直接书写，边写边存。请写一写，考试中机器出了故障应当怎么办。")))
    doubled = _(r"公式排成这样：$P=\frac{U^2}{R}$。电压不变、电阻加倍时，功率是原来的（　）。")
    found.append(_question(10, "single", doubled, [r"$\frac{1}{2}$", "$2$", r"$\frac{1}{4}$", "$4$"]))
    return found


def _question(number: int, kind: str, stem: str, options: Sequence[str] = (), *, gaps: int = 0) -> dict[str, Any]:
    return {
        "number": number,
        "position": number,
        "type": kind,
        "stem": stem,
        "options": list(options),
        "gaps": gaps,
    }
