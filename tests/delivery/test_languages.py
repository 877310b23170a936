"""The theory in a candidate's language: offered, chosen, delivered as far as it is translated, shown to her alone."""

from __future__ import annotations

import pytest

from kaogong.delivery import services
from kaogong.delivery.models import PaperCopy
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.itembank import services as bank
from kaogong.itembank.models import Item, ItemTranslation, Paper, PaperItem
from kaogong.registration import refusals
from kaogong.registration import services as registration
from kaogong.registration.models import Registration
from kaogong.sittings import services as sittings
from tests.support.cast import candidate, outsider
from tests.support.delivery import Hall, begin, deliver, make_hall, seat_everyone
from tests.support.itembank import NOW, approver, make_paper
from tests.support.registration import make_admitted
from tests.support.regulations import make_provision
from tests.support.sittings import APPLYING, announced_sitting, draft
from tests.support.translations import SENTENCES, make_approved_translation, make_translation

pytestmark = pytest.mark.django_db


def choose(entered: Registration, language: str, actor: Actor | None = None) -> Registration:
    """The candidate herself chooses, unless somebody else tries."""
    return registration.choose_language(
        actor=actor or candidate(entered.person_id), at=APPLYING, registration_id=entered.pk, language=language
    )


def translated_hall(*languages: str, share: str = "0.01") -> tuple[Hall, Paper, list[Item]]:
    """A hall of one candidate for each language (Chinese with ""), and a paper with three items in Uyghur."""
    make_provision("delivery.language_share", share, region="3201")
    sitting = announced_sitting(languages=("ug",))
    entered = [make_admitted(sitting) for _each in languages]
    for each, language in zip(entered, languages, strict=True):
        if language:
            choose(each, language)
    hall = make_hall(sitting=sitting, registrations=entered, delivered=False)
    paper = make_paper()
    items = [place.version.item for place in PaperItem.objects.filter(paper=paper).order_by("position")[:3]]
    for item in items:
        make_approved_translation(item)
    hall.paper = paper
    return hall, paper, items


class TestOffer:
    def test_is_kept_in_the_order_of_the_library_and_refuses_the_unknown(self) -> None:
        assert draft(languages=("ko", "ug")).languages == ["ug", "ko"]
        with pytest.raises(sittings.LanguageUnknown):
            draft(languages=("fr",))


class TestChoice:
    def test_is_hers_until_tickets_are_out(self) -> None:
        sitting = announced_sitting(languages=("ug",))
        entered = make_admitted(sitting)
        assert entered.language == "zh-hans"
        assert choose(entered, "ug").language == "ug"
        assert choose(entered, "zh-hans").language == "zh-hans"
        choose(entered, "ug")
        make_hall(sitting=sitting, registrations=[entered], delivered=False)
        with pytest.raises(refusals.LanguageSettled):
            choose(entered, "zh-hans")
        assert Registration.objects.get(pk=entered.pk).language == "ug"

    def test_is_among_the_languages_announced(self) -> None:
        entered = make_admitted(announced_sitting(languages=("ug",)))
        with pytest.raises(refusals.LanguageNotOffered, match="朝鲜语"):
            choose(entered, "ko")

    def test_outsiders_cannot_even_find_it(self) -> None:
        entered = make_admitted(announced_sitting(languages=("ug",)))
        with pytest.raises(NotFound):
            choose(entered, "ug", outsider("registration.enter"))


class TestDelivery:
    def test_puts_approved_versions_of_these_very_items_into_the_copy(self) -> None:
        hall, paper, items = translated_hall("ug", "")
        begun_but_not_approved = PaperItem.objects.filter(paper=paper).order_by("position")[3].version.item
        make_translation(begun_but_not_approved)
        copy = deliver(hall, paper)
        assert copy.languages == {"ug": 3}
        seat_everyone(hall)
        hers, other = begin(hall, 0), begin(hall, 1)
        places = set(PaperItem.objects.filter(paper=paper, version__item__in=items).values_list("position", flat=True))
        assert {each.position for each in hers.questions if each.own} == places
        assert {each.own.stem for each in hers.questions if each.own} == {SENTENCES["ug"]}
        assert all(len(each.own.options) == len(each.options) for each in hers.questions if each.own)
        assert not any(each.own for each in other.questions)
        assert (hall.attempt(0).language, hall.attempt(1).language) == ("ug", "zh-hans")

    def test_keeps_what_was_delivered_when_a_version_is_retired_afterwards(self) -> None:
        hall, paper, items = translated_hall("ug")
        deliver(hall, paper)
        row = ItemTranslation.objects.get(version__item=items[0]).pk
        bank.retire_translation(actor=approver(), at=NOW, translation_id=row, note="译名有误")
        seat_everyone(hall)
        assert sum(each.own is not None for each in begin(hall).questions) == 3

    def test_is_refused_below_the_share_of_the_rule(self) -> None:
        hall, paper, _items = translated_hall("ug", share="0.8")
        with pytest.raises(services.LanguageIncomplete, match="3 / 100") as refused:
            deliver(hall, paper)
        assert "80" in str(refused.value)
        assert not PaperCopy.objects.filter(part=hall.theory).exists()

    def test_of_a_round_in_chinese_asks_for_no_translation(self) -> None:
        hall = make_hall()
        assert PaperCopy.objects.get(part=hall.theory).languages == {}
