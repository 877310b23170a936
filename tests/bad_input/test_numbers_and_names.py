"""§7: a wrong ID number → refused at the field, saying which; a strange but real name → accepted, printed, or named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from kaogong.certificates import selectors as certificates
from kaogong.certificates import services as issuing
from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.identity import services
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.refusals import Refusal
from tests.support.access import make_body
from tests.support.cast import officer
from tests.support.certificates import make_season
from tests.support.doors import browser
from tests.support.identity import make_person, old_form, resident_number

pytestmark = pytest.mark.django_db
GOOD = resident_number(4321)
WRONG_CHECK = GOOD[:-1] + ("0" if GOOD[-1] != "0" else "1")
IMPOSSIBLE = "320102199513070018"
FUTURE = resident_number(4321, born_on=date(2100, 1, 1))
FAULTS = [
    pytest.param(WRONG_CHECK, services.CheckDigitWrong, "校验码", id="wrong check digit"),
    pytest.param(IMPOSSIBLE, services.BirthDateImpossible, "出生日期", id="impossible date"),
    pytest.param(FUTURE, services.BirthDateInFuture, "还没有到", id="future birth"),
]


class Counter:
    """A clerk of a centre in Nanjing at the page where persons are entered."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.body = make_body()
        power = ("persons.enter", "persons.see")
        self.browser = browser(monkeypatch, officer(*power, region="3201", organisation=self.body.pk))

    def enter(self, **changes: str) -> Any:
        """Type a person in and send it."""
        given = {"name": "孙同学", "document_kind": "resident", "document_number": GOOD}
        return self.browser.post("/office/people/new/", given | {"organisation": str(self.body.pk)} | changes)


@pytest.fixture
def counter(monkeypatch: pytest.MonkeyPatch) -> Counter:
    return Counter(monkeypatch)


class TestIdNumbers:
    """ID number with a wrong check digit, impossible date, future birth → refused at the field, saying which."""

    @pytest.mark.parametrize(("number", "refusal", "words"), FAULTS)
    def test_by_the_service(self, number: str, refusal: type[Refusal], words: str) -> None:
        with pytest.raises(refusal) as refused:
            make_person(number=number)
        assert refused.value.field == "document_number"
        assert words in str(refused.value)
        assert str(refused.value.clause).startswith("gb-11643-1999/")

    @pytest.mark.parametrize(("number", "refusal", "words"), FAULTS)
    def test_by_the_page_at_the_field(self, counter: Counter, number: str, refusal: type[Refusal], words: str) -> None:
        before = Person.objects.count()
        answer = counter.enter(document_number=number)
        assert answer.status_code in {200, 422}, "the form again, not a way on"
        assert words in answer.text.split('class="field has-error"')[1]
        assert number in answer.text, "what was typed stays"
        assert Person.objects.count() == before

    def test_an_old_number_is_the_same_person(self) -> None:
        born = make_person(number=GOOD)
        with pytest.raises(services.PersonExists) as refused:
            make_person(number=old_form(GOOD))
        assert refused.value.person_id == born.pk


NAMES = [
    pytest.param("丁", id="one character"),
    pytest.param("阿依古丽·买买提", id="with a middle dot"),
    pytest.param("𠮷田", id="a rare character"),
    pytest.param("陈𬭎", id="another rare character"),
]


class TestNames:
    """Name of one character, with `·`, with a rare character → accepted; printed without tofu, or the glyph named."""

    @pytest.mark.parametrize("name", NAMES)
    def test_is_accepted_as_written(self, name: str) -> None:
        assert make_person(name=name).name == name

    @pytest.mark.parametrize("name", NAMES)
    def test_by_the_page(self, counter: Counter, name: str) -> None:
        answer = counter.enter(name=name, document_number=resident_number())
        assert answer.status_code == 302
        assert Person.objects.filter(name=name).exists()

    @pytest.mark.parametrize("name", NAMES)
    def test_is_printed_without_tofu(self, name: str) -> None:
        assert missing_glyphs(name) == ()

    def test_a_certificate_with_a_rare_character_is_printed(self) -> None:
        season = make_season(names={0: "𠮷田"})
        (certificate,) = season.issue().issued
        document = certificates.pdf(season.issuer, certificate.pk, site="https://kaogong.example")
        assert (document.missing, document.pages) == ((), 1)

    def test_a_character_that_no_font_has_is_named_and_nothing_issued(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No such character is known today: the fonts are told to lack one."""
        season = make_season(names={0: "孙喆"})
        monkeypatch.setattr("kaogong.certificates.selectors.gate.missing_glyphs", lambda text: ("喆",))
        with pytest.raises(issuing.NothingToIssue):
            season.issue()
