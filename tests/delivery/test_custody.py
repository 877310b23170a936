"""Several hands on the key: papers that fewer than so many custodians cannot open, and nobody before the hour."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import IntegrityError, connection, transaction

from kaogong.delivery import selectors, services
from kaogong.delivery.models import Custody, CustodyShare, PaperCopy
from kaogong.delivery.papers import PaperLocked
from kaogong.delivery.selectors.answers import lock_of, questions_of
from kaogong.foundation.access.models import Account
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.signing import digests, encryption
from kaogong.personnel.models import Relation
from kaogong.regulations.models import Provision
from kaogong.seating.models import PanelMember
from kaogong.sittings import services as sittings
from tests.delivery.test_concurrency import at_once
from tests.support import itembank
from tests.support.access import AT, make_account
from tests.support.cast import officer, outsider
from tests.support.custody import (
    PASSPHRASE,
    acting,
    hand_in,
    kept_hall,
    make_custodian,
    name_custodians,
    share_of,
)
from tests.support.delivery import DELIVERER, MORNING, START, Hall, begin, deliver, make_hall, overseer, seat_everyone
from tests.support.sittings import DAY, PLANNER, days_after


def release(hall: Hall) -> int:
    return services.release_papers(actor=hall.invigilator, at=START, part_id=hall.theory.pk)


@pytest.mark.django_db
class TestRelease:
    def test_takes_so_many_shares_and_then_the_paper_is_sat_as_any(self) -> None:
        hall, (one, _two, three), custody = kept_hall()
        seat_everyone(hall)
        for held, account in ((0, one), (1, three)):
            with pytest.raises(services.SharesMissing) as told:
                release(hall)
            assert f"已交 {held} 份，需要 2 份" in str(told.value)
            hand_in(custody, account)
        assert release(hall) == 1
        assert len(begin(hall).questions) == 100
        assert not CustodyShare.objects.exclude(handed_sealed=None).exists(), "wiped once nothing is left to open"

    def test_still_waits_for_the_hour(self) -> None:
        hall, accounts, custody = kept_hall()
        for account in accounts:
            hand_in(custody, account)
        with pytest.raises(services.TooEarly):
            services.release_papers(actor=hall.invigilator, at=START - timedelta(seconds=1), part_id=hall.theory.pk)

    def test_opens_every_paper_of_the_part(self) -> None:
        hall, (one, two, _three), custody = kept_hall()
        deliver(hall, itembank.make_paper(seed=99, avoid=[hall.paper.pk] if hall.paper else []))
        hand_in(custody, one)
        hand_in(custody, two)
        assert release(hall) == 2

    def test_takes_another_share_when_one_was_altered(self) -> None:
        """The server knows each share's digest: it neither opens with a wrong one nor blames the paper."""
        hall, (one, two, three), custody = kept_hall()
        for account in (one, two):
            hand_in(custody, account)
        wrong = share_of(custody, one)
        wrong.handed_sealed = encryption.seal(bytes(32), context=f"delivery.share_handed:{wrong.pk}")
        wrong.save(update_fields=["handed_sealed"])
        with pytest.raises(services.ShareSpoiled, match="保管甲"):
            release(hall)
        hand_in(custody, three)
        assert release(hall) == 1

    def test_is_written_down_with_the_count(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        hand_in(custody, one)
        line = TrailEntry.objects.get(action="delivery.share_handed_in")
        assert (line.facts["handed"], line.facts["threshold"]) == (1, 2)
        assert PASSPHRASE not in str(line.facts)


@pytest.mark.django_db
class TestAtRest:
    """Whoever has the database, and even the site's own keys besides, before the custodians come."""

    def test_a_release_written_into_the_table_opens_nothing(self) -> None:
        hall, _accounts, _custody = kept_hall()
        PaperCopy.objects.filter(part=hall.theory).update(released_at=START)
        with pytest.raises(PaperLocked):
            questions_of(PaperCopy.objects.get(part=hall.theory).pk, at=START)

    def test_our_keys_give_a_half_and_closed_envelopes(self) -> None:
        hall, accounts, custody = kept_hall()
        copy = PaperCopy.objects.get(part=hall.theory)
        opened = [encryption.open_sealed(bytes(copy.key_sealed), context=lock_of(copy).context)]
        opened.append(encryption.open_sealed(bytes(copy.half_sealed or b""), context=f"delivery.paper_half:{copy.pk}"))
        for account in accounts:
            share = share_of(custody, account)
            opened.append(encryption.open_sealed(bytes(share.share_sealed), context=f"delivery.share:{share.pk}"))
        assert not {digests.plain(each) for each in opened} & {share_of(custody, each).digest for each in accounts}
        content = bytes(copy.content_sealed)
        bound = f"delivery.paper:{copy.pk}:{copy.part_id}".encode()
        with pytest.raises(InvalidTag):
            AESGCM(opened[0]).decrypt(content[:12], content[12:], bound)

    def test_the_table_keeps_what_was_dealt(self) -> None:
        hall, accounts, custody = kept_hall()
        for change in (
            lambda: Custody.objects.update(threshold=3),
            lambda: Custody.objects.update(ended_at=MORNING),
            lambda: CustodyShare.objects.update(digest="0" * 64),
            lambda: PaperCopy.objects.update(custody=None, half_sealed=None),
            lambda: share_of(custody, accounts[0]).delete(),
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                change()
        assert hall.theory.pk == custody.part_id


@pytest.mark.django_db
class TestHandIn:
    def test_wants_ones_own_passphrase(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        with pytest.raises(services.WrongPassphrase):
            hand_in(custody, one, passphrase="风车 石榴 铁轨 海图 棉布")
        assert share_of(custody, one).handed_at is None

    def test_pauses_after_many_wrong_ones(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        share = share_of(custody, one)
        for _try in range(6):
            services.note_wrong_passphrase(actor=acting(one), at=MORNING, share_id=share.pk)
        with pytest.raises(services.HandInPaused):
            hand_in(custody, one)
        hand_in(custody, one, at=MORNING + timedelta(seconds=61))

    def test_is_for_the_keeper_alone(self) -> None:
        _hall, (one, two, _three), custody = kept_hall()
        clerk = officer("delivery.run", "delivery.deliver", "delivery.see", region="")
        for other in (acting(two), clerk, outsider("delivery.deliver")):
            with pytest.raises(NotFound):
                services.hand_in_share(
                    actor=other, at=MORNING, share_id=share_of(custody, one).pk, passphrase=PASSPHRASE
                )

    def test_waits_for_its_span(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        with pytest.raises(services.HandInTooEarly):
            hand_in(custody, one, at=START - timedelta(minutes=60, seconds=1))
        hand_in(custody, one, at=START - timedelta(minutes=60))

    def test_happens_once(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        hand_in(custody, one)
        with pytest.raises(services.ShareAlreadyHandedIn):
            hand_in(custody, one)

    def test_is_over_after_the_release(self) -> None:
        hall, (one, two, three), custody = kept_hall()
        hand_in(custody, one)
        hand_in(custody, two)
        release(hall)
        with pytest.raises(services.CustodyOver):
            hand_in(custody, three, at=START)

    def test_names_a_share_that_was_altered(self) -> None:
        _hall, (one, two, _three), custody = kept_hall()
        mine, other = share_of(custody, one), share_of(custody, two)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE delivery_custodyshare SET share_sealed = %s WHERE id = %s", [other.share_sealed, mine.pk]
            )
        with pytest.raises(services.ShareSpoiled, match="保管甲"):
            hand_in(custody, one)

    def test_is_refused_to_who_was_put_on_the_panel_since(self) -> None:
        hall, (one, *_others), custody = kept_hall()
        PanelMember.objects.create(
            part=hall.theory, person=one.person, role="invigilator", room=hall.room, appointed_at=MORNING
        )
        with pytest.raises(services.MayNotKeep, match="监考员"):
            hand_in(custody, one)

    def test_still_opens_by_the_passphrase_of_the_day_it_was_dealt(self) -> None:
        _hall, (one, *_others), custody = kept_hall()
        services.choose_passphrase(actor=acting(one), at=AT, passphrase="别的口令，也是很长很长的一句话")
        assert hand_in(custody, one).handed_at == MORNING

    def test_goes_back_when_the_sitting_moves(self) -> None:
        hall, (one, two, three), custody = kept_hall()
        hand_in(custody, one)
        hand_in(custody, two)
        sittings.move(
            actor=PLANNER, at=MORNING, sitting_id=hall.sitting.pk, to=days_after(DAY, 7), reason="台风",
            is_emergency=True,
        )  # fmt: skip
        later = START + timedelta(days=7)
        with pytest.raises(services.SharesMissing):
            services.release_papers(actor=hall.invigilator, at=later, part_id=hall.theory.pk)
        for account in (one, three):
            hand_in(custody, account, at=later - timedelta(minutes=5))
        assert services.release_papers(actor=hall.invigilator, at=later, part_id=hall.theory.pk) == 1


@pytest.mark.django_db
class TestNaming:
    @pytest.fixture
    def accounts(self) -> list[Account]:
        return [make_custodian(name) for name in ("保管甲", "保管乙", "保管丙")]

    @pytest.mark.parametrize("threshold", [1, 3])
    def test_keeps_to_the_rule(self, accounts: list[Account], threshold: int) -> None:
        with pytest.raises(services.CustodiansTooFew):
            name_custodians(make_hall(delivered=False), accounts, threshold=threshold)

    def test_refuses_candidates_relatives_and_the_panel(self) -> None:
        hall = make_hall(delivered=False)
        account = make_custodian("保管甲")
        others = [make_custodian("保管乙"), make_custodian("保管丙")]
        invigilator = hall.invigilator.person_id
        for person, word in ((hall.registrations[0].person_id, "考生"), (invigilator, "监考员"), (None, "身份")):
            account.person = Person.objects.get(pk=person) if person else None
            account.claimed_at = AT if person else None
            account.save(update_fields=["person", "claimed_at"])
            with pytest.raises(services.MayNotKeep, match=word):
                name_custodians(hall, [account, *others])

    def test_refuses_whom_the_relation_binds(self) -> None:
        hall = make_hall(delivered=False)
        accounts = [make_custodian(name) for name in ("保管甲", "保管乙", "保管丙")]
        assert accounts[0].person_id is not None
        Relation.objects.create(
            first_id=accounts[0].person_id, second_id=hall.registrations[0].person_id, kind=Relation.Kind.RELATED
        )
        with pytest.raises(services.MayNotKeep, match="保管甲"):
            name_custodians(hall, accounts)

    def test_is_done_before_any_paper(self, accounts: list[Account]) -> None:
        with pytest.raises(services.PapersAlreadyThere):
            name_custodians(make_hall(), accounts)

    def test_may_be_done_anew(self, accounts: list[Account]) -> None:
        hall = make_hall(delivered=False)
        first = name_custodians(hall, accounts)
        second = name_custodians(hall, accounts)
        first.refresh_from_db()
        assert first.ended_at == MORNING
        assert selectors.custody_of(hall.theory.pk, DELIVERER) == second

    def test_needs_the_power_and_outsiders_find_nothing(self, accounts: list[Account]) -> None:
        hall = make_hall(delivered=False)
        deed = {"at": MORNING, "part_id": hall.theory.pk, "account_ids": [], "threshold": 2}
        with pytest.raises(NotPermitted):
            services.name_custodians(actor=overseer(), **deed)  # type: ignore[arg-type]  # spelt out above
        with pytest.raises(NotFound):
            services.name_custodians(actor=outsider("delivery.deliver"), **deed)  # type: ignore[arg-type]  # as above
        with pytest.raises(NotFound):
            selectors.custody_of(hall.theory.pk, outsider("delivery.see"))

    def test_is_a_duty_at_the_levels_of_the_rule(self) -> None:
        hall = make_hall(delivered=False)
        level = hall.sitting.round.level
        Provision.objects.filter(key="delivery.custodians_required_levels").update(value=[level])
        with pytest.raises(services.CustodiansMissing):
            deliver(hall, itembank.make_paper())

    def test_wants_long_passphrases_and_a_post(self) -> None:
        account = make_account(name="无岗")
        with pytest.raises(NotPermitted):
            services.choose_passphrase(actor=acting(account), at=AT, passphrase=PASSPHRASE)
        keeper = make_custodian("保管甲")
        for weak in ("短口令", "一" * 20):
            with pytest.raises(services.PassphraseTooShort):
                services.choose_passphrase(actor=acting(keeper), at=AT, passphrase=weak)


@pytest.mark.django_db
class TestEmergency:
    first = officer("delivery.deliver", "delivery.see", region="3201", name="甲考务")
    second = officer("delivery.deliver", "delivery.see", "itembank.view", region="3201", name="乙考务")

    def ask(self, hall: Hall, *, actor: Actor | None = None, reason: str = "两名保管人途中遇车祸") -> Custody:
        return services.ask_emergency(
            actor=actor or self.first,
            at=MORNING,
            part_id=hall.theory.pk,
            reason=reason,
        )

    def approve(self, hall: Hall, *, actor: Actor | None = None) -> Custody:
        return services.approve_emergency(
            actor=actor or self.second,
            at=MORNING,
            part_id=hall.theory.pk,
        )

    def test_opens_at_the_hour_after_two_signatures(self) -> None:
        hall, (one, *_others), custody = kept_hall()
        before = PaperCopy.objects.get(part=hall.theory)
        hand_in(custody, one)
        self.ask(hall)
        self.approve(hall)
        with pytest.raises(services.TooEarly):
            services.release_papers(actor=hall.invigilator, at=START - timedelta(seconds=1), part_id=hall.theory.pk)
        assert release(hall) == 1
        copy = PaperCopy.objects.get(part=hall.theory)
        assert copy.digest == before.digest, "the same questions"
        assert len(questions_of(copy.pk, at=START)) == 100
        line = TrailEntry.objects.get(action="delivery.emergency_approved")
        assert (line.facts["by"], line.reason) == ("甲考务", "两名保管人途中遇车祸")

    def test_takes_two_human_beings(self) -> None:
        hall, _accounts, _custody = kept_hall()
        with pytest.raises(services.EmergencyNotAsked):
            self.approve(hall)
        self.ask(hall)
        with pytest.raises(services.TwoHandsNeeded):
            self.approve(hall, actor=self.first)

    def test_is_for_need_only(self) -> None:
        hall, accounts, custody = kept_hall()
        with pytest.raises(services.EmergencyWithoutReason):
            self.ask(hall, reason=" ")
        with pytest.raises(services.NoEmergencyYet):
            services.ask_emergency(
                actor=self.first, at=START - timedelta(hours=2), part_id=hall.theory.pk, reason="提前看看"
            )
        for account in accounts[:2]:
            hand_in(custody, account)
        with pytest.raises(services.SharesEnough):
            self.ask(hall)

    def test_needs_the_power_and_outsiders_find_nothing(self) -> None:
        hall, _accounts, _custody = kept_hall()
        self.ask(hall, actor=hall.invigilator)
        with pytest.raises(NotPermitted):
            self.approve(hall, actor=overseer())
        for deed in (self.ask, self.approve):
            with pytest.raises(NotFound):
                deed(hall, actor=outsider("delivery.deliver", "delivery.run"))


@pytest.mark.concurrency
class TestTwoAtOnce:
    def test_two_custodians_are_both_taken_in(self, real_database: str) -> None:
        hall, (one, two, _three), custody = kept_hall()
        told = at_once(lambda: hand_in(custody, one), lambda: hand_in(custody, two))
        assert [type(each).__name__ for each in told] == ["CustodyShare", "CustodyShare"]
        counts = TrailEntry.objects.filter(action="delivery.share_handed_in", is_refused=False)
        assert sorted(line.facts["handed"] for line in counts) == [1, 2]
        assert release(hall) == 1

    def test_one_share_twice_goes_in_once(self, real_database: str) -> None:
        _hall, (one, *_others), custody = kept_hall()
        told = at_once(lambda: hand_in(custody, one), lambda: hand_in(custody, one))
        assert sorted(type(each).__name__ for each in told) == ["CustodyShare", "ShareAlreadyHandedIn"]
