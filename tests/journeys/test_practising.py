"""The exam's page by keyboard alone, and by ear: what a screen reader is told, and what it is spared."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import Visit
from tests.support.site import Site

pytestmark = pytest.mark.browser


def test_by_keyboard_and_by_ear(site: Site) -> None:
    with site.visit() as machine:
        machine.page.clock.install()
        machine.open("/room/exam/practice/")
        machine.page.locator(".exam-choice").first.wait_for()
        answers_by_letter_and_number(machine.page)
        answers_of_every_kind(machine.page)
        silence_while_all_is_well(machine.page)
        machine.page.clock.fast_forward("05:00")
        expect(machine.page.locator("[data-spoken]")).to_have_text("还剩 5 分钟")
        hands_in_by_keyboard(machine)


def answers_by_letter_and_number(page: Page) -> None:
    """Letters and digits answer, arrows turn the page and take the focus along, F marks, Backspace takes back."""
    for key in ("a", "ArrowRight", "2", "ArrowRight", "f", "c", "Backspace"):
        page.keyboard.press(key)
    expect(page.locator("[data-progress]")).to_contain_text("2 / 10")
    expect(page.locator("[data-stem]")).to_be_focused()
    expect(page.get_by_role("button", name="3 未答 已标记")).to_have_attribute("aria-current", "step")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    expect(page.locator("[data-progress]")).to_contain_text("3 / 10")


def answers_of_every_kind(page: Page) -> None:
    """Several letters, each put in and taken out by its key; gaps and a text, kept while one writes."""
    page.get_by_role("button", name="7 未答").click()
    for key in ("a", "b", "4", "a"):
        page.keyboard.press(key)
    expect(page.get_by_role("checkbox", checked=True)).to_have_count(2)
    expect(page.locator("[data-progress]")).to_contain_text("4 / 10")
    page.keyboard.press("ArrowRight")
    page.get_by_label("第 1 空").fill("60")
    page.get_by_label("第 2 空").press_sequentially("6f")
    page.clock.fast_forward("00:02")
    expect(page.get_by_role("button", name="8 已答")).to_have_attribute("aria-current", "step")
    page.locator("[data-next]").click()
    page.get_by_label("作答").fill("举手，等监考员来。\n不关机。")
    expect(page.locator("[data-length]")).to_have_text("14 / 2000 字")
    page.locator("[data-previous]").click()
    expect(page.get_by_label("第 2 空")).to_have_value("6f")
    expect(page.locator("[data-progress]")).to_contain_text("6 / 10")
    page.get_by_role("button", name="4 未答").click()


def silence_while_all_is_well(page: Page) -> None:
    """Neither the running clock nor each saving is read aloud."""
    expect(page.get_by_role("timer")).to_contain_text("剩余时间")
    assert page.locator("[data-spoken]").inner_text() == ""
    assert page.locator("[data-saved][aria-live], [data-left][aria-live]").count() == 0


def hands_in_by_keyboard(machine: Visit) -> None:
    """Tab leads to the button; the sheet holds the focus, on the choice that undoes nothing; Escape leads back."""
    page = machine.page
    open_button = page.locator("[data-hand-in-open]")
    for _each in range(30):
        page.keyboard.press("Tab")
        if open_button.evaluate("each => each === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("[data-hand-in-close]")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator("[data-hand-in-sheet]")).not_to_be_visible()
    expect(open_button).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    machine.says("练习结束：答了 6 题")
