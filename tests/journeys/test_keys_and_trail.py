"""An officer who uses only the keyboard; an auditor who asks what was refused, and why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from kaogong.foundation.access.models import Account
from kaogong.sittings import services as planning
from kaogong.sittings.services import MoveTooLate
from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.access import PASSWORD, acting
from tests.support.browser import Visit
from tests.support.registration import make_submitted
from tests.support.site import Site
from tests.support.story import signed_up

pytestmark = pytest.mark.browser


def test_an_auditor_reads_what_was_refused_and_by_which_clause(site: Site) -> None:
    tale = story.begin(theory_at=just_now(days=-2))
    auditor = tale.officer("auditor", "严工")
    registrar = tale.officer("registrar", "林科长")
    with pytest.raises(MoveTooLate) as refused:
        planning.move(
            actor=acting(Account.objects.get(username=registrar), timezone.now()),
            at=timezone.now(),
            sitting_id=tale.sitting.pk,
            to=tale.sitting.held_on + timedelta(days=7),
            reason="考场另有安排",
        )

    with site.visit() as desk:
        sign_in(desk, auditor)
        desk.open("/office/trail/")
        desk.check()
        desk.page.locator("select[name=refused]").select_option("1")
        desk.page.wait_for_url("**refused=1**")
        row = desk.page.locator("tbody tr", has_text="林科长").first
        expect(row).to_contain_text("被拒绝")
        clause = row.locator("a[href^='/rules/']")
        expect(clause).to_have_attribute("href", f"/rules/{refused.value.clause}/")
        desk.check()
        row.locator("th a").click()
        desk.says("为什么被拒绝", "签名有效")
        desk.check()
        desk.page.locator("main a[href^='/rules/']").first.click()
        desk.page.wait_for_url(f"**/rules/{refused.value.clause}/")
        desk.check()


def test_a_case_is_opened_with_the_keyboard_alone(site: Site) -> None:
    tale = story.begin(theory_at=just_now(days=-20))
    registrar = tale.officer("registrar", "林科长")
    names = ("孙敏", "周强", "吴兰")
    for name in names:
        someone = signed_up(name, at=tale.before(50))
        make_submitted(tale.sitting, person=someone.person, at=tale.before(30))

    with site.visit() as desk:
        sign_in_by_keys(desk, registrar)
        desk.open("/office/reviews/")
        skip_to_the_content(desk)
        opened = desk.page.locator("h1").inner_text()
        for key in ("j", "j", "k", "Enter"):
            desk.page.keyboard.press(key)
        desk.page.locator(".queue-item[aria-current]", has_text=names[1]).wait_for()
        assert (opened, desk.page.locator("h1").inner_text()) == names[:2]
        desk.check()
        desk.page.keyboard.press("?")
        expect(desk.page.locator("#keyboard-help")).to_be_visible()
        desk.check()
        desk.page.keyboard.press("Escape")
        expect(desk.page.locator("#keyboard-help")).to_be_hidden()


def sign_in_by_keys(desk: Visit, login: str) -> None:
    """Tab to the fields, type, Enter."""
    desk.open("/account/login/")
    keys = desk.page.keyboard
    tab_to(desk, "[name=login]")
    keys.type(login)
    tab_to(desk, "[name=password]")
    keys.type(PASSWORD)
    keys.press("Enter")
    desk.page.wait_for_url(lambda url: "/account/login/" not in url)


def tab_to(desk: Visit, selector: str) -> None:
    """Press Tab until the element has the focus, as often as a patient person would."""
    for _each in range(30):
        if desk.page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        desk.page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def skip_to_the_content(desk: Visit) -> None:
    """The first Tab offers the way past the furniture."""
    desk.page.keyboard.press("Tab")
    expect(desk.page.locator(".skip-link")).to_be_focused()
    desk.page.keyboard.press("Enter")
    expect(desk.page.locator("#main")).to_be_focused()
