from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from psychometrics.cli.fairness import Method, run
from tests.psychometrics.two_groups import answers


class TestCommand:
    def test_reports_each_item_and_group_and_which_was_too_small(self, tmp_path: Path) -> None:
        made = answers(8, n=300, harder={0: 1.5})
        rows = [
            ",".join([made.groups[group], *(f"{score:g}" for score in line)])
            for group, line in zip(made.group, made.scores, strict=True)
        ]
        lines = [",".join(["group", *made.items]), *rows, "tibetan" + ",1" * 8]
        (tmp_path / "answers.csv").write_text("\n".join(lines))
        command = [sys.executable, "-m", "psychometrics", "fairness", "answers.csv", "--reference", "han", "--json"]
        printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        found = json.loads(printed)
        assert [each["item"] for each in found["items"] if each["class"] == "C"] == ["i1"]
        assert {each["focal"] for each in found["items"]} == {"uyghur"}
        refused = {each["group"]: each["why_not"] for each in found["groups"]}
        assert "200 at least" in refused["tibetan"]
        assert refused["uyghur"] == ""
        assert {each["group"]: each["is_settled"] for each in found["groups"]}["uyghur"]

    def test_says_of_a_group_that_everything_differs(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        lines = ["group,q1,q2", *["m,1,0"] * 60, *["f,0,1"] * 60, *["m,0,1"] * 5, *["f,1,0"] * 5]
        (tmp_path / "answers.csv").write_text("\n".join(lines))
        run(tmp_path / "answers.csv", "m", smaller=20, together=40, as_json=True)
        found = json.loads(capsys.readouterr().out)
        assert "no anchor" in found["groups"][1]["why_not"]
        assert found["items"] == []

    @pytest.mark.parametrize("method", Method)
    def test_prints_every_method_as_a_table(
        self, method: Method, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        lines = [
            "group,q1,q2,q3",
            *(f"{'mf'[row % 2]},{row % 3 % 2},{row // 2 % 2},{row // 3 % 2}" for row in range(90)),
        ]
        (tmp_path / "answers.csv").write_text("\n".join(lines))
        run(tmp_path / "answers.csv", "m", method=method, smaller=20, together=40, purify=False)
        assert "q3" in capsys.readouterr().out
