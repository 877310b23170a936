"""Reading the trail: within reach, filtered, newest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaogong.foundation.audit import selectors
from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from tests.support.audit import AT, do_something, make_line
from tests.support.cast import officer, outsider

pytestmark = pytest.mark.django_db
READER = officer("audit.read", region="3201")


class TestEntries:
    def test_a_reader_sees_the_lines_of_the_territory(self) -> None:
        line = make_line()
        assert line in selectors.entries(actor=READER)
        assert line in selectors.entries(actor=officer("audit.read", region=""))

    @pytest.mark.parametrize("actor", [outsider("audit.read"), officer(), officer("registration.see")])
    def test_others_see_nothing(self, actor) -> None:  # type: ignore[no-untyped-def]  # an Actor, from the cast
        make_line()
        assert list(selectors.entries(actor=actor)) == []

    def test_an_institution_sees_what_its_own_posts_did(self) -> None:
        body = uuid7()
        do_something(actor=officer(organisation=body), at=AT, target_id=uuid7())
        assert selectors.entries(actor=officer("audit.read", region="65", organisation=body)).count() == 1

    def test_filters(self) -> None:
        first = make_line(name="钱主任", action="registration.admitted")
        second = make_line(name="孙科长", action="registrations.moved", at=AT + timedelta(days=1))
        found = lambda **filters: set(selectors.entries(actor=READER, **filters))  # noqa: E731  # reads best in a row
        assert found(action="registration") == {first}
        assert found(action="registration.admitted") == {first}
        assert found(who="孙") == {second}
        assert found(target_id=second.target_id) == {second}
        assert found(target_type="_Target") == {first, second}
        assert found(since=AT + timedelta(hours=1)) == {second}
        assert found(before=AT + timedelta(hours=1)) == {first}

    def test_refused_only(self) -> None:
        make_line()
        target = uuid7()
        with pytest.raises(NotPermitted):
            do_something(actor=officer(), at=AT, target_id=target, power="audit.seal")
        country = officer("audit.read", region="")
        [line] = selectors.entries(actor=country, is_refused=True, before=AT + timedelta(days=1), since=AT)
        assert line.facts["target_id"] == str(target)

    def test_newest_first(self) -> None:
        lines = [make_line() for _ in range(3)]
        assert list(selectors.entries(actor=READER, target_type="_Target")) == lines[::-1]


class TestEntry:
    def test_is_found_within_reach(self) -> None:
        line = make_line()
        assert selectors.entry(actor=READER, entry_id=line.id) == line
        assert selectors.is_genuine(actor=READER, entry_id=line.id)

    def test_outsiders_cannot_even_find_it(self) -> None:
        with pytest.raises(NotFound):
            selectors.entry(actor=outsider("audit.read"), entry_id=make_line().id)


class TestStanding:
    def test_counts_what_waits(self) -> None:
        before = selectors.standing(actor=READER)
        make_line()
        after = selectors.standing(actor=READER)
        assert before is not None
        assert after is not None
        assert after.waiting == before.waiting + 1

    def test_is_not_for_others(self) -> None:
        assert selectors.standing(actor=officer()) is None

    def test_names_the_modules_that_occur(self) -> None:
        make_line(action="scoring.finalised")
        assert "scoring" in selectors.actions(actor=READER)
