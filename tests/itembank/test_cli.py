"""`kaogong bank` from a shell: judge, stage, commit, and say every failure in a sentence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from tests.support.itembank import TRAINER, csv_file
from typer.testing import CliRunner

from kaogong.cli.bank import app
from kaogong.itembank.models import ImportBatch, Item

pytestmark = pytest.mark.django_db

GOOD = "训练师该先做（）,单选,清洗,标注,训练,部署,A"
NO_KEY = "缺答案的题,单选,甲,乙,丙,丁,"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file with a good row and a bad one."""
    path = tmp_path / "题库.csv"
    path.write_bytes(csv_file(GOOD, NO_KEY))
    return path


def run(*arguments: object) -> Result:
    """What the shell would see."""
    return CliRunner().invoke(app, [str(each) for each in arguments])


def judged(file: Path, *options: str) -> dict[str, Any]:
    """The outcome of an import as JSON."""
    result = run("import", file, "--occupation", TRAINER, "--level", "5", "--json", *options)
    assert result.exit_code == 0, result.output
    outcome = json.loads(result.stdout)
    assert isinstance(outcome, dict)
    return outcome


class TestImport:
    def test_a_dry_run_keeps_nothing(self, file: Path) -> None:
        outcome = judged(file, "--dry-run")
        assert (outcome["good"], outcome["bad"], outcome["state"]) == (1, 1, "dry run")
        assert outcome["repairs"] == [{"line": 3, "place": "", "field": "key", "reason": "没有答案"}]
        assert not ImportBatch.objects.exists()

    def test_stages_by_default(self, file: Path) -> None:
        outcome = judged(file)
        assert outcome["state"] == "staged"
        assert ImportBatch.objects.get(pk=outcome["batch"]).good_rows == 1
        assert not Item.objects.filter(occupation_code=TRAINER).exists()

    def test_commits_when_told(self, file: Path) -> None:
        assert judged(file, "--commit")["state"] == "committed"
        assert Item.objects.get(occupation_code=TRAINER).author == "命令行"

    def test_takes_a_column_map(self, tmp_path: Path) -> None:
        path = tmp_path / "x.csv"
        path.write_bytes(csv_file("甲题,判断,对", header="Q,T,K"))
        assert judged(path, "--map", "stem=Q, type=T, key=K", "--dry-run")["good"] == 1

    def test_shows_tables_to_people(self, file: Path) -> None:
        result = run("import", file, "--occupation", TRAINER, "--level", "5")
        assert result.exit_code == 0
        assert "没有答案" in result.stdout
        assert "kaogong bank commit" in result.stdout

    @pytest.mark.parametrize(
        ("options", "words"),
        [
            (["--map", "stem"], "应写成"),
            (["--map", "stem=没有的列,type=题型,key=答案"], "没有的列"),
            (["--profile", "klingon"], "klingon"),
        ],
    )
    def test_says_failures_in_a_sentence(self, file: Path, options: list[str], words: str) -> None:
        result = run("import", file, "--occupation", TRAINER, "--level", "5", *options)
        assert result.exit_code == 1
        assert words in result.stderr

    def test_an_unknown_occupation(self, file: Path) -> None:
        result = run("import", file, "--occupation", "9-99-99-99", "--level", "5", "--json")
        assert result.exit_code == 1
        assert "9-99-99-99" in json.loads(result.stdout)["error"]


class TestLater:
    def test_commit_a_staged_batch_once(self, file: Path) -> None:
        batch = judged(file)["batch"]
        assert run("commit", batch).exit_code == 0
        second = run("commit", batch)
        assert second.exit_code == 1
        assert "已入库" in second.stderr

    def test_discard_a_staged_batch(self, file: Path) -> None:
        batch = judged(file)["batch"]
        assert run("discard", batch).exit_code == 0
        assert run("commit", batch).exit_code == 1


class TestExport:
    def export(self, out: Path, *options: str) -> Result:
        return run("export", out, "--occupation", "6-31-01-03", "--level", "5", "--reason", "送审", *options)

    def test_a_bank_goes_out_and_is_judged_by_the_import(self, tmp_path: Path) -> None:
        out = tmp_path / "bank.zip"
        assert self.export(out).exit_code == 0
        result = run(
            "import", out, "--occupation", "6-31-01-03", "--level", "5", "--profile", "qti", "--dry-run", "--json"
        )
        outcome = json.loads(result.stdout)
        assert (outcome["rows"], outcome["good"], outcome["encoding"]) == (600, 0, "QTI 3.0")
        assert {repair["field"] for repair in outcome["repairs"]} == {"stem", "number"}  # each is in the bank already

    @pytest.mark.parametrize(
        ("options", "words"), [(["--format", "doc"], "--format"), (["--state", "frozen"], "没有符合条件的试题")]
    )
    def test_says_failures_in_a_sentence(self, tmp_path: Path, options: list[str], words: str) -> None:
        result = self.export(tmp_path / "x", *options)
        assert result.exit_code == 1
        assert words in result.stderr
