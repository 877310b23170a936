"""Issuing: who gets a certificate and who does not, with the clause; numbers, blanks and signatures."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kaogong.certificates import rules, selectors, services
from kaogong.certificates.models import Certificate, Copy, Counter, StatusChange
from kaogong.delivery.models import Closing, PaperCopy, TaskDraw
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.foundation.outbox.models import OutboxEvent
from kaogong.itembank.models import Paper
from kaogong.personnel.models import Card
from kaogong.registration.models import Registration
from kaogong.scoring.models import Recheck, Result
from kaogong.seating.models import PanelMember
from kaogong.stations.models import Licence
from tests.documents.reading import text_of
from tests.support.audit import vouch_for
from tests.support.blanks import holdings
from tests.support.cast import officer, outsider
from tests.support.certificates import ISSUING, POWERS, Season, administrator, issuer_of, make_season
from tests.support.stations import make_centre

pytestmark = pytest.mark.django_db


@pytest.fixture
def season() -> Season:
    return make_season(candidates=3)


class TestIssue:
    def test_numbers_everyone_in_order(self, season: Season) -> None:
        report = season.issue()
        body = season.hall.sitting.station.organisation.institution_code
        assert [each.number for each in report.issued] == [f"26{body}5{running:05d}" for running in (1, 2, 3)]
        assert [each.registration_id for each in report.issued] == sorted(
            (each.pk for each in season.registrations), key=lambda pk: Registration.objects.get(pk=pk).number
        )

    def test_takes_a_blank_for_each(self, season: Season) -> None:
        report = season.issue()
        assert report.serials == ("A0000001", "A0000002", "A0000003")
        assert holdings(season.series)[0] == (season.centre.name, "used", 1, 3)
        assert [copy.blank_serial for copy in Copy.objects.order_by("serial")] == list(report.serials)

    def test_fixes_the_printed_fields(self, season: Season) -> None:
        certificate = season.issue().issued[0]
        registration = Registration.objects.get(pk=certificate.registration_id)
        assert certificate.name == registration.printed_name
        assert certificate.parts == {"theory": {"mark": "78.00"}, "skill": {"mark": "81.67"}}
        assert certificate.issuer_name == season.centre.name
        assert certificate.issued_on == ISSUING.date()

    def test_a_part_kept_from_an_earlier_sitting_comes_with_its_mark_and_its_day(self) -> None:
        season = make_season(kept={0: "2025-11-01"})
        certificate = season.issue().issued[0]
        assert certificate.parts == {"theory": {"mark": "78.00", "sat_on": "2025-11-01"}, "skill": {"mark": "81.67"}}
        printed = text_of(selectors.pdf(season.issuer, certificate.pk, site="https://kaogong.example"))
        assert "78.00保留成绩，2025年11月1日考" in printed

    def test_signs_what_it_fixed(self, season: Season) -> None:
        certificate = Certificate.objects.get(pk=season.issue().issued[0].pk)
        history = selectors.history_of(certificate.pk)
        assert selectors.integrity_of(certificate, history).is_whole
        assert [(change.move, change.state) for change in history] == [("issue", "issued")]

    def test_tells_the_world(self, season: Season) -> None:
        report = season.issue()
        events = OutboxEvent.objects.filter(name="certificates.issued")
        assert {event.payload["number"] for event in events} == {each.number for each in report.issued}
        lines = TrailEntry.objects.filter(action="certificates.issued")
        assert {line.target_id for line in lines} == {str(each.pk) for each in report.issued}

    def test_happens_once(self, season: Season) -> None:
        season.issue()
        with pytest.raises(services.NothingToIssue, match="3 人已核发"):
            season.issue()

    def test_goes_on_with_the_next_number(self, season: Season) -> None:
        season.issue()
        other = make_season(candidates=1, centre=season.centre)
        other_body = other.hall.sitting.station.organisation
        assert other.issue().issued[0].number == f"26{other_body.institution_code}500001"
        assert Counter.objects.count() == 2

    def test_uses_twenty_two_characters_for_a_filed_body(self) -> None:
        season = make_season(candidates=2, kind="social_body")
        report = season.issue()
        number = rules.parse(report.issued[1].number)
        assert (number.regime.key, number.year, number.level, number.running) == ("level-22", 26, 5, 2)
        assert report.issued[0].issuer_id == season.hall.sitting.station.organisation_id

    def test_only_the_issuing_body_may(self, season: Season) -> None:
        with pytest.raises(services.NotTheIssuer, match=season.centre.name):
            season.issue(actor=issuer_of(make_centre(name="另一个中心")))

    def test_needs_the_power(self, season: Season) -> None:
        with pytest.raises(NotPermitted):
            season.issue(actor=officer("certificates.see", organisation=season.centre.pk))

    def test_outsiders_cannot_even_find_it(self, season: Season) -> None:
        with pytest.raises(NotFound):
            season.issue(actor=outsider(*POWERS))

    def test_stops_when_the_numbers_are_used_up(self, season: Season) -> None:
        body = season.hall.sitting.station.organisation.institution_code
        Counter.objects.create(regime="qualification-16", year=2026, body_code=body, level=5, last=99_997)
        with pytest.raises(services.NumbersUsedUp, match="99999"):
            season.issue()
        assert not Certificate.objects.exists()
        assert Counter.objects.get(body_code=body).last == 99_997


class TestCandidates:
    """Each candidate who gets none is named with the reason and its clause; the others get theirs."""

    def test_a_failed_part_is_never_averaged(self) -> None:
        report = make_season(candidates=2, failed=[0]).issue()
        assert report.count == 1
        (refused,) = report.refused
        assert (refused.reason.key, refused.reason.text) == ("failed", "技能考核不合格")
        assert str(refused.reason.clause) == "standard-form-2018/pass"

    def test_a_fee_is_owed(self) -> None:
        season = make_season(candidates=3, unpaid=[1])
        report = season.issue()
        assert [(each.registration_id, each.reason.key) for each in report.refused] == [
            (season.registrations[1].pk, "unpaid")
        ]

    def test_a_recheck_is_open(self, season: Season) -> None:
        result = Result.objects.get(registration=season.registrations[0])
        Recheck.objects.create(
            result=result,
            part="skill",
            reason="怀疑漏加一项",
            requested_at=ISSUING,
            answer_until=ISSUING.date(),
            region_code="320102",
        )
        (refused,) = season.issue().refused
        assert (refused.reason.key, refused.reason.text) == ("recheck", "技能考核成绩正在复核")

    def test_no_result_yet(self, season: Season) -> None:
        with administrator():
            Result.objects.filter(registration=season.registrations[0]).update(state="superseded")
        (refused,) = season.issue().refused
        assert refused.reason.key == "no-result"

    def test_the_condition_was_not_met(self, season: Season) -> None:
        registration = season.registrations[0]
        with administrator():
            Registration.objects.filter(pk=registration.pk).update(verdict={})
        (refused,) = season.issue().refused
        assert refused.reason.key == "not-eligible"

    def test_a_reviewer_may_have_accepted_it(self, season: Season) -> None:
        registration = season.registrations[0]
        with administrator():
            Registration.objects.filter(pk=registration.pk).update(verdict={}, accepted_because="档案毁损，单位证明")
        vouch_for(actor=season.issuer, at=ISSUING, records=[Registration.objects.get(pk=registration.pk)])
        assert season.issue().count == 3

    def test_a_name_that_no_font_can_print(self) -> None:
        season = make_season(candidates=3, names={2: "孙\U0003fffd"})
        (refused,) = season.issue().refused
        assert refused.reason.key == "unprintable"
        assert "\U0003fffd" in refused.reason.text

    def test_a_rare_character_prints(self) -> None:
        report = make_season(candidates=1, names={0: "𠮷䶮·阿"}).issue()
        assert report.issued[0].name == "𠮷䶮·阿"


class TestGate:
    """A red check of the sitting stops everybody, and says on which clause."""

    def red(self, season: Season) -> services.GateClosed:
        with pytest.raises(services.GateClosed) as refused:
            season.issue()
        assert not Certificate.objects.exists()
        return refused.value

    def test_an_open_part(self, season: Season) -> None:
        with administrator():
            Closing.objects.filter(part=season.hall.skill).delete()
        assert "技能考核尚未收场封存" in str(self.red(season))

    def test_a_station_out_of_scope_that_day(self, season: Season) -> None:
        with administrator():
            Licence.objects.filter(station=season.hall.sitting.station).update(
                until=season.hall.sitting.held_on - timedelta(days=1)
            )
        refusal = self.red(season)
        assert [check.key for check in refusal.checks] == ["scope"]
        assert refusal.clause.instrument != "baotou-issue"

    def test_a_panel_of_two(self, season: Season) -> None:
        member = PanelMember.objects.filter(part=season.hall.skill).first()
        assert member is not None
        with administrator():
            PanelMember.objects.filter(pk=member.pk).update(released_at=ISSUING)
        assert "考评员 2 人，少于 3 人" in str(self.red(season))

    def test_a_card_that_was_not_valid_that_day(self, season: Season) -> None:
        member = PanelMember.objects.filter(part=season.hall.skill).first()
        assert member is not None
        assert member.card_id is not None
        with administrator():
            Card.objects.filter(pk=member.card_id).update(until=season.hall.sitting.held_on - timedelta(days=1))
        refusal = self.red(season)
        assert [check.key for check in refusal.checks] == ["panel"]
        assert refusal.clause.instrument == "standard-form-2018"

    def test_a_paper_that_was_never_ours(self, season: Season) -> None:
        with administrator():
            PaperCopy.objects.filter(part=season.hall.theory).update(released_at=None)
        assert "没有启封过本系统题库的试卷" in str(self.red(season))

    def test_a_paper_that_was_tampered_with(self, season: Season) -> None:
        with administrator():
            Paper.objects.filter(pk=PaperCopy.objects.get(part=season.hall.theory).paper_id).update(digest="0" * 64)
        assert "与封存时的摘要不符" in str(self.red(season))

    def test_no_draw_of_tasks(self, season: Season) -> None:
        with administrator():
            TaskDraw.objects.filter(part=season.hall.skill).delete()
        assert "没有抽题记录" in str(self.red(season))

    def test_too_few_blanks(self) -> None:
        season = make_season(candidates=3, stock=2)
        refusal = self.red(season)
        assert [check.key for check in refusal.checks] == ["stock"]
        assert "需要 3 本" in str(refusal)

    def test_a_body_without_a_code(self, season: Season) -> None:
        body = season.hall.sitting.station.organisation
        body.institution_code = None
        body.save()
        assert "没有机构代码" in str(self.red(season))

    def test_the_plan_shows_the_same_beforehand(self, season: Season) -> None:
        plan = selectors.plan(season.issuer, season.hall.sitting.pk, at=ISSUING)
        assert plan.passes
        assert [check.key for check in plan.checks] == [
            "batch",
            "scope",
            "panel",
            "materials",
            "paper",
            "numbering",
            "stock",
        ]
        assert plan.serials(len(plan.ready)) == ["A0000001–A0000003"]
        assert not Certificate.objects.exists()


class TestTheRegister:
    """What the tables refuse even to somebody who goes past the services."""

    @pytest.mark.parametrize("field", ["name", "level", "number", "issued_on"])
    def test_keeps_the_printed_fields(self, season: Season, field: str) -> None:
        certificate = season.issue().issued[0]
        changed = {"name": "钱某", "level": 1, "number": "1210012003400025", "issued_on": "2020-01-01"}[field]
        with pytest.raises(Exception, match=r"only the state|only by a correction"):
            Certificate.objects.filter(pk=certificate.pk).update(**{field: changed})

    def test_keeps_its_history(self, season: Season) -> None:
        season.issue()
        with pytest.raises(Exception, match="append-only"):
            StatusChange.objects.all().delete()

    def test_never_counts_back(self, season: Season) -> None:
        season.issue()
        with pytest.raises(Exception, match="only grow"):
            Counter.objects.update(last=1)
