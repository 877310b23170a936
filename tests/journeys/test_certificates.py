"""A certificate is issued, verified by a stranger, replaced and revoked."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest

from kaogong.scoring import services as scoring
from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.blanks import stock_up
from tests.support.browser import PHONE, Visit
from tests.support.scoring import scorer
from tests.support.site import Site
from tests.support.story import Someone, Story

pytestmark = pytest.mark.browser


def test_a_certificate_from_its_issue_to_its_revocation(site: Site) -> None:
    tale, holder = published_season()
    issuer = tale.officer("issuer", "蒋工")
    director = tale.officer("centre_director", "高主任")

    with site.visit() as office:
        sign_in(office, issuer)
        number = issue(office, tale)
        with site.visit(screen=PHONE) as owner, site.visit(screen=PHONE) as stranger:
            link = see_own_certificate(owner, holder, number)
            verify(stranger, number, holder.name)
            stranger.says("有效", "职业", "电工")
            stranger.check()
            stranger.open(link)
            stranger.says("二维码与登记的证书相符", "只显示末字")
            assert holder.name not in stranger.words()
            stranger.check()
            wrong_name_and_unknown_number_look_the_same(stranger, number, holder.name)
            replace(office, number)
            revoke(site, director, office.page.url)
            verify(stranger, number, holder.name)
            stranger.says("已撤销")
            stranger.check()
            owner.open("/my/certificates/")
            owner.says("这本证书已被撤销")
            owner.check()


def published_season() -> tuple[Story, Someone]:
    """A sitting of forty days ago whose results are out: one candidate passed, the other did not."""
    tale = story.begin(theory_at=just_now(days=40))
    holder = tale.admit("孙敏·买买提")
    tale.admit("周强")
    tale.seat()
    tale.sit_theory({0: 80, 1: 59})
    tale.sit_skill({0: "0.8", 1: "0.8"})
    hall = tale.hall
    assert hall is not None
    at = tale.theory_at + timedelta(days=3)
    for part in (hall.theory, hall.skill):
        scoring.mark_part(actor=scorer(), at=at, part_id=part.pk)
    scoring.draft_results(actor=scorer(), at=at, sitting_id=tale.sitting.pk)
    scoring.finalise(actor=scorer(), at=at, sitting_id=tale.sitting.pk)
    stock_up(tale.centre, last=50, at=at)
    return tale, holder


def issue(office: Visit, tale: Story) -> str:
    """Every check with its clause, who gets none and why, then the act; gives the number."""
    office.open("/office/issuing/")
    office.check()
    office.press(tale.sitting.number)
    checks = office.page.locator("section[aria-labelledby=checks] tbody tr")
    assert checks.count() >= 5
    assert checks.locator("a[href^='/rules/']").count() >= checks.count()
    office.says("不核发的 1 人", "周强")
    office.check()
    office.press("核发 1 本")
    office.says("已核发 1 本证书", "公众即刻可以查询")
    office.check()
    link = office.page.locator("main tbody a[href^='/office/certificates/']").first
    number = re.sub(r"\s", "", link.inner_text())
    link.click()
    office.says("与核发时一致")
    office.check()
    paper = office.page.get_by_role("link", name="证书 PDF").get_attribute("href")
    status, kind, pdf = office.fetch(f"{office.address}{paper}")
    assert (status, kind, pdf[:5]) == (200, "application/pdf", b"%PDF-")
    return number


def see_own_certificate(owner: Visit, holder: Someone, number: str) -> str:
    """The holder has it at once, with a link that answers without typing; gives the link."""
    sign_in(owner, holder.login)
    owner.open("/my/certificates/")
    assert number in re.sub(r"\s", "", owner.words())
    owner.check()
    paper = owner.page.get_by_role("link", name="下载电子副本").get_attribute("href")
    status, kind, pdf = owner.fetch(f"{owner.address}{paper}")
    assert (status, kind, pdf[:5]) == (200, "application/pdf", b"%PDF-")
    given = owner.page.locator("[data-copy*='/verify/']").get_attribute("data-copy")
    assert given is not None
    parts = urlsplit(given)
    return f"{parts.path}?{parts.query}"


def verify(stranger: Visit, number: str, name: str) -> None:
    """Number and name, as they stand on the paper."""
    stranger.open("/verify/")
    stranger.fill(number=number, name=name)
    stranger.press("查询", exact=True)
    stranger.page.locator(".verdict").wait_for()


def wrong_name_and_unknown_number_look_the_same(stranger: Visit, number: str, name: str) -> None:
    """Nobody can learn from the answer whether a number exists."""
    unknown = number[:-5] + "09876"
    answers = []
    for asked, as_name in ((number, "孙悟空"), (unknown, name)):
        verify(stranger, asked, as_name)
        stranger.says("未查到", "编号不存在与姓名不符得到同样的答复")
        words = re.sub(r"\s", "", stranger.words()).replace(asked, "")
        answers.append(re.sub(r"\d{2}:\d{2}", "", words))
    assert answers[0] == answers[1]
    stranger.check()


def replace(office: Visit, number: str) -> None:
    """A lost one is printed again: its number stays, its serial is the next blank."""
    serials = office.page.locator("table tbody tr td:nth-of-type(1)")
    first = serials.first.inner_text().split()[0]
    office.press("补发")
    office.choose(reason="lost")
    office.check()
    office.press("打印新的一本")
    office.page.locator("#id_notice[aria-invalid=true], .refusal").first.wait_for()
    office.fill(notice="《南京日报》2026年11月20日第8版")
    office.press("打印新的一本")
    office.says("已办理")
    assert number in re.sub(r"\s", "", office.words())
    both = [each.split()[0] for each in serials.all_inner_texts()]  # the void one says so beside it
    assert len(set(both)) == 2
    assert first in both
    office.check()


def revoke(site: Site, director: str, url: str) -> None:
    """The director revokes, on a basis, after being told that it cannot be undone."""
    with site.visit() as office:
        sign_in(office, director)
        office.open(url)
        office.press("撤销")
        office.says("撤销后不能恢复")
        office.fill(basis="宁人社鉴函〔2026〕18号：查实工作年限证明系伪造")
        office.check()
        office.press("撤销证书", exact=True)
        office.says("已办理", "已撤销")
        office.check()
