"""Pages of persons: officers' lists and deeds, one's own data, and who is turned away."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from kaogong.foundation.access import services as access
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity.models import Person
from kaogong.foundation.organisations.models import Organisation
from tests.support.access import AT, acting, make_account, make_body, make_post
from tests.support.identity import make_person, resident_number
from tests.support.signing_in import proven

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _plain(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.SECOND_FACTOR_REQUIRED = False
    cache.clear()


@pytest.fixture
def centre(db: None) -> Organisation:
    """The centre of Nanjing."""
    return make_body(name="南京市职业技能鉴定中心")


def officer_of(body: Organisation, role: str = "centre_director") -> Client:
    """A client signed in as somebody who holds a post in the body."""
    client = Client()
    client.force_login(make_post(account=make_account(), organisation=body, role=role).account, BACKEND)
    return proven(client)


BACKEND = "kaogong.foundation.access.backends.SealedContacts"


def candidate_with(person_number: str, name: str) -> Client:
    """A client signed in as the person with that number."""
    account = make_account(phone="13911112222")
    access.claim_person(
        actor=acting(account), at=AT, document_kind="resident", document_number=person_number, name=name
    )
    client = Client()
    client.force_login(account, BACKEND)
    return client


class TestList:
    def test_finds_by_part_of_a_name(self, centre: Organisation) -> None:
        make_person(name="欧阳娜娜")
        make_person(name="张三")
        page = officer_of(centre).get("/office/people/", {"q": "oynn"}).content.decode()
        assert "欧阳娜娜" in page
        assert "张三" not in page

    def test_never_shows_a_number(self, centre: Organisation) -> None:
        make_person(name="张三", number=(number := resident_number()), phone="13812345678")
        page = officer_of(centre).get("/office/people/").content.decode()
        assert number not in page
        assert "13812345678" not in page
        assert f"320***********{number[-4:]}" in page

    @pytest.mark.parametrize("kind", ["csv", "xlsx"])
    def test_leaves_as_a_file(self, centre: Organisation, kind: str) -> None:
        make_person(name="张三", number=(number := resident_number()))
        answer = officer_of(centre).get("/office/people/", {"export": kind})
        assert f"people.{kind}" in answer.headers["Content-Disposition"]
        assert number.encode() not in answer.content

    def test_says_what_to_do_when_empty(self, centre: Organisation) -> None:
        assert "没有符合条件的人员" in officer_of(centre).get("/office/people/", {"q": "无此人"}).content.decode()

    def test_filters(self, centre: Organisation) -> None:
        make_person(name="张三")
        make_person(name="李四", number=resident_number(address="999999"))
        page = officer_of(centre).get("/office/people/", {"note": "warning"}).content.decode()
        assert "李四" in page
        assert "张三" not in page

    def test_outsiders_see_nobody(self, centre: Organisation) -> None:
        make_person(name="张三丰")
        elsewhere = make_body(region_code="370100")
        assert "张三丰" not in officer_of(elsewhere).get("/office/people/").content.decode()

    def test_others_are_turned_away(self, centre: Organisation) -> None:
        assert officer_of(centre, "item_writer").get("/office/people/").status_code == 403
        assert Client().get("/office/people/").status_code == 302


class TestDetail:
    def test_reveals_for_a_reason(self, centre: Organisation) -> None:
        person = make_person(number=(number := resident_number()))
        client = officer_of(centre)
        assert number not in client.get(f"/office/people/{person.pk}/").content.decode()
        answer = client.post(f"/office/people/{person.pk}/reveal/", {"reason": "核对证书姓名"})
        assert number in answer.content.decode()
        assert "no-store" in answer.headers["Cache-Control"]
        assert TrailEntry.objects.filter(action="identity.document_revealed", target_id=str(person.pk)).count() == 1

    def test_not_without_one(self, centre: Organisation) -> None:
        person = make_person(number=(number := resident_number()))
        answer = officer_of(centre).post(f"/office/people/{person.pk}/reveal/", {"reason": " "})
        assert answer.status_code == 422
        assert number not in answer.content.decode()

    def test_of_another_province_is_not_found(self, centre: Organisation) -> None:
        person = make_person(region_code="370102")
        assert officer_of(centre).get(f"/office/people/{person.pk}/").status_code == 404

    def test_a_merged_record_leads_to_the_kept_one(self, centre: Organisation) -> None:
        kept, lost = make_person(), make_person(number=(number := resident_number()))
        client = officer_of(centre)
        given = {"document_kind": "resident", "document_number": number, "reason": "户口簿证明为同一人"}
        assert client.post(f"/office/people/{kept.pk}/merge/", given).status_code == 302
        assert client.get(f"/office/people/{lost.pk}/").headers["Location"] == f"/office/people/{kept.pk}/"

    def test_corrects_name_and_contact(self, centre: Organisation) -> None:
        person = make_person(name="张三", phone="13812345678", mail="a@example.org")
        client = officer_of(centre)
        client.post(f"/office/people/{person.pk}/name/", {"name": "张叁", "document": "户口簿 17 页"})
        client.post(f"/office/people/{person.pk}/contact/", {"phone": "13900001111", "mail": ""})
        person.refresh_from_db()
        assert (person.name, person.phone_masked, person.mail_masked) == ("张叁", "139****1111", "a***@example.org")

    def test_says_a_refusal_at_its_field(self, centre: Organisation) -> None:
        person = make_person(name="张三")
        answer = officer_of(centre).post(f"/office/people/{person.pk}/name/", {"name": "张3", "document": "户口簿"})
        assert answer.status_code == 422
        assert "U+0033" in answer.content.decode()


class TestEnter:
    def form(self, body: Organisation, **given: str) -> dict[str, str]:
        return {
            "name": "李四",
            "document_kind": "resident",
            "document_number": resident_number(),
            "organisation": str(body.pk),
        } | given

    def test_into_the_bodys_region(self, centre: Organisation) -> None:
        number = resident_number()
        officer_of(centre, "registrar").post("/office/people/new/", self.form(centre, document_number=number))
        person = Person.objects.get(document_masked__endswith=number[-4:], name="李四")
        assert (person.region_code, person.organisation_id) == ("320100", centre.pk)

    def test_a_double_leads_to_the_record(self, centre: Organisation) -> None:
        person = make_person(name="李四", number=(number := resident_number()))
        answer = officer_of(centre).post("/office/people/new/", self.form(centre, document_number=number))
        assert answer.status_code == 422
        assert f"/office/people/{person.pk}/" in answer.content.decode()

    def test_a_double_of_another_province_does_not(self, centre: Organisation) -> None:
        person = make_person(name="李四", number=(number := resident_number()), region_code="370102")
        answer = officer_of(centre).post("/office/people/new/", self.form(centre, document_number=number))
        assert answer.status_code == 422
        assert str(person.pk) not in answer.content.decode()

    @pytest.mark.parametrize(
        ("given", "words"),
        [
            ({"document_number": "320102199503070018"}, "校验码"),
            ({"document_number": "320102199513070018"}, "出生日期"),
            ({"document_number": resident_number(0, born_on=date(2100, 1, 1))}, "还没有到"),
            ({"name": "张3"}, "不能有"),
            ({"document_kind": "passport", "document_number": "E12345678"}, "性别"),
        ],
    )
    def test_faults_are_said_at_the_field(self, centre: Organisation, given: dict[str, str], words: str) -> None:
        page = officer_of(centre).post("/office/people/new/", self.form(centre, **given)).content.decode()
        assert words in page.split('class="field has-error"')[1]

    def test_needs_the_power(self, centre: Organisation) -> None:
        assert officer_of(centre, "fee_clerk").get("/office/people/new/").status_code == 403


class TestOwnData:
    def test_everything_on_one_page(self, centre: Organisation) -> None:
        person = make_person(name="孙悟空", number=(number := resident_number()), phone="13812345678")
        client = candidate_with(number, "孙悟空")
        officer_of(centre).post(f"/office/people/{person.pk}/reveal/", {"reason": "核对证书姓名"})
        page = client.get("/my/profile/").content.decode()
        assert "孙悟空" in page
        assert "138****5678" in page
        assert "核对证书姓名" in page
        assert number not in page

    def test_as_a_file(self) -> None:
        make_person(name="孙悟空", number=(number := resident_number()), phone="13812345678")
        answer = candidate_with(number, "孙悟空").get("/my/profile/download.json")
        told = json.loads(answer.content)
        assert told["person"]["name"] == "孙悟空"
        assert told["person"]["phone"] == "+8613812345678"
        assert number not in answer.content.decode()

    def test_correct_my_contact(self) -> None:
        person = make_person(name="孙悟空", number=(number := resident_number()))
        client = candidate_with(number, "孙悟空")
        assert client.post("/my/profile/contact/", {"phone": "1"}).status_code == 200
        client.post("/my/profile/contact/", {"phone": "13900001111", "mail": "sun@example.org"})
        person.refresh_from_db()
        assert (person.phone_masked, person.mail_masked) == ("139****1111", "s***n@example.org")

    def test_claim_my_record(self) -> None:
        make_person(name="孙悟空", number=(number := resident_number()))
        client = Client()
        client.force_login(make_account(phone="13911112222"), BACKEND)
        assert "认领我的记录" in client.get("/my/profile/").content.decode()
        wrong = {"name": "孙悟净", "document_kind": "resident", "document_number": number}
        answer = client.post("/my/profile/claim/", wrong)
        assert answer.status_code == 422
        assert "没有找到证件与姓名都相符的记录" in answer.content.decode()
        assert client.post("/my/profile/claim/", wrong | {"name": "孙悟空"}).status_code == 302
        assert "孙悟空" in client.get("/my/profile/").content.decode()

    def test_enter_my_record(self) -> None:
        client = Client()
        client.force_login(make_account(phone="13911112222"), BACKEND)
        form = {
            "name": "孙悟空",
            "document_kind": "resident",
            "document_number": resident_number(),
            "residence": "玄武区",
        }
        assert client.post("/my/profile/enter/", form | {"document_number": "1"}).status_code == 200
        assert client.post("/my/profile/enter/", form).status_code == 302
        person = Person.objects.get(name="孙悟空")
        assert (person.region_code, person.is_self_entered) == ("320102", True)

    def test_a_place_that_is_not_unique_asks_for_more(self) -> None:
        client = Client()
        client.force_login(make_account(phone="13911112222"), BACKEND)
        form = {"name": "孙", "document_kind": "resident", "document_number": resident_number()}
        assert "多个同名地区" in client.post("/my/profile/enter/", form | {"residence": "鼓楼区"}).content.decode()
        assert "没有这个地区" in client.post("/my/profile/enter/", form | {"residence": "桃花岛"}).content.decode()

    @pytest.mark.parametrize("address", ["", "download.json", "contact/", "claim/", "enter/"])
    def test_strangers_are_sent_to_sign_in(self, address: str) -> None:
        assert Client().get(f"/my/profile/{address}").headers["Location"].startswith("/account/login/")


def test_the_privacy_notice_is_for_everybody(db: None) -> None:
    page = Client().get("/privacy/").content.decode()
    assert "谁能看到" in page
    assert "/rules/kaogong-identity-rules/reveal/" in page
