"""The commands that take answers and the parameters of their items: estimation and fit."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from psychometrics import irt
from psychometrics.cli.main import commands
from psychometrics.errors import WrongShape
from psychometrics.estimation import Method, abilities
from psychometrics.responses import read_csv
from psychometrics.tables import parameters, write_parameters


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(commands(), [str(each) for each in arguments])


def report(*arguments: object) -> dict[str, Any]:
    """By the shell, as people run it; the others save its start."""
    command = [sys.executable, "-m", "psychometrics", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """300 persons of two groups on ten items; the last person has all wrong that is easy and right that is hard."""
    folder = tmp_path_factory.mktemp("abilities")
    items = irt.logistic(np.linspace(-2, 2, 10), 1.6)
    rng = np.random.default_rng(1)
    scores = irt.simulated(items, rng.normal(0, 1, 300), rng=rng).astype(int).astype(object)
    scores[-1] = [0] * 5 + [1] * 5
    scores[0, :3] = ""
    scores[:, 9] = np.where(rng.random(300) < 0.7, scores[:, 8], scores[:, 9])
    with (folder / "answers.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["person", "group", *items.names])
        writer.writerows([f"c{place}", "ab"[place % 2], *row] for place, row in enumerate(scores))
    write_parameters(folder / "items.csv", parameters(items))
    return folder / "answers.csv", folder / "items.csv"


class TestEstimation:
    def test_prints_what_the_function_finds(self, files: tuple[Path, Path]) -> None:
        answers, items = files
        made = report("estimation", answers, "--items", items, "--method", "eap", "--mean", 0.5)
        given = read_csv(answers)
        found = abilities(
            given, irt.logistic(np.linspace(-2, 2, 10), 1.6), Method.EAP, population=irt.normal_quadrature(mean=0.5)
        )
        assert [each["theta"] for each in made["persons"]] == pytest.approx(found.theta.tolist())
        assert made["persons"][0] | {"theta": 0, "se": 0} == {
            "person": "c0",
            "group": "a",
            "answered": 7,
            "theta": 0,
            "se": 0,
        }
        assert made["reliability"] == pytest.approx(found.reliability)

    def test_says_what_each_sum_means_when_asked(self, files: tuple[Path, Path]) -> None:
        answers, items = files
        made = json.loads(ran("estimation", answers, "--items", items, "--method", "ml", "--sums", "--json").stdout)
        assert len(made["sums"]) == 11
        assert made["sums"][10]["true_score"] is None
        assert made["n_finite"] < made["n_persons"] == 300

    def test_people_see_a_table(self, files: tuple[Path, Path]) -> None:
        answers, items = files
        done = ran("estimation", answers, "--items", items)
        assert "reliability" in done.stdout
        assert "c299" in done.stdout

    def test_items_without_parameters_are_named(self, files: tuple[Path, Path], tmp_path: Path) -> None:
        few = tmp_path / "few.csv"
        write_parameters(few, parameters(irt.logistic([0.0, 1.0])))
        done = ran("estimation", files[0], "--items", few)
        assert isinstance(done.exception, WrongShape)
        assert str(done.exception).startswith("no parameters for i3")


class TestFit:
    def test_names_the_pair_and_the_person_that_do_not_fit(self, files: tuple[Path, Path]) -> None:
        answers, items = files
        made = report("fit", answers, "--items", items, "--fixed")
        assert [(each["one"], each["other"]) for each in made["pairs"]] == [("i9", "i10")]
        assert "c299" in [each["person"] for each in made["persons"]]
        assert made["n_unlikely"] == len(made["persons"]) < 10
        assert made["n_complete"] == 299
        assert {each["group"] for each in made["groups"]} == {"a", "b"}
        assert all(0 <= each["p"] <= 1 for each in made["items"])

    def test_people_see_a_table_with_every_item(self, files: tuple[Path, Path]) -> None:
        answers, items = files
        done = ran("fit", answers, "--items", items)
        assert done.exit_code == 0
        assert all(f"i{place}" in done.stdout for place in range(1, 11))

    def test_the_help_names_the_output(self) -> None:
        assert "rmsea" in ran("fit", "--help").stdout


class TestMain:
    def test_only_the_analysis_asked_for_is_loaded(self) -> None:
        code = "import sys; from psychometrics.cli.main import main; sys.argv = ['', 'estimation', '--help']\n"
        code += "try: main()\nfinally: assert 'psychometrics.cli.fit' not in sys.modules"
        assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0

    def test_without_one_all_are_listed(self) -> None:
        listed = ran("--help").stdout
        assert all(name in listed for name in ("estimation", "fit", "equating", "linking"))
