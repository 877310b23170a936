"""`kaogong audit` at work: what an operator sees when all is well, and when it is not."""

from __future__ import annotations

import json
from uuid import UUID

import pytest
from typer.testing import CliRunner

from kaogong.cli.audit import app
from kaogong.foundation.audit.models import Seal
from tests.support.audit import administrator, make_line, slip_in

shell = CliRunner(env={"COLUMNS": "200"})


@pytest.mark.usefixtures("real_database")
class TestVerify:
    def test_a_sound_trail_exits_0(self) -> None:
        make_line()
        shell.invoke(app, ["seal"])
        result = shell.invoke(app, ["verify"])
        assert result.exit_code == 0
        assert "完全一致" in result.stdout

    def test_names_an_altered_row_and_exits_1(self, real_database: str) -> None:
        line = make_line()
        shell.invoke(app, ["seal"])
        with administrator(real_database) as admin:
            admin.execute("UPDATE audit_trailentry SET actor_name = '别人' WHERE id = %s", [line.id])
        result = shell.invoke(app, ["verify"])
        assert result.exit_code == 1
        assert str(line.id) in result.stdout
        assert "被改动" in result.stdout

    def test_speaks_json_to_machines(self, real_database: str) -> None:
        line = make_line()
        shell.invoke(app, ["seal"])
        with administrator(real_database) as admin:
            admin.execute("DELETE FROM audit_trailentry WHERE id = %s", [line.id])
        result = shell.invoke(app, ["verify", "--json"])
        assert result.exit_code == 1
        report = json.loads(result.stdout)
        assert report["is_sound"] is False
        assert [(each["kind"], each["entry_id"]) for each in report["findings"]] == [("removed", str(line.id))]


@pytest.mark.usefixtures("real_database")
class TestSeal:
    def test_says_how_many_lines(self) -> None:
        make_line()
        result = shell.invoke(app, ["seal"])
        assert result.exit_code == 0
        assert str(Seal.objects.latest("number").number) in result.stdout

    def test_names_a_line_that_it_refuses(self, real_database: str) -> None:
        new = slip_in(real_database, make_line(), transaction="pg_current_xact_id()::text::bigint")
        result = shell.invoke(app, ["seal"])
        assert result.exit_code == 1
        assert str(new) in result.stderr


@pytest.mark.django_db
class TestShow:
    def test_tells_the_story_of_a_record(self) -> None:
        line = make_line(action="registration.admitted", amount=19500)
        result = shell.invoke(app, ["show", line.target_id])
        assert result.exit_code == 0
        for words in ("registration.admitted", "钱主任", "19500", "有效"):
            assert words in result.stdout

    def test_finds_a_line_by_its_own_id(self) -> None:
        assert shell.invoke(app, ["show", str(make_line().id)]).exit_code == 0

    @pytest.mark.parametrize("asked", ["nothing", str(UUID(int=404))])
    def test_says_when_there_is_nothing(self, asked: str) -> None:
        result = shell.invoke(app, ["show", asked])
        assert result.exit_code == 1
        assert asked in result.stderr
