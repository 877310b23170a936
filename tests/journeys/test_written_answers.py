"""A candidate answers several letters, gaps and a text; two markers who know no name mark it; the part is scored."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kaogong.delivery import services as delivery
from kaogong.scoring import selectors, services
from tests.journeys.steps import just_now, sign_in
from tests.journeys.test_sitting_the_theory import SOON, begin, enter
from tests.support import story
from tests.support.browser import PHONE, Visit
from tests.support.delivery import check_in, open_doors
from tests.support.itembank import make_mixed_paper
from tests.support.scoring import scorer
from tests.support.site import Site

pytestmark = pytest.mark.browser
ANSWER = "先断电，再验电。\n挂接地线，悬挂标示牌。"


def test_from_the_machine_to_the_mark(site: Site) -> None:
    tale = story.begin(theory_at=just_now(minutes=2))
    person = tale.admit("孙敏")
    tale.seat()
    hall = tale.deliver(make_mixed_paper())
    open_doors(hall, at=tale.theory_at)
    check_in(hall, at=tale.theory_at)
    delivery.release_papers(actor=hall.invigilator, at=timezone.now(), part_id=hall.theory.pk)
    code = room_code(hall)

    with site.visit() as machine:
        enter(machine, hall, person, code)
        begin(machine)
        write(machine)
        machine.page.reload()
        expect(machine.page.locator("[data-grid] .is-answered")).to_have_count(3, timeout=SOON)
        turn_to(machine, "简答题")
        expect(machine.page.get_by_label("作答")).to_have_value(ANSWER)
        machine.check()
        machine.context.set_offline(True)
        machine.is_cut_off = True
        machine.page.get_by_label("作答").fill(ANSWER + "完")
        machine.says("网络不通")
        machine.context.set_offline(False)
        expect(machine.page.locator("[data-saved-text]")).to_have_text(re.compile("本机待传 0"), timeout=SOON)
        machine.page.locator("[data-hand-in-open]").click()
        machine.page.locator("[data-hand-in-now]").click()
        machine.says("已交卷", "3 / 97")
    delivery.close_part(actor=hall.invigilator, at=timezone.now(), part_id=hall.theory.pk)

    first, second = (tale.officer("marker", name) for name in ("阅卷韩老师", "阅卷杜老师"))
    with site.visit() as desk:
        mark(desk, first, person.name, "1", "0.5")
    with site.visit(screen=PHONE) as desk:
        mark(desk, second, person.name, "1.2", "0.5")
        desk.says("全部评完")
        desk.check()
    services.mark_part(actor=scorer(), at=timezone.now(), part_id=hall.theory.pk)
    found = selectors.mark_of(hall.attempt().pk)
    assert found is not None
    assert found.value == Decimal("5.60")  # two for the letters, two for the gaps, the mean of 1.5 and 1.7


def room_code(hall: object) -> str:
    from kaogong.delivery.selectors import room_code as code_of
    from tests.support.delivery import Hall

    assert isinstance(hall, Hall)
    return code_of(hall.invigilator, hall.theory.pk, hall.room.pk, at=timezone.now()).code


def turn_to(machine: Visit, type_: str) -> None:
    """Turn the pages until a question of that type is shown; types stand together, so one need not turn far."""
    numbers = {"多项选择题": 77, "填空题": 78, "简答题": 79}
    machine.page.locator("[data-grid] button").nth(numbers[type_] - 1).click()
    expect(machine.page.locator("[data-type]")).to_contain_text(type_)


def write(machine: Visit) -> None:
    """Several letters by the keyboard, two gaps, a text; each is at the server before one hands in."""
    turn_to(machine, "多项选择题")
    for key in ("a", "b", "c", "b"):
        machine.page.keyboard.press(key)
    machine.check()
    turn_to(machine, "填空题")
    machine.page.get_by_label("第 1 空").fill("２２０")
    machine.page.get_by_label("第 2 空").fill("36.0")
    machine.check()
    turn_to(machine, "简答题")
    machine.page.get_by_label("作答").press_sequentially("先断电")
    machine.page.get_by_label("作答").fill(ANSWER)
    expect(machine.page.locator("[data-grid] .is-answered")).to_have_count(3, timeout=SOON)
    expect(machine.page.locator("[data-saved-text]")).to_have_text(re.compile("本机待传 0"), timeout=SOON)


def mark(desk: Visit, login: str, name: str, *marks: str) -> None:
    """One marker opens the answer, gives its marks and is told that nothing waits for her."""
    sign_in(desk, login)
    desk.open("/office/grading/")
    desk.check()
    desk.page.locator("tbody a").first.click()
    desk.check()
    desk.press("评下一份")
    desk.says("先断电，再验电。")
    assert name not in desk.page.content()
    desk.check()
    desk.fill(**{f"mark_{place}": each for place, each in enumerate(marks, 1)})
    desk.press("提交，评下一份")
    desk.says("阅卷进度")
