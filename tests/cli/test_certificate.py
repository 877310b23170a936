"""`kaogong certificate` after a restore: what somebody does at three o'clock, and what the shell says to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from kaogong.certificates import rules
from kaogong.certificates.models import Counter, Reckoning
from kaogong.cli.certificate import app
from kaogong.foundation.audit.models import TrailEntry
from tests.support.certificates import Season, make_season
from tests.support.restores import note_restore

pytestmark = pytest.mark.django_db
shell = CliRunner(env={"COLUMNS": "200"})
BASIS = ["--who", "值班员陈", "--basis", "印务打印清单"]


@pytest.fixture
def season() -> Season:
    season = make_season(candidates=2)
    season.issue()
    note_restore()
    return season


def number(season: Season, running: int) -> str:
    return f"26{season.hall.sitting.station.organisation.institution_code}5{running:05d}"


class TestNumbers:
    def test_exits_1_while_a_counter_is_closed(self, season: Season) -> None:
        result = shell.invoke(app, ["numbers", "--year", "2026"])
        assert result.exit_code == 1
        assert "恢复后未清点" in result.stdout
        assert number(season, 2) in result.stdout

    def test_shows_what_is_unaccounted_once_it_is_open(self, season: Season) -> None:
        shell.invoke(app, ["advance-numbers", number(season, 7), *BASIS])
        result = shell.invoke(app, ["numbers", "--year", "2026"])
        assert result.exit_code == 0
        assert number(season, 3) in result.stdout
        assert f"{number(season, 7)}（5）" in result.stdout


class TestAdvanceNumbers:
    def test_takes_the_number_as_it_stands_on_paper(self, season: Season) -> None:
        spaced = " ".join(number(season, 7)[place : place + 4] for place in range(0, 16, 4))
        result = shell.invoke(app, ["advance-numbers", spaced, *BASIS])
        assert result.exit_code == 0, result.output
        assert Counter.objects.get().last == 7
        assert TrailEntry.objects.get(action="certificates.numbers_reckoned").actor_name == "值班员陈"

    def test_the_next_number_says_that_nothing_more_is_out(self, season: Season) -> None:
        result = shell.invoke(app, ["advance-numbers", number(season, 3), "--next", *BASIS])
        assert result.exit_code == 0, result.output
        assert Reckoning.objects.get().count == 0

    def test_refuses_with_what_to_do(self, season: Season) -> None:
        result = shell.invoke(app, ["advance-numbers", number(season, 1), *BASIS])
        assert result.exit_code == 1
        assert "编号只进不退" in result.stderr
        assert "重号" in result.stderr

    def test_a_file_does_what_it_can_and_names_the_rest(self, season: Season, tmp_path: Path) -> None:
        file = tmp_path / "known.csv"
        file.write_text(f"{number(season, 7)},印务打印清单第2页\n1234,\n", encoding="utf-8")
        result = shell.invoke(app, ["advance-numbers", "--file", str(file), *BASIS])
        assert result.exit_code == 1
        assert "1234：" in result.stderr
        assert (Reckoning.objects.get().last, Reckoning.objects.get().basis) == (7, "印务打印清单第2页")

    def test_then_the_register_goes_on_behind_it(self, season: Season) -> None:
        shell.invoke(app, ["advance-numbers", number(season, 7), *BASIS])
        code = season.centre.name
        counted = shell.invoke(app, ["count-blanks", code, season.series.key, "90", "--lowest", "11", *BASIS])
        assert counted.exit_code == 0, counted.output
        assert "补记已用 8 本" in counted.stdout
        assert rules.parse(number(season, 8)).running == Counter.objects.get().last + 1
