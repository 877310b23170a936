"""A candidate signs up, applies and is admitted: on a phone, with an officer and a fee clerk at their desks."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest
from django.utils import timezone

from tests.journeys.steps import just_now, sign_in
from tests.support import story
from tests.support.access import PASSWORD
from tests.support.browser import PHONE, Visit
from tests.support.identity import resident_number
from tests.support.notices import sent_messages
from tests.support.registration import picture
from tests.support.site import Site
from tests.support.story import Story

pytestmark = pytest.mark.browser

PHONE_NUMBER = "13951730206"
NAME = "孙秋实"
_receipts = count(1)


def test_from_the_first_visit_to_the_admission_ticket(site: Site, tmp_path: Path) -> None:
    tale = story.begin(theory_at=just_now(days=-33))
    registrar = tale.officer("registrar", "林科长")
    clerk = tale.officer("fee_clerk", "何会计")

    with site.visit(screen=PHONE) as phone:
        sign_up(phone)
        enter_oneself(phone)
        apply(phone, tale)
        see_what_is_missing(phone)
        say_the_whole_truth(phone)
        hand_in_papers(phone, tmp_path)
        number = submit(phone)

        with site.visit() as desk:
            sign_in(desk, registrar)
            admit(desk, number)
        phone.open("/my/")
        phone.says("请缴费", "¥")
        phone.check()
        with site.visit() as counter:
            sign_in(counter, clerk)
            collect(counter)

        tale.seat()
        phone.open("/my/")
        phone.press("查看准考证")
        phone.says(NAME, "考生须知")
        phone.check()
        paper = phone.page.get_by_role("link", name="打印准考证").get_attribute("href")
        status, kind, pdf = phone.fetch(f"{phone.address}{paper}")
        assert (status, kind, pdf[:5]) == (200, "application/pdf", b"%PDF-")


def sign_up(phone: Visit) -> None:
    """With a phone number, and the code that comes to it."""
    phone.open("/")
    phone.check()
    phone.open("/account/login/")
    phone.press("用手机号码注册")
    phone.check()
    phone.fill(display_name=NAME, phone=PHONE_NUMBER, password1=PASSWORD, password2=PASSWORD)
    phone.press("注册并获取验证码")
    phone.page.wait_for_url("**/account/phone/verify/")
    text = next(text for number, text in reversed(sent_messages()) if number.endswith(PHONE_NUMBER))
    phone.check()
    phone.fill(code=next(word for word in text.replace("，", " ").replace("。", " ").split() if word.isdigit()))
    phone.press("确认", exact=True)
    phone.page.wait_for_url(f"{phone.address}/my/")
    phone.says("先把账号和您本人的记录连上")
    phone.check()


def enter_oneself(phone: Visit) -> None:
    """A number with a wrong check digit is refused at its field; the right one is taken."""
    number = resident_number()
    wrong = number[:-1] + ("0" if number[-1] != "0" else "1")
    phone.press("去认领或建立")
    phone.press("建立")
    phone.fill(name=NAME, document_number=wrong, residence="玄武区")
    phone.press("建立记录", exact=True)
    phone.page.locator("[id=id_document_number][aria-invalid=true]").wait_for()
    phone.says("校验码")
    phone.check()
    phone.fill(document_number=number)
    phone.press("建立记录", exact=True)
    phone.says("已建立您的个人记录")
    phone.check()


def apply(phone: Visit, tale: Story) -> None:
    """From the announced round to the question of the condition, one question a page."""
    phone.open("/rounds/")
    phone.check()
    phone.page.locator(f"main a[href='/rounds/{tale.round.pk}/']").first.click()
    phone.says("选择场次")
    phone.check()
    phone.press("报名", exact=True)
    phone.says("以谁的名义报名")
    phone.check()
    phone.press("信息无误，开始报名")
    phone.says("您报考哪些科目")
    phone.check()
    phone.press("保存并继续")
    phone.fill(residence_code="玄武区", employer="金陵电机厂")
    phone.page.locator("input[name=source]").first.check()
    phone.check()
    phone.press("保存并继续")
    phone.choose(condition_code="5-1")
    phone.check()
    phone.press("保存并继续")


def see_what_is_missing(phone: Visit) -> None:
    """A hundred days of work are no year: said at once, and again with its clause when handed in all the same."""
    worked_since(phone, days=100)
    phone.says("还不满足")
    assert "年" in phone.page.locator(".claim-missing").first.inner_text()
    phone.check()
    phone.press("保存并继续")
    phone.page.wait_for_url("**/evidence/")
    phone.open(phone.page.url.replace("/evidence/", "/check/"))
    phone.press("声明属实并提交")
    phone.page.locator(".refusal a[href^='/rules/']").first.wait_for()
    phone.check()


def say_the_whole_truth(phone: Visit) -> None:
    """Three years of work meet the condition."""
    phone.press("修改经历")
    worked_since(phone, days=3 * 366)
    phone.says("条件满足")
    phone.check()
    phone.press("保存并继续")
    phone.page.wait_for_url("**/evidence/")


def worked_since(phone: Visit, *, days: int) -> None:
    """The first spell of work began so many days ago."""
    since = timezone.localdate() - timedelta(days=days)
    phone.page.get_by_label("工作单位").first.fill("金陵电机厂")
    phone.page.get_by_label("开始日期").first.fill(since.isoformat())
    phone.page.get_by_label("结束日期").first.focus()


def hand_in_papers(phone: Visit, folder: Path) -> None:
    """One paper for the clause, and the photo."""
    paper, photo = folder / "proof.jpg", folder / "photo.jpg"
    paper.write_bytes(picture(900, 1200))
    photo.write_bytes(picture())
    phone.page.locator("input[name=kind]").first.check()
    phone.fill(title="工作年限证明")
    phone.page.locator("input[name=content]").set_input_files(paper)
    phone.press("上传", exact=True)
    phone.says("材料已加密保存")
    phone.check()
    phone.press("继续", exact=True)
    phone.page.locator("input[name=photo]").set_input_files(photo)
    phone.check()
    phone.press("上传并继续")
    phone.says("请核对后提交")


def submit(phone: Visit) -> str:
    """Hand in; gives the number on the receipt."""
    phone.check()
    phone.press("声明属实并提交")
    phone.says("报名已提交", "资格审核")
    phone.check()
    return phone.page.locator(".receipt-number").inner_text().replace(" ", "")


def admit(desk: Visit, number: str) -> None:
    """The officer sees claim, paper and rule side by side, opens the paper, and admits."""
    desk.open("/office/reviews/")
    desk.says(NAME, "累计从事本职业", "条件满足")
    assert number in desk.words().replace(" ", "")
    desk.check()
    paper = desk.page.get_by_role("link", name="工作年限证明").get_attribute("href")
    status, kind, _content = desk.fetch(f"{desk.address}{paper}")
    assert (status, kind) == (200, "image/jpeg")
    desk.press("审核通过", exact=True)
    desk.says("已审核通过")
    desk.check()


def collect(counter: Visit) -> None:
    """The clerk takes the fee and writes down the receipt."""
    counter.open("/office/fees/")
    counter.says(NAME)
    counter.check()
    counter.fill(receipt_number=f"宁收{next(_receipts):06d}")
    counter.press("已收", exact=True)
    counter.says("没有待收费的考生")
