"""§7: registration for a closed round, above capacity, out of the station's scope → refused with the clause."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import Refusal
from kaogong.registration import services
from kaogong.registration.models import Registration
from kaogong.regulations import selectors as regulations
from kaogong.sittings import services as planning
from kaogong.sittings.services import OutOfScope, RoundClosed, RoundFull
from tests.support.cast import candidate
from tests.support.doors import browser
from tests.support.identity import make_person
from tests.support.registration import APPRENTICE, make_drafted, make_submitted, next_name
from tests.support.sittings import APPLYING, CLOSES, DRAFTED, PLANNER, announced_sitting, draft, make_sitting
from tests.support.stations import make_station

pytestmark = pytest.mark.django_db


def clause_is_known(refusal: Refusal) -> bool:
    """Whether the refusal's clause can be read in the rule library, as its page would show it."""
    assert isinstance(refusal.clause, Clause)
    return regulations.clause(refusal.clause) is not None


class TestClosedRound:
    """Registration for a closed round."""

    def test_cannot_be_begun(self) -> None:
        with pytest.raises(RoundClosed) as refused:
            make_drafted(announced_sitting(), at=CLOSES)
        assert clause_is_known(refused.value)

    def test_cannot_be_handed_in(self) -> None:
        drafted = make_submitted(announced_sitting())
        services.withdraw(actor=candidate(drafted.person_id), at=APPLYING, registration_id=drafted.pk)
        late = make_drafted(drafted.sitting)
        services.claim(
            actor=candidate(late.person_id), at=APPLYING, registration_id=late.pk, condition_code="5-2",
            facts=APPRENTICE, residence_code="320102",
        )  # fmt: skip
        with pytest.raises(RoundClosed):
            services.submit(actor=candidate(late.person_id), at=CLOSES + timedelta(seconds=1), registration_id=late.pk)
        late.refresh_from_db()
        assert (late.state, late.has_place) == ("drafted", False)

    def test_the_page_says_so_and_begins_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The page reads the clock of today, when the test's round has long closed."""
        sitting, person = announced_sitting(), make_person(name=next_name())
        answer = browser(monkeypatch, candidate(person.pk)).post(f"/my/registrations/start/{sitting.pk}/")
        assert answer.status_code == 422
        assert "/rules/" in answer.text
        assert not Registration.objects.filter(person=person).exists()


class TestAboveCapacity:
    """Registration above capacity."""

    def test_the_last_place_is_the_last(self) -> None:
        station = make_station(rooms=(("theory", 1, 1), ("practical", 1, 1)))
        sitting = announced_sitting(stations=[station], waves=1)
        waiting = make_drafted(sitting)
        make_submitted(sitting)
        services.claim(
            actor=candidate(waiting.person_id), at=APPLYING, registration_id=waiting.pk, condition_code="5-2",
            facts=APPRENTICE, residence_code="320102",
        )  # fmt: skip
        with pytest.raises(RoundFull) as refused:
            services.submit(actor=candidate(waiting.person_id), at=APPLYING, registration_id=waiting.pk)
        assert clause_is_known(refused.value)
        assert Registration.objects.filter(sitting=sitting, has_place=True).count() == 1


class TestOutOfScope:
    """A sitting out of the station's scope: nobody can register, since it is never announced."""

    def test_is_refused_with_the_clause(self) -> None:
        round_ = draft()
        make_sitting(round_=round_, station=make_station(scopes=(("6-31-01-03", "电工", (4, 3)),)))
        with pytest.raises(OutOfScope) as refused:
            planning.announce(actor=PLANNER, at=DRAFTED, round_id=round_.pk)
        assert clause_is_known(refused.value)
