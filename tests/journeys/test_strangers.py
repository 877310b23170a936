"""Those who have no business here find nothing, and those who guess are stopped."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest

from kaogong.foundation.kernel.ids import uuid7
from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.access import PASSWORD
from tests.support.browser import PHONE, Visit
from tests.support.signing_in import totp_code
from tests.support.site import Site
from tests.support.story import Story

pytestmark = pytest.mark.browser

LISTS = ("registrations", "people", "rounds", "stations", "seating", "scoring", "certificates")


def test_another_province_finds_nothing(site: Site) -> None:
    tale = story.begin(theory_at=just_now(days=-20))
    candidate = tale.admit("孙敏")
    jinan = story.outsiders_body()
    own, outsider = (
        tale.officer("registrar", name, body=body) for name, body in (("林科长", tale.centre), ("赵科长", jinan))
    )
    one = tale.registration_of(candidate).pk
    records = (
        f"/office/registrations/{one}/",
        f"/office/registrations/{one}/photo.jpg",
        f"/office/people/{candidate.person.pk}/",
        f"/office/rounds/{tale.round.pk}/",
        f"/office/seating/{tale.sitting.pk}/",
        f"/office/scoring/{tale.sitting.pk}/",
    )

    with site.visit() as at_home, site.visit() as abroad:
        sign_in(at_home, own)
        assert [at_home.status_of(path) for path in records] == [200, 404, 200, 200, 200, 200]
        at_home.open("/office/registrations/")
        at_home.says(candidate.name)
        sign_in(abroad, outsider)
        assert [abroad.status_of(path) for path in records] == [404] * len(records)
        for name in LISTS:
            abroad.open(f"/office/{name}/")
            text = abroad.words()
            assert not re.search(f"{candidate.name}|{tale.station}|{tale.round.number}", text), name
            abroad.check()
        abroad.open(records[0])
        abroad.says("没有找到这一页")
        abroad.check()
        missing = abroad.words()
        abroad.open(f"/office/registrations/{uuid7()}/")
        assert abroad.words() == missing
    the_public_is_sent_to_sign_in(site, records)


def the_public_is_sent_to_sign_in(site: Site, records: tuple[str, ...]) -> None:
    """And comes back to where it wanted to go."""
    with site.visit(screen=PHONE) as visitor:
        assert {visitor.status_of(path) for path in (*records, "/my/", "/office/", "/station/", "/room/")} == {302}
        visitor.open(records[0])
        visitor.page.wait_for_url(f"**/account/login/?next={records[0]}")
        visitor.check()


def test_five_wrong_passwords_lock_the_door(site: Site) -> None:
    tale = story.begin(theory_at=just_now(days=-20))
    login = tale.officer("registrar", "林科长")

    with site.visit(screen=PHONE) as guesser:
        for number in range(5):
            guess(guesser, login, f"Wrong-Guess-{number}")
        guesser.says("429", "尝试得太频繁了", "不要继续猜")
        guesser.check()
        guess(guesser, login, PASSWORD)
        guesser.says("429", "分钟后再试")
        guesser.check()
        guesser.open("/office/")
        assert "/account/login/" in guesser.page.url


def guess(guesser: Visit, login: str, password: str) -> None:
    """Send the form, and wait for what comes back."""
    guesser.open("/account/login/")
    guesser.fill(login=login, password=password)
    with guesser.page.expect_response(lambda answer: answer.request.method == "POST"):
        guesser.press("登录", exact=True)
    guesser.page.wait_for_load_state()


def test_an_officer_acts_only_with_a_second_factor(
    serve: Callable[..., AbstractContextManager[Site]],
) -> None:
    with serve(second_factor=True) as site:
        tale = story.begin(theory_at=just_now(days=-20))
        login = tale.officer("registrar", "林科长")
        with site.visit() as first:
            code = set_up(first, login)
        with site.visit() as second:
            come_again(second, login, code, tale)


def set_up(desk: Visit, login: str) -> str:
    """The office asks for it; the authenticator's code is taken; gives one of the spare codes."""
    sign_in(desk, login)
    desk.open("/office/registrations/")
    desk.page.wait_for_url("**/account/second-factor/")
    desk.check()
    desk.press("现在设置")
    desk.says("确认是您本人")
    desk.check()
    desk.fill(password=PASSWORD)
    desk.press("继续", exact=True)
    desk.says("打开手机上的验证器应用")
    desk.check()
    secret = re.sub(r"\s", "", desk.page.locator("code.grouped").first.inner_text())
    desk.fill(code="000000" if totp_code(secret) != "000000" else "111111")
    desk.press("开启", exact=True)
    desk.page.locator("[name=code][aria-invalid=true]").wait_for()
    desk.fill(code=totp_code(secret))
    desk.press("开启", exact=True)
    desk.page.locator(".account-codes").wait_for()
    desk.check()
    spare = re.sub(r"\s", "", desk.page.locator(".account-codes code").first.inner_text())
    desk.open("/office/registrations/")
    desk.says("报名名单")
    return spare


def come_again(desk: Visit, login: str, spare: str, tale: Story) -> None:
    """The password alone does not open the office; a spare code does, in place of the lost telephone."""
    sign_in(desk, login)
    desk.page.wait_for_url("**/account/2fa/authenticate/**")
    desk.check()
    assert desk.status_of("/office/registrations/") == 302
    desk.fill(code=spare)
    desk.press("登录", exact=True)
    desk.page.wait_for_url(lambda url: "authenticate" not in url)
    desk.open(f"/office/rounds/{tale.round.pk}/")
    desk.says(tale.round.number)
