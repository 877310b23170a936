"""Claims: the right three facts, few tries, one account per person."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connections

from kaogong.foundation.access import services
from kaogong.foundation.access.models import Account
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import PUBLIC, Actor
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.foundation.outbox.models import OutboxEvent
from tests.support.access import AT, acting, make_account, make_post
from tests.support.identity import make_person, old_form, resident_number


def claim(actor: Actor, number: str, name: str = "孙悟空", at: object = AT) -> Account:
    return services.claim_person(
        actor=actor,
        at=at,
        document_kind="resident",
        document_number=number,
        name=name,  # type: ignore[arg-type]  # a moment
    )


@pytest.fixture
def number() -> str:
    return resident_number()


@pytest.fixture
def entered(db: None, number: str) -> Person:
    """The person whom a school entered."""
    return make_person(name="孙悟空", number=number)


@pytest.mark.django_db
class TestClaim:
    def test_gives_the_account_its_person(self, entered: Person, number: str) -> None:
        account = claim(acting(make_account()), number)
        assert account.person == entered
        assert acting(account).person_id == entered.pk
        assert OutboxEvent.objects.filter(name="access.person_claimed").count() == 1

    def test_an_old_number_and_spaces_do(self, entered: Person, number: str) -> None:
        assert claim(acting(make_account()), old_form(number), " 孙 悟空").person == entered

    def test_wrong_name_and_unknown_number_are_said_alike(self, entered: Person, number: str) -> None:
        words = set()
        for typed, name in ((number, "孙悟净"), (resident_number(), "孙悟空"), ("123", "孙悟空"), (number, "")):
            with pytest.raises(services.NoMatch) as caught:
                claim(acting(make_account()), typed, name)
            words.add((type(caught.value), str(caught.value), caught.value.advice))
        assert len(words) == 1

    def test_too_many_tries_close_the_door_for_a_day(self, entered: Person, number: str) -> None:
        actor = acting(make_account())
        for _ in range(5):
            with pytest.raises(services.NoMatch):
                claim(actor, number, "别人")
        with pytest.raises(services.TooManyTries):
            claim(actor, number)
        assert claim(actor, number, at=AT + timedelta(days=1, minutes=1)).person == entered

    def test_others_are_not_held_up_by_it(self, entered: Person, number: str) -> None:
        actor = acting(make_account())
        for _ in range(5):
            with pytest.raises(services.NoMatch):
                claim(actor, number, "别人")
        assert claim(acting(make_account()), number).person == entered

    def test_a_person_is_claimed_once(self, entered: Person, number: str) -> None:
        claim(acting(make_account()), number)
        with pytest.raises(services.PersonTaken) as caught:
            claim(acting(make_account()), number)
        assert "申诉" in caught.value.advice

    def test_an_account_claims_once(self, entered: Person, number: str) -> None:
        account = claim(acting(make_account()), number)
        with pytest.raises(services.ClaimedAlready):
            claim(acting(account), number)

    def test_the_public_claims_nothing(self, entered: Person, number: str) -> None:
        with pytest.raises(NotFound):
            claim(PUBLIC, number)


@pytest.mark.django_db
class TestEnterOneself:
    def enter(self, actor: Actor, number: str, name: str = "孙悟空") -> Account:
        return services.enter_oneself(
            actor=actor,
            at=AT,
            name=name,
            document_kind="resident",
            document_number=number,
            region_code="320102",
        )

    def test_enters_and_claims_in_one(self, number: str) -> None:
        account = self.enter(acting(make_account(phone="13812345678")), number)
        assert account.person is not None
        assert account.person.is_self_entered
        assert account.person.phone_masked == "138****5678"

    def test_a_record_that_is_there_is_claimed(self, entered: Person, number: str) -> None:
        assert self.enter(acting(make_account()), number).person == entered

    def test_under_another_name_it_is_no_match(self, entered: Person, number: str) -> None:
        with pytest.raises(services.NoMatch):
            self.enter(acting(make_account()), number, "别人")
        assert Person.objects.filter(name="别人").count() == 0

    def test_officers_enter_themselves_as_everybody_does(self, number: str) -> None:
        account = self.enter(acting(make_post(role="auditor").account), number)
        assert account.person is not None
        assert account.person.is_self_entered


@pytest.mark.concurrency
def test_of_two_who_claim_one_person_at_once_one_wins(real_database: str) -> None:
    number = resident_number()
    make_person(name="孙悟空", number=number)
    actors = [acting(make_account()), acting(make_account())]
    barrier = Barrier(2)
    outcomes: list[str] = []

    def run(actor: Actor) -> None:
        barrier.wait()
        try:
            claim(actor, number)
            outcomes.append("claimed")
        except services.PersonTaken:
            outcomes.append("taken")
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(actor,)) for actor in actors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["claimed", "taken"]
