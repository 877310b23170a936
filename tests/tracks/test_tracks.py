"""The tracks' rule tables: what the socialised track allows on a day, and which tracks have no rules yet."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from tests.support.cast import officer

from kaogong.cli.reference import LOADER
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.regulations import selectors as regulations
from kaogong.tracks import selectors, services
from kaogong.tracks.models import TrackRule

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


class TestRules:
    @pytest.mark.parametrize(
        ("on", "regimes"),
        [
            (date(2015, 1, 1), {"station": "qualification-16"}),
            (date(2019, 12, 31), {"station": "qualification-16"}),
            (date(2020, 1, 1), {"station": "qualification-16", "social_body": "level-22"}),
            (TODAY, {"station": "qualification-16", "social_body": "level-22"}),
        ],
    )
    def test_filed_bodies_issue_their_own_certificates_since_2020(self, on: date, regimes: dict[str, str]) -> None:
        assert selectors.rule("social", "regimes", on).value == regimes

    def test_social_bodies_organise_since_2020(self) -> None:
        assert "social_body" not in selectors.rule("social", "organisers", date(2019, 6, 1)).value
        assert "social_body" in selectors.rule("social", "organisers", TODAY).value

    def test_the_table_answers_every_topic_of_the_contract(self) -> None:
        topics = {rule.topic for rule in selectors.rules("social", TODAY)}
        assert topics == {"organisers", "sites", "levels", "regimes", "panel", "conditions", "review"}

    def test_every_cell_rests_on_a_clause_of_the_library(self) -> None:
        for row in TrackRule.objects.all():
            clause = selectors.Clause.parse(row.clause)
            assert regulations.clause(clause) is not None, row.clause

    @pytest.mark.parametrize("track", ["enterprise", "college", "special-ability", "public-sector", "national-unified"])
    def test_the_other_tracks_have_no_rules_yet(self, track: str) -> None:
        assert not selectors.has_rules(track, TODAY)
        with pytest.raises(selectors.NoTrackRule):
            selectors.rule(track, "organisers", TODAY)

    def test_before_the_rule_there_is_none(self) -> None:
        with pytest.raises(selectors.NoTrackRule):
            selectors.rule("social", "organisers", date(1990, 1, 1))


class TestTracks:
    def test_there_are_six(self) -> None:
        assert next(track.key for track in selectors.tracks()) == "social"
        assert len(selectors.tracks()) == 6
        assert selectors.name_of("social") == "社会化职业技能鉴定"

    def test_an_unknown_key_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            selectors.track("none")


class TestLoadReference:
    def test_loading_again_changes_nothing(self) -> None:
        before = list(TrackRule.objects.order_by("pk").values())
        services.load_reference(actor=LOADER, at=datetime(2026, 11, 24, tzinfo=UTC))
        assert list(TrackRule.objects.order_by("pk").values()) == before

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            services.load_reference(actor=officer("regulations.edit"), at=datetime(2026, 11, 24, tzinfo=UTC))
