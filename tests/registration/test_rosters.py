"""A list is taken in from a file, judged whole, and committed at once or not at all."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
import xlsxwriter

from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.registration import rules, selectors, services
from kaogong.registration.models import Registration, Roster, RosterRow
from kaogong.sittings import services as sitting_services
from kaogong.sittings.models import Sitting
from tests.support.cast import officer, outsider
from tests.support.identity import make_person, resident_number
from tests.support.sittings import APPLYING, CLOSES, announced_sitting
from tests.support.stations import make_body, make_station

HEAD = ("姓名", "证件号码", "申报条件", "户籍或居住地", "学徒期满日期")
POWERS = ("registration.enter", "registration.see", "persons.enter", "persons.see")
CLERK = officer(*POWERS, name="陈录入")


@pytest.fixture
def sitting() -> Sitting:
    return announced_sitting()


def number_of(order: int) -> str:
    return resident_number(7, born_on=date(1990, 1, 1) + timedelta(days=order))


def line(order: int, name: str = "", **changes: str) -> list[str]:
    given = {"姓名": name or "温如春", "证件号码": number_of(order), "申报条件": "5-2", "户籍或居住地": "320102"}
    given |= {"学徒期满日期": "2025-06-30", **changes}
    return [given[head] for head in HEAD]


def as_csv(*rows: Sequence[str], encoding: str = "utf-8-sig", head: Sequence[str] = HEAD) -> bytes:
    return "\r\n".join(",".join(row) for row in (head, *rows)).encode(encoding)


def as_xlsx(*rows: Sequence[Any]) -> bytes:
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet = book.add_worksheet()
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for at, row in enumerate((HEAD, *rows)):
            for place, cell in enumerate(row):
                if isinstance(cell, date):
                    sheet.write_datetime(at, place, cell, day)
                else:
                    sheet.write(at, place, cell)
    return stream.getvalue()


def stage(sitting: Sitting, content: bytes, **options: Any) -> Roster:
    given = {"actor": CLERK, "at": APPLYING, "file_name": "名单.csv", **options}
    return services.stage_roster(sitting_id=sitting.pk, content=content, **given)


def judge(roster: Roster, actor: Actor = CLERK) -> Roster:
    while roster.state == "reading":
        roster = services.check_rows(actor=actor, at=APPLYING, roster_id=roster.pk)
    return roster


def commit(roster: Roster, actor: Actor = CLERK, **options: Any) -> Roster:
    return services.commit_roster(actor=actor, roster_id=roster.pk, **{"at": APPLYING, **options})


def refusals_of(roster: Roster) -> dict[int, list[str]]:
    rows = selectors.roster_rows(roster, "refused")
    return {row.line: [each["code"].split(".")[1] for each in row.problems] for row in rows}


class TestReading:
    """Files as people send them: no database."""

    def read(self, raw: bytes) -> list[rules.RosterRow]:
        return rules.rows_of(rules.read_file(raw, bytes_at_most=10**6, rows_at_most=2000)[1])

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
    def test_every_encoding_gives_the_same_rows(self, encoding: str) -> None:
        row = self.read(as_csv(line(1, "𠮷田·阿依"), encoding=encoding))[0]
        assert (row.line, row.values["name"], row.values["document_number"]) == (2, "𠮷田·阿依", number_of(1))

    def test_excel_gives_the_same_rows_and_days_as_numbers(self) -> None:
        row = self.read(as_xlsx(["温如春", number_of(1), "5-2", "320102", date(2025, 6, 30)]))[0]
        assert (row.values["document_number"], row.faults) == (number_of(1), ())
        assert rules.claim_of(row.values, kinds=["apprenticeship"], occupation_code="6-31-01-03") == {
            "apprenticeships": [{"occupation_code": "6-31-01-03", "ended_on": "2025-06-30"}]
        }

    def test_a_number_that_excel_rounded_is_told(self) -> None:
        row = self.read(as_xlsx(["温如春", 320106199001010000, "5-2", "320102", ""]))[0]
        assert [fault.column for fault in row.faults] == ["document_number"]

    @pytest.mark.parametrize("typed", ["5-2", "５－２", "5—2 学徒期满", "5月2日", "46144"])
    def test_a_condition_is_read_however_it_is_spelt(self, typed: str) -> None:
        assert rules.condition_code_of(typed) == "5-2"

    @pytest.mark.parametrize("raw", [b"PK\x03\x04nothing", b"", b"\xff\xfe\x00", "姓名,年龄\n甲,3".encode()])
    def test_what_is_no_list_is_refused_whole(self, raw: bytes) -> None:
        with pytest.raises(ValueError, match=r".+"):
            self.read(raw)

    def test_a_book_with_entities_is_refused(self) -> None:
        import zipfile

        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as book:
            book.writestr("xl/worksheets/sheet1.xml", '<!DOCTYPE x [<!ENTITY a "b">]><worksheet/>')
        with pytest.raises(ValueError, match=r".+"):
            self.read(stream.getvalue())

    def test_the_templates_example_is_passed_over(self) -> None:
        example = [rules.EXAMPLE_NAME, "320102200001010000", "5-2", "", ""]
        assert [row.line for row in self.read(as_csv(example, line(1)))] == [3]


@pytest.mark.django_db
class TestJudging:
    def test_every_row_is_good_warned_or_refused_with_its_place(self, sitting: Sitting) -> None:
        known = make_person(name="温如春", number=number_of(3))
        make_person(name="别人名", number=number_of(4))
        wrong = number_of(6)[:-1] + ("0" if number_of(6)[-1] != "0" else "1")
        roster = judge(
            stage(
                sitting,
                as_csv(
                    line(1),
                    line(3),
                    line(1),
                    line(4),
                    line(5, 申报条件="9-9"),
                    line(6, 证件号码=wrong, 户籍或居住地="某某处"),
                    line(7, 学徒期满日期="2099-01-01"),
                    line(8, 户籍或居住地="330102"),
                    line(9, 姓名=""),
                ),
            )
        )
        counts = selectors.roster_counts(roster)
        assert (roster.state, counts.good, counts.warned, counts.refused) == ("staged", 1, 1, 7)
        assert refusals_of(roster) == {
            4: ["TwiceInList"],
            5: ["NameDiffers"],
            6: ["UnknownCondition"],
            7: ["CheckDigitWrong", "PlaceUnclear"],
            8: ["ClaimFaulty"],
            9: ["OutOfRegion"],
            10: ["RowWrong"],
        }
        assert all(each["clause"] for row in selectors.roster_rows(roster, "refused") for each in row.problems)
        warned = selectors.roster_rows(roster, "warned").get()
        assert known.document_masked in selectors.problem_words(warned.warnings[0])
        assert not Registration.objects.filter(sitting=sitting).exists()

    def test_an_old_number_finds_the_known_person_and_a_double(self, sitting: Sitting) -> None:
        number = number_of(11)
        make_person(name="温如春", number=number)
        old = number[:6] + number[8:17]
        roster = judge(stage(sitting, as_csv(line(11, 证件号码=old), line(11))))
        assert refusals_of(roster) == {3: ["TwiceInList"]}
        warned = selectors.roster_rows(roster, "warned").get()
        assert "十五位" in selectors.problem_words(warned.warnings[0])

    def test_it_goes_on_where_it_was_left(self, sitting: Sitting) -> None:
        roster = stage(sitting, as_csv(*(line(order) for order in range(20, 25))))
        roster = services.check_rows(actor=CLERK, at=APPLYING, roster_id=roster.pk, count=2)
        assert (roster.state, selectors.roster_counts(roster).waiting) == ("reading", 3)
        assert judge(roster).state == "staged"

    def test_no_number_stands_in_the_clear(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(30), line(30))))
        commit(roster)
        kept = str(list(RosterRow.objects.values())) + str(list(TrailEntry.objects.values()))
        assert number_of(30) not in kept

    def test_the_refused_rows_come_back_with_their_reasons_and_can_be_sent_again(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(31), line(32, 申报条件="9-9"))))
        head, rows = services.take_refused_rows(actor=CLERK, at=APPLYING, roster_id=roster.pk)
        assert head[-1] == rules.REASON
        assert "9-9" in rows[0][-1]
        rows[0][head.index("申报条件")] = "5-2"
        again = judge(stage(sitting, as_csv(*rows, head=head)))
        assert selectors.roster_counts(again).enterable == 1
        assert TrailEntry.objects.filter(action="registration.roster_rows_taken").count() == 1

    def test_needs_the_power_and_is_not_found_elsewhere(self, sitting: Sitting) -> None:
        with pytest.raises(NotPermitted):
            stage(sitting, as_csv(line(33)), actor=officer("persons.enter"))
        roster = stage(sitting, as_csv(line(33)))
        for deed in (services.check_rows, services.discard_roster, services.take_refused_rows):
            with pytest.raises(NotFound):
                deed(actor=outsider(*POWERS), at=APPLYING, roster_id=roster.pk)

    def test_a_closed_round_takes_no_list(self, sitting: Sitting) -> None:
        with pytest.raises(sitting_services.RoundClosed):
            stage(sitting, as_csv(line(34)), at=CLOSES + timedelta(seconds=1))


@pytest.mark.django_db
class TestCommitting:
    def test_good_rows_enter_together_new_persons_too(self, sitting: Sitting) -> None:
        known = make_person(name="温如春", number=number_of(40))
        roster = commit(judge(stage(sitting, as_csv(line(40), line(41, "秦阳"), line(42, 申报条件="9-9")))))

        entered = Registration.objects.filter(roster=roster).order_by("number")
        assert {each.legal_name for each in entered} == {"温如春", "秦阳"}
        assert known.pk in {each.person_id for each in entered}
        assert {each.state for each in entered} == {"submitted"}
        sitting.refresh_from_db()
        assert (roster.state, sitting.claimed) == ("committed", 2)
        linked = selectors.roster_rows(roster).filter(registration__isnull=False)
        assert [row.line for row in linked] == [2, 3]

    def test_happens_once(self, sitting: Sitting) -> None:
        roster = commit(judge(stage(sitting, as_csv(line(43)))))
        with pytest.raises(WrongState):
            commit(roster)

    def test_nothing_enters_when_a_row_went_stale_and_it_can_be_judged_anew(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(44, "秦阳"), line(45))))
        make_person(name="另一名", number=number_of(45))
        with pytest.raises(services.ListStale) as told:
            commit(roster)
        assert "3" in str(told.value)
        assert not Registration.objects.filter(sitting=sitting).exists()
        assert not Person.objects.filter(name="秦阳").exists()

        again = judge(services.recheck_roster(actor=CLERK, at=APPLYING, roster_id=roster.pk))
        assert refusals_of(again) == {3: ["NameDiffers"]}
        assert Registration.objects.filter(roster=commit(again)).count() == 1

    def test_nothing_enters_when_places_run_short(self) -> None:
        station = make_station(rooms=(("theory", 1, 2), ("practical", 1, 2)))
        sitting = announced_sitting(stations=[station], waves=1)
        roster = judge(stage(sitting, as_csv(*(line(order) for order in range(50, 53)))))
        with pytest.raises(sitting_services.RoundFull):
            commit(roster)
        assert not Registration.objects.filter(sitting=sitting).exists()

    def test_a_list_without_a_good_row_is_refused(self, sitting: Sitting) -> None:
        with pytest.raises(services.NothingInList):
            commit(judge(stage(sitting, as_csv(line(54, 申报条件="9-9")))))

    def test_a_school_hands_in_its_own_list_wherever_the_pupils_were_entered(self, sitting: Sitting) -> None:
        school = make_body(kind="college", region_code="320102")
        clerk = officer(*POWERS, region="99", organisation=school.pk)
        make_person(name="温如春", number=number_of(55), region_code="650102")
        roster = stage(sitting, as_csv(line(55), line(56, "秦阳")), actor=clerk, organisation_id=school.pk)
        roster = commit(judge(roster, clerk), clerk)
        entered = Registration.objects.filter(roster=roster)
        assert {(each.through_id, each.source, each.employer) for each in entered} == {
            (school.pk, "school", str(school))
        }
        other = make_body(kind="college", region_code="320104")
        with pytest.raises(NotPermitted):
            stage(sitting, as_csv(line(57)), actor=clerk, organisation_id=other.pk)
        elsewhere = officer(*POWERS, region="99", organisation=other.pk)
        with pytest.raises(NotFound):
            services.discard_roster(actor=elsewhere, at=APPLYING, roster_id=roster.pk)

    def test_given_up_it_keeps_no_numbers(self, sitting: Sitting) -> None:
        roster = judge(stage(sitting, as_csv(line(58))))
        services.discard_roster(actor=CLERK, at=APPLYING, roster_id=roster.pk)
        assert list(RosterRow.objects.filter(roster=roster).values_list("name", "content_sealed")) == [("", None)]
        with pytest.raises(WrongState):
            commit(roster)

    def test_whoever_committed_it_does_not_review_it(self, sitting: Sitting) -> None:
        both = officer(*POWERS, "registration.decide")
        roster = commit(judge(stage(sitting, as_csv(line(59)), actor=both), both), both)
        entered = Registration.objects.get(roster=roster)
        with pytest.raises(services.ReviewedByApplicant):
            services.admit(actor=both, at=APPLYING, registration_id=entered.pk)
