"""The commands that put one form or calibration onto another: linking and equating."""

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
from psychometrics.equating import Linking, link, true_score
from psychometrics.tables import parameters, read_parameters, write_parameters
from tests.psychometrics.kolen_brennan import ITEMS_X, ITEMS_Y, items


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(commands(), [str(each) for each in arguments])


def by_shell(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "psychometrics", *map(str, arguments), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def report(*arguments: object) -> dict[str, Any]:
    done = ran(*arguments, "--json")
    assert done.exit_code == 0, done.output
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="module")
def calibrations(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("linking")
    write_parameters(folder / "new.csv", parameters(items(ITEMS_X, "x"), a_errors=np.full(36, 0.1)))
    write_parameters(folder / "old.csv", parameters(items(ITEMS_Y, "y")))
    return folder / "new.csv", folder / "old.csv"


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Twenty items of which eight are common; the new form is harder. The last who sat it left an answer out."""
    folder = tmp_path_factory.mktemp("equating")
    rng = np.random.default_rng(1)
    both = rng.normal(0, 1, 8)
    for name, shift in (("new", 1.8), ("old", 0.0)):
        form = irt.logistic(np.r_[both, rng.normal(shift, 1, 12)])
        scores = irt.simulated(form, rng.normal(0, 1, 600), rng=rng).astype(int).astype(object)
        if name == "new":
            scores[-1, 5] = ""
        with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
            header = [f"c{place}" if place < 8 else f"{name}{place}" for place in range(20)]
            csv.writer(file).writerows([header, *scores.tolist()])
    return folder / "new.csv", folder / "old.csv"


class TestLinking:
    def test_prints_constants_anchors_and_worth(self, calibrations: tuple[Path, Path], tmp_path: Path) -> None:
        new, old = calibrations
        made = by_shell("linking", new, old, "--limit", "inf", "--cut", 20, "--write", tmp_path / "turned.csv")
        wanted = link(items(ITEMS_X, "x"), items(ITEMS_Y, "y"), Linking.STOCKING_LORD)
        assert (made["slope"], made["shift"]) == (pytest.approx(wanted.slope), pytest.approx(wanted.shift))
        assert made["n_common"] == made["n_kept"] == len(made["anchors"]) == 12
        turned = wanted.turned(items(ITEMS_X, "x"))
        worth = true_score(turned, items(ITEMS_Y, "y")).equivalents
        assert [each["worth"] for each in made["scores"]] == pytest.approx(worth.tolist())
        assert (
            made["scores"][int(made["raw_cut"])]["reported"]
            >= 60
            > made["scores"][int(made["raw_cut"]) - 1]["reported"]
        )
        written = read_parameters(tmp_path / "turned.csv")
        assert written.items.b == pytest.approx(turned.b)
        assert written.a_errors == pytest.approx(0.1 / wanted.slope)

    def test_an_anchor_that_moved_is_dropped(self, calibrations: tuple[Path, Path]) -> None:
        made = report("linking", *calibrations, "--observed")
        assert "c27" in [each["item"] for each in made["anchors"] if not each["kept"]]
        assert set(made["scores"][0]) == {"raw", "worth"}


class TestEquating:
    def test_common_items_are_found_by_name(self, forms: tuple[Path, Path]) -> None:
        made = by_shell("equating", *forms, "--cut", 12, "--replications", 30, "--smooth", 3)
        assert made["method"] == "chained-equipercentile"
        assert (made["n_common"], made["n_new"], made["n_old"], made["n_left_out"]) == (8, 599, 600, 1)
        middle = [each for each in made["scores"] if 6 <= each["raw"] <= 12]
        # A point on the harder form is worth more.
        assert all(each["worth"] > each["raw"] for each in middle)
        assert all(0 < each["se"] < 1 for each in middle)
        assert made["raw_cut"] < 12

    def test_a_line_says_its_slope_and_half_marks_are_a_unit(self, forms: tuple[Path, Path], tmp_path: Path) -> None:
        halves = []
        for path in forms:
            rows = list(csv.reader(path.read_text(encoding="utf-8").splitlines()))
            halves.append(tmp_path / path.name)
            marks = [[cell and str(int(cell) / 2) for cell in row] for row in rows[1:]]
            with halves[-1].open("w", newline="", encoding="utf-8") as file:
                csv.writer(file).writerows([rows[0], *marks])
        plain = report("equating", *forms, "--method", "tucker", "--replications", 0)
        made = report("equating", *halves, "--method", "tucker", "--replications", 0, "--unit", 0.5, "--cut", 6)
        assert made["slope"] == pytest.approx(plain["slope"])
        assert made["intercept"] == pytest.approx(plain["intercept"] / 2)
        assert [each["raw"] for each in made["scores"][:3]] == [0, 0.5, 1]
        assert "se" not in made["scores"][0]

    def test_without_the_common_items_the_anchor_is_external(self, forms: tuple[Path, Path]) -> None:
        made = report("equating", *forms, "--external", "--replications", 0)
        assert len(made["scores"]) == 13

    def test_people_see_a_table(self, forms: tuple[Path, Path]) -> None:
        done = ran("equating", *forms, "--replications", 0)
        assert done.exit_code == 0
        assert "worth" in done.stdout
        assert " 20.0 " in done.stdout
