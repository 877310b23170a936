"""A candidate sits the theory paper while the server is killed under her and her browser dies."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from kaogong.delivery import selectors
from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.browser import Visit
from tests.support.delivery import Hall, open_doors
from tests.support.site import Site
from tests.support.story import Someone

pytestmark = pytest.mark.browser

SOON = 20_000
"""Milliseconds within which a page that waits for the server has noticed it again."""
ASK_FOR_THE_PAPER = """async () => {
  const token = document.querySelector("input[name=csrfmiddlewaretoken]").value;
  const answer = await fetch("/room/exam/start.json", {
    method: "POST", body: JSON.stringify({device: "forged"}),
    headers: {"Content-Type": "application/json", "X-CSRFToken": token},
  });
  return [answer.status, JSON.stringify(await answer.json())];
}"""


def test_nothing_that_was_answered_is_lost(site: Site) -> None:
    tale = story.begin(theory_at=just_now(minutes=1))
    candidate = tale.admit("孙敏")
    tale.admit("周强")
    tale.seat()
    hall = tale.deliver()
    open_doors(hall, at=tale.theory_at)

    with site.visit() as desk:
        sign_in(desk, tale.invigilators[0].login)
        code = check_in_at_the_door(desk, hall, candidate)
        with site.visit() as machine:
            practise(machine)
            enter(machine, hall, candidate, code)
            nothing_is_readable_yet(machine)
            release(desk, hall)
            begin(machine)
            answer(machine, 5)
            expect_saved(machine, answered=5)
            machine.check()

            site.kill9()
            machine.is_cut_off = True
            answer(machine, 3)
            machine.says("网络不通", "本机待传 3")
            expect(machine.page.get_by_role("status").filter(has_text="网络不通")).to_have_count(1)
            site.start()
            expect_saved(machine, answered=8)
            machine.is_cut_off = False
            machine.page.reload()
            expect_saved(machine, answered=8)

            machine.is_cut_off = True
            machine.context.set_offline(True)
            answer(machine, 1)
            machine.says("本机待传 1")
            disk = machine.context.storage_state(indexed_db=True)
        with site.visit(storage=disk) as restarted, site.visit() as another:
            restarted.open("/room/exam/paper/")
            expect_saved(restarted, answered=9)
            enter(another, hall, candidate, code)
            begin(another, "继续作答")
            expect_saved(another, answered=9)
            answer(another, 1)
            expect_saved(another, answered=10)
            hand_in(another)
            another.says("已交卷", "10 / 100")
            another.check()
            hand_in(restarted)
            assert receipt_on(restarted) == receipt_on(another)

            attempt = hall.attempt()
            assert receipt_on(another) == (attempt.receipt["number"], attempt.receipt["digest"])
            assert selectors.is_genuine(attempt.receipt)
            assert selectors.still_matches(attempt)
            status, kind, pdf = another.fetch("/room/exam/receipt.pdf")
            assert (status, kind, pdf[:5]) == (200, "application/pdf", b"%PDF-")
        desk.open(f"/room/attempts/{hall.attempt().pk}/")
        desk.says("更换考试机", attempt.receipt["number"])
        desk.check()


def check_in_at_the_door(desk: Visit, hall: Hall, candidate: Someone) -> str:
    """The invigilator compares ticket and document; gives the code on her screen."""
    desk.open(f"/room/parts/{hall.theory.pk}/rooms/{hall.room.pk}/")
    desk.fill(ticket_number=hall.ticket(), document_tail="0000" if candidate.tail != "0000" else "1111")
    desk.press("签到")
    desk.page.locator(".error-summary:focus", has_text="不符").wait_for()
    desk.fill(ticket_number=hall.ticket(), document_tail=candidate.tail)
    desk.press("签到")
    desk.page.locator(".door-said").wait_for()
    desk.check()
    return desk.page.locator(".room-code strong").inner_text().strip()


def practise(machine: Visit) -> None:
    """The practice screen, by keyboard alone."""
    machine.open("/room/exam/")
    machine.check()
    machine.press("先练习怎样操作")
    machine.page.locator(".exam-choice").first.wait_for()
    for key in ("a", "ArrowRight", "2", "ArrowRight", "f"):
        machine.page.keyboard.press(key)
    machine.check()
    machine.press("结束练习")
    machine.page.locator("[data-hand-in-now]").click()
    machine.says("练习结束：答了 2 题")
    machine.page.locator("[data-alert-link]").click()


def enter(machine: Visit, hall: Hall, candidate: Someone, code: str) -> None:
    """Ticket, end of the document's number, code of the room."""
    machine.open("/room/exam/")
    machine.fill(ticket_number=hall.ticket(), document_tail=candidate.tail, room_code=code)
    machine.press("进入", exact=True)
    machine.page.wait_for_url("**/room/exam/waiting/")
    machine.says(candidate.name)


def nothing_is_readable_yet(machine: Visit) -> None:
    """Neither by the page nor by asking for the questions behind its back."""
    expect(machine.page.locator("[data-begin]")).to_be_disabled()
    machine.check()
    machine.open("/room/exam/paper/")
    assert machine.page.url.endswith("/room/exam/waiting/")
    status, told = machine.page.evaluate(ASK_FOR_THE_PAPER)
    assert status == 422
    assert "启封" in told
    assert "stem" not in told


def release(desk: Visit, hall: Hall) -> None:
    """The invigilator unseals the paper."""
    desk.open(f"/room/parts/{hall.theory.pk}/")
    desk.check()
    desk.press("启封试卷，宣布开始")
    desk.says("考试进行中")


def begin(machine: Visit, word: str = "开始作答") -> None:
    """The button wakes by itself; the first question comes."""
    button = machine.page.get_by_role("button", name=word)
    expect(button).to_be_enabled(timeout=SOON)
    button.click()
    machine.page.locator(".exam-choice").first.wait_for()


def answer(machine: Visit, number: int) -> None:
    """Answer so many questions from here on, with the second choice."""
    for _each in range(number):
        machine.page.locator(".exam-choice").nth(1).click()
        machine.page.locator("[data-next]").click()


def expect_saved(machine: Visit, *, answered: int) -> None:
    """So many answers stand in the grid, and none waits on this machine alone."""
    expect(machine.page.locator("[data-grid] .is-answered")).to_have_count(answered, timeout=SOON)
    expect(machine.page.locator("[data-saved-text]")).to_have_text(re.compile("本机待传 0"), timeout=SOON)


def hand_in(machine: Visit) -> None:
    """Hand in, as the sheet asks once more."""
    machine.page.locator("[data-hand-in-open]").click()
    machine.says("交卷只有一次")
    machine.page.locator("[data-hand-in-now]").click()
    machine.page.wait_for_url("**/room/exam/receipt/")


def receipt_on(machine: Visit) -> tuple[str, str]:
    """Number and digest as the page shows them."""
    text = machine.words()
    number = re.search(r"\d+-[0-9A-F]{8}", text.replace(" ", ""))
    assert number is not None
    return number[0], machine.page.locator(".exam-digest").inner_text().strip()
