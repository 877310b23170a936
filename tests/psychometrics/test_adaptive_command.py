from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from psychometrics import irt, tables
from psychometrics.cli.adaptive import run
from psychometrics.errors import Infeasible, PsychometricsError, UnreadableFile, WrongValue

AREAS = ("law", "safety", "craft")


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """Parameters of 60 items as calibration writes them, areas and minutes."""
    rng = np.random.default_rng(3)
    items = irt.logistic(
        rng.normal(0, 1, 60),
        rng.lognormal(0.1, 0.3, 60),
        rng.uniform(0.1, 0.25, 60),
        names=[f"题{k}" for k in range(60)],
    )
    path = tmp_path / "items.csv"
    tables.write_parameters(path, tables.parameters(items))
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},area,minutes", *(f"{row},{AREAS[k % 3]},{1 + k % 2}" for k, row in enumerate(rows))]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def command(*arguments: object) -> Result:
    """The command in this process: the shell's own start is met once, below."""
    app = typer.Typer()
    app.command()(run)
    return CliRunner().invoke(app, [str(each) for each in arguments])


def report(*arguments: object) -> dict[str, Any]:
    done = command(*arguments, "--json")
    assert done.exit_code == 0, done.exception
    return dict(json.loads(done.stdout))


def test_simulates_a_whole_design(bank: Path) -> None:
    options = ("--sittings", 300, "--longest", 12, "--area", "law=3:4", "--ceiling", 0.5, "--cut", 0)
    found = report(bank, *options)
    assert found["sittings"] == sum(each["n"] for each in found["reasons"]) == 300
    assert found["length"] == 12
    assert found["rmse"] < 0.7
    assert found["accuracy"] == pytest.approx(1 - found["false_pass"] - found["false_fail"])
    assert found["highest"] == max(each["rate"] for each in found["items"]) < 0.6
    assert sum(each["rate"] for each in found["items"]) == pytest.approx(12)
    law = sum(each["rate"] for each in found["items"][::3])
    assert 3 <= law <= 4
    assert sum(each["n"] for each in found["abilities"]) == 300
    assert report(bank, *options) == found  # the same seed


def test_a_shadow_test_prints_nothing_but_its_report(bank: Path) -> None:
    arguments = (bank, "--sittings", 10, "--longest", 8, "--rule", "minutes=9:11", "--json")
    done = subprocess.run(
        [sys.executable, "-m", "psychometrics", "adaptive", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["length"] == 8
    minutes = sum(each["rate"] * (1 + place % 2) for place, each in enumerate(found["items"]))
    assert 9 <= minutes <= 11


def test_replays_responses_against_all_that_was_answered(bank: Path, tmp_path: Path) -> None:
    items = tables.read_parameters(bank).items
    scores = irt.simulated(items, np.random.default_rng(1).normal(0, 1, 41), rng=np.random.default_rng(2))
    cells = [["" if cell == 0 and row < 5 else f"{cell:g}" for cell in line] for row, line in enumerate(scores)]
    cells[40] = [""] * 60  # answered nothing, and sits nothing
    groups = ["north", "south"] * 20 + ["nobody sat"]
    lines = [",".join([group, "9", *line]) for group, line in zip(groups, cells, strict=True)]
    file = tmp_path / "responses.csv"
    file.write_text("\n".join([",".join(["group", "elsewhere", *items.names]), *lines]), encoding="utf-8")
    found = report(bank, "--responses", file, "--longest", 20)
    assert found["sittings"] == 40
    assert found["correlation"] > 0.9
    assert 0 < found["rmse"] < 0.5
    assert [(each["group"], each["n"]) for each in found["groups"]] == [("north", 20), ("south", 20)]
    whole = report(bank, "--responses", file, "--longest", 60)
    assert whole["rmse"] == pytest.approx(0, abs=5e-3)


def test_names_the_next_item_of_a_sitting(bank: Path, tmp_path: Path) -> None:
    answers = tmp_path / "answers.csv"
    answers.write_text("item,score\n题3,1\n题7,\n", encoding="utf-8")
    found = report(bank, "--answers", answers)
    assert found["item"].startswith("题")
    assert found["item"] not in ("题3", "题7")
    assert found["answered"] == 2
    assert found["theta"] > 0
    answers.write_text("item,score\n", encoding="utf-8")
    assert report(bank, "--answers", answers)["answered"] == 0
    answers.write_text("item,score\n题3,1\n题7,\n", encoding="utf-8")
    ended = report(bank, "--answers", answers, "--longest", 2)
    assert (ended["item"], ended["reason"]) == (None, "full_length")


def test_prints_a_table_for_people(bank: Path) -> None:
    done = command(bank, "--sittings", 20, "--longest", 5)
    assert "Why sittings ended" in done.stdout
    assert "题0" in done.stdout


@pytest.mark.parametrize(
    ("options", "error"),
    [
        (("--half-width", 0.3), WrongValue),
        (("--among", "a"), WrongValue),
        (("--area", "law"), WrongValue),
        (("--area", "law=1:2.5"), WrongValue),
        (("--area", "law=2:"), WrongValue),
        (("--rule", "minutes=x:9"), WrongValue),
        (("--rule", "weight=1:9"), UnreadableFile),
        (("--rule", "minutes=:5", "--longest", 6), Infeasible),
        (("--area", "law=30:40"), Infeasible),
        (("--longest", 61), Infeasible),
    ],
)
def test_says_what_is_wrong(bank: Path, options: tuple[object, ...], error: type[PsychometricsError]) -> None:
    assert isinstance(command(bank, *options).exception, error)
