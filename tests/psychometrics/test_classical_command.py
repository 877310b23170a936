from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from psychometrics import irt
from psychometrics.cli.classical import run
from psychometrics.errors import UnreadableFile
from tests.psychometrics.samples import sample


class TestCommand:
    def test_reports_items_options_scores_groups_and_the_decision(self, tmp_path: Path) -> None:
        rng = np.random.default_rng(1)
        ability = rng.normal(size=80)
        right = irt.simulated(irt.logistic(np.linspace(-1, 1, 10)), ability, rng=rng)
        cells = np.where(right > 0, "A", rng.choice(["B", "C"], right.shape))
        names = [f"q{place}" for place in range(10)]
        rows = [
            ",".join(["group", *names]),
            *(",".join(["汉" if row % 2 else "维", *each]) for row, each in enumerate(cells)),
        ]
        (tmp_path / "answers.csv").write_text("\n".join(rows), encoding="utf-8")
        (tmp_path / "key.csv").write_text("\n".join(["item,key", *(f"{name},A" for name in names)]))
        (tmp_path / "about.csv").write_text("\n".join(["item,type,points", *(f"{name},single,0.5" for name in names)]))
        options = ["--key", "key.csv", "--about", "about.csv", "--cut", "3", "--json"]
        found = json.loads(called(tmp_path, "answers.csv", *options))
        assert (found["n_persons"], found["n_items"]) == (80, 10)
        assert found["items"][0]["difficulty"] == pytest.approx(right[:, 0].mean())
        assert {each["option"] for each in found["options"]} == {"A", "B", "C"}
        assert found["mean"] == pytest.approx(right.sum(axis=1).mean() / 2)
        assert [each["method"] for each in found["decision"]] == ["livingston-lewis"]
        assert {each["group"] for each in found["groups"]} == {"汉", "维"}
        assert found["alpha_stratified"] == pytest.approx(found["alpha"])
        assert sum(each["n"] for each in found["scores"]) == 80

    def test_says_in_its_tables_why_there_is_no_standard_error(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "points.csv").write_text("q1,q2\n1,0.5\n0,1\n1,1\n0,0\n")
        run(tmp_path / "points.csv", cut=1.0)
        assert "points in part" in capsys.readouterr().out

    def test_takes_one_group_alone(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "points.csv").write_text("group,q1,q2\n汉,1,0\n汉,0,1\n汉,1,1\n维,0,0\n维,1,1\n维,0,\n")
        run(tmp_path / "points.csv", only="汉", cut=1.0, as_json=True)
        assert json.loads(capsys.readouterr().out)["items"][0]["difficulty"] == pytest.approx(2 / 3)
        run(tmp_path / "points.csv", only="维", cut=1.0)
        assert "1 persons who did not answer everything" in " ".join(capsys.readouterr().out.split())

    def test_judges_whole_points_by_every_method(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        made = sample(100, 8)
        rows = [",".join(f"{score:g}" for score in row) for row in made.scores]
        (tmp_path / "points.csv").write_text("\n".join([",".join(made.items), *rows]))
        run(tmp_path / "points.csv", cut=5.0, as_json=True)
        found = json.loads(capsys.readouterr().out)["decision"]
        assert [each["method"] for each in found] == ["livingston-lewis", "hanson-brennan", "subkoviak"]
        assert found[2]["accuracy"] is None

    @pytest.mark.parametrize(
        ("about", "message"),
        [
            ("item,type\nq1,single\n", "about q2"),
            ("item,points\nq1,half\nq2,1\n", "half"),
            ("item,colour\nq1,red\nq2,red\n", "type or points"),
        ],
    )
    def test_refuses_what_it_cannot_read_about_items(self, tmp_path: Path, about: str, message: str) -> None:
        (tmp_path / "points.csv").write_text("q1,q2\n1,0\n0,1\n1,1\n")
        (tmp_path / "about.csv").write_text(about)
        with pytest.raises(UnreadableFile, match=message):
            run(tmp_path / "points.csv", about=tmp_path / "about.csv")


def called(folder: Path, *arguments: str) -> str:
    """What the command prints."""
    command = [sys.executable, "-m", "psychometrics", "classical", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout
