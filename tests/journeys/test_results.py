"""Examiners sign on tablets, the centre publishes, and a recheck of an addition makes a new result."""

from __future__ import annotations

from typing import Any

import pytest

from kaogong.delivery import selectors as delivery
from kaogong.sittings import services as planning
from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.browser import PHONE, TABLET, Visit
from tests.support.delivery import full_marks, sign
from tests.support.site import Site
from tests.support.sittings import PLANNER
from tests.support.story import Someone, Story

pytestmark = pytest.mark.browser


def test_a_recheck_of_the_skill_part_makes_a_new_result(site: Site) -> None:
    tale = story.begin(theory_at=just_now(hours=6))
    candidate = tale.admit("孙敏")
    tale.admit("周强")
    scorer = tale.officer("scorer", "许工")
    director = tale.officer("centre_director", "高主任")
    tale.seat()
    tale.sit_theory({0: 80, 1: 70})
    draws = tale.begin_skill()
    others_sign(tale, draws)

    with site.visit(screen=TABLET) as tablet:
        sign_in(tablet, tale.examiners[0].login)
        for drawn in draws:
            sign_sheet(tablet, tale, drawn.pk)
        close(tablet, tale)
    with site.visit() as centre:
        sign_in(centre, scorer)
        publish(centre, tale)
    with site.visit(screen=PHONE) as phone:
        read_result(phone, candidate)
        ask_for_recheck(phone)
        with site.visit() as office:
            sign_in(office, director)
            correct(office, candidate)
        read_both_results(phone)


def others_sign(tale: Story, draws: list[Any]) -> None:
    """All sheets but the first examiner's for the first candidate: two of her three examiners give too little."""
    hall = tale.hall
    assert hall is not None
    for drawn in draws:
        for examiner in (1, 2):
            sign(hall, examiner, drawn, 0, marks=full_marks(drawn, share="0.4"), at=hall.skill.ends_at)
        for examiner in (0, 1, 2):
            sign(hall, examiner, drawn, 1, marks=full_marks(drawn, share="0.9"), at=hall.skill.ends_at)


def sign_sheet(tablet: Visit, tale: Story, draw_id: object) -> None:
    """One module: full marks by large buttons, half a point off, the sum beside them, the signature asked for again."""
    hall = tale.hall
    assert hall is not None
    tablet.open(f"/room/attempts/{hall.attempt(0, 'skill').pk}/sheets/{draw_id}/")
    for button in tablet.page.locator("[data-full]").all():
        button.tap()
    tablet.page.locator("[data-step='-']").first.tap()
    tablet.check()
    tablet.press("签字…")
    tablet.says("签字后评分固定")
    tablet.page.locator("dialog#sign").get_by_role("button", name="签字", exact=True).tap()
    tablet.says("已签字")


def close(tablet: Visit, tale: Story) -> None:
    """The leader closes the part; the sitting is then held."""
    hall = tale.hall
    assert hall is not None
    assert delivery.missing_sheets(hall.skill.pk) == []
    tablet.open(f"/room/parts/{hall.skill.pk}/marking/")
    tablet.says("已全部签字")
    tablet.check()
    tablet.open(f"/room/parts/{hall.skill.pk}/close/")
    tablet.check()
    tablet.press("结束考试", exact=True)
    tablet.says("考试已结束")
    planning.hold(actor=PLANNER, at=hall.skill.ends_at, sitting_id=hall.sitting.pk)


def publish(centre: Visit, tale: Story) -> None:
    """Mark both parts, draft, look, publish."""
    centre.open("/office/scoring/")
    centre.check()
    centre.open(f"/office/scoring/{tale.sitting.pk}/")
    centre.press("评分", exact=True)
    centre.says("已评分")
    centre.press("评分", exact=True)
    centre.page.get_by_role("button", name="评分", exact=True).first.wait_for(state="detached")
    centre.press("核算成绩")
    centre.says("发布 2 名考生的成绩，其中合格 1 人")
    centre.check()
    centre.press("发布…")
    centre.says("不能修改")
    centre.check()
    centre.press("发布成绩", exact=True)
    centre.page.wait_for_url(f"**/office/scoring/{tale.sitting.pk}/")


def read_result(phone: Visit, candidate: Someone) -> None:
    """Each part beside its own line: the skill part just below it, and not rounded up to it."""
    sign_in(phone, candidate.login)
    phone.open("/my/results/")
    phone.check()
    phone.press("查看", exact=True)
    phone.says("不合格", "合格线 60", "未达合格线", "80.00")
    phone.check()


def ask_for_recheck(phone: Visit) -> None:
    """Of the skill part; a theory marked by machine cannot be doubted."""
    phone.says("计算机按标准答案评分")
    phone.press("申请复核", exact=True)
    phone.check()
    phone.fill(reason="第一模块的合计可能有误")
    phone.press("提交申请")
    phone.says("复核申请已提交")
    phone.check()


def correct(office: Visit, candidate: Someone) -> None:
    """Somebody who did not mark finds an addition that was wrong, and corrects one sheet's sum."""
    office.open("/office/rechecks/")
    office.says(candidate.name, "第一模块的合计可能有误", "考评乙")
    office.check()
    office.page.get_by_text("按评分表更正").click()
    office.page.get_by_label("考评乙").first.fill("95")
    office.page.locator("[name=correct-finding]").fill("第一模块合计漏加一行")
    office.press("更正成绩")
    office.says("第一模块合计漏加一行")
    office.check()


def read_both_results(phone: Visit) -> None:
    """The new result stands; the old one can still be read and says that it was corrected."""
    phone.open("/my/results/")
    phone.press("查看", exact=True)
    phone.says("各科目都达到合格线", "更正前的成绩")
    phone.check()
    phone.press("第 1 版")
    phone.says("这份成绩已被更正", "未达合格线")
    phone.check()
