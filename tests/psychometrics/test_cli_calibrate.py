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
from psychometrics.errors import NotConverged, UnreadableFile, WrongValue
from psychometrics.tables import parameters, read_options, read_parameters, write_parameters
from tests.psychometrics import drawn


def ran(*arguments: object) -> Result:
    return CliRunner().invoke(commands(), ["calibrate", *map(str, arguments)])


def report(*arguments: object) -> dict[str, Any]:
    done = ran(*arguments, "--json")
    assert done.exit_code == 0, done.exception
    return dict(json.loads(done.stdout))


def written(path: Path, header: list[str], rows: list[list[Any]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


@pytest.fixture(scope="module")
def lsat(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rows = drawn.lsat(drawn.LSAT7).scores.astype(int).tolist()
    return written(tmp_path_factory.mktemp("lsat") / "lsat.csv", [f"q{place}" for place in range(1, 6)], rows)


@pytest.fixture
def mixed(tmp_path: Path) -> tuple[Path, irt.Items]:
    """Twelve 2PL items and two graded ones; 1,500 persons of two groups, a tenth of the answers missing."""
    rng = np.random.default_rng(41)
    truth = irt.joined(
        [
            irt.logistic(np.linspace(-1.5, 1.5, 12), 1.2),
            irt.graded([1.2, 0.9], [[-0.5, 0.7], [0.0, 1.0]], names=["g1", "g2"]),
        ]
    )
    theta = np.concatenate([rng.normal(0.0, 1.0, 900), rng.normal(0.6, 0.8, 600)])
    scores = irt.simulated(truth, theta, rng=rng).astype(int).astype(object)
    scores[rng.random(scores.shape) < 0.1] = ""
    rows = [[f"p{place}", "甲" if place < 900 else "乙", *row] for place, row in enumerate(scores)]
    return written(tmp_path / "mixed.csv", ["person", "group", *truth.names], rows), truth


def test_from_a_shell_the_published_figures_come_out(lsat: Path, tmp_path: Path) -> None:
    """Figures of Bock & Lieberman's LSAT section 7 as in test_calibration."""
    output = tmp_path / "items.csv"
    command = [sys.executable, "-m", "psychometrics", "calibrate", str(lsat), "--output", str(output), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["log_likelihood"] == pytest.approx(-2658.805, abs=1e-3)
    assert [each["a"] for each in made["items"]] == pytest.approx([0.988, 1.081, 1.707, 0.765, 0.736], abs=2e-3)
    assert made["items"][0] | {"a": 0, "a_se": 0, "b": 0, "b_se": 0} == {
        "item": "q1",
        "model": "2pl",
        "n": 1000,
        "a": 0,
        "a_se": 0,
        "b": 0,
        "b_se": 0,
        "c": None,
        "c_se": None,
        "fixed": False,
        "flags": "",
    }
    assert made["groups"] == [{"group": "all", "n": 1000, "mean": 0, "mean_se": None, "sd": 1, "sd_se": None}]
    read = read_parameters(output)
    assert read.items.a.tolist() == [each["a"] for each in made["items"]]
    assert read.b_errors[:, 0].tolist() == [each["b_se"] for each in made["items"]]


def test_other_commands_read_what_it_writes(lsat: Path, tmp_path: Path) -> None:
    output = tmp_path / "items.csv"
    report(lsat, "--model", "3pl", "--output", output)
    done = CliRunner().invoke(commands(), ["estimation", str(lsat), "--items", str(output), "--json"])
    assert json.loads(done.stdout)["n_finite"] == 1000


def test_papers_of_several_models_and_groups(mixed: tuple[Path, irt.Items], tmp_path: Path) -> None:
    answers, truth = mixed
    models = written(tmp_path / "models.csv", ["item", "model"], [["g1", "GRM"], ["g2", "gpcm"]])
    output = tmp_path / "items.csv"
    made = report(answers, "--models", models, "--reference", "甲", "--output", output)
    assert [each["model"] for each in made["items"]] == ["2pl"] * 12 + ["grm", "gpcm"]
    assert made["items"][0]["b2"] is None
    assert made["items"][12]["b2"] == pytest.approx(0.7, abs=0.2)
    assert [each["group"] for each in made["groups"]] == ["乙", "甲"]
    assert made["groups"][0]["mean"] == pytest.approx(0.6, abs=3 * made["groups"][0]["mean_se"])
    assert read_parameters(output).models == ("2pl",) * 12 + ("grm", "gpcm")
    assert read_parameters(output).items.b[:12, 0] == pytest.approx(truth.b[:12, 0], abs=0.3)


def test_trial_items_come_onto_the_scale_of_a_table(mixed: tuple[Path, irt.Items], tmp_path: Path) -> None:
    answers, truth = mixed
    table = parameters(truth.take(np.arange(10)), ["1pl"] * 10)
    write_parameters(tmp_path / "fixed.csv", table)
    made = report(answers, "--model", "2pl", "--fixed", tmp_path / "fixed.csv", "--models", grm(tmp_path))
    assert [each["fixed"] for each in made["items"]] == [True] * 10 + [False] * 4
    assert made["items"][0]["model"] == "1pl"
    assert made["items"][0]["b1"] == truth.b[0, 0]
    assert made["items"][0]["a_se"] is None
    assert {each["mean_se"] is None for each in made["groups"]} == {False}


def grm(folder: Path) -> Path:
    return written(folder / "grm.csv", ["item", "model"], [["g1", "grm"], ["g2", "grm"]])


def test_priors_and_asymptotes(lsat: Path) -> None:
    plain = report(lsat, "--model", "3pl")
    tight = report(lsat, "--model", "3pl", "--prior-c", 200, 800, "--prior-a", 0, 0.1, "--prior-b", 0, 0.5)
    assert plain["log_prior"] != tight["log_prior"]
    assert [each["c"] for each in tight["items"]] == pytest.approx([0.2] * 5, abs=0.01)
    assert [each["a"] for each in tight["items"]] == pytest.approx([1] * 5, abs=0.2)


def test_options_of_the_nominal_model(tmp_path: Path) -> None:
    rng = np.random.default_rng(42)
    truth = irt.partial_credit(1.0, np.tile([[-0.4, 0.5]], (6, 1)))
    picked = np.array(["A", "B", "C"])[irt.simulated(truth, rng.normal(0, 1, 800), rng=rng).astype(int)]
    answers = written(tmp_path / "options.csv", list(truth.names), picked.tolist())
    key = written(tmp_path / "key.csv", ["item", "key"], [[name, "C"] for name in truth.names])
    made = report(answers, "--model", "nominal", "--key", key, "--output", tmp_path / "curves.csv")
    assert len(made["options"]) == 18
    assert sum(each["n"] for each in made["options"][:3]) == 800
    assert made["options"][2]["slope"] == pytest.approx(1, abs=0.5)
    read = read_options(tmp_path / "curves.csv")
    assert read.labels[0] == ("A", "B", "C")
    assert read.items.slopes[0, 2] == pytest.approx(made["options"][2]["slope"])


def test_unusual_parameters_are_flagged(tmp_path: Path) -> None:
    rng = np.random.default_rng(43)
    scores = irt.simulated(irt.logistic(np.linspace(-1, 1, 12)), rng.normal(0, 1, 1500), rng=rng).astype(int)
    scores[:, 4] = 1 - scores[:, 4]
    made = report(written(tmp_path / "turned.csv", [f"i{place}" for place in range(12)], scores.tolist()))
    assert {each["item"] for each in made["items"] if each["flags"]} == {"i4"}
    assert made["items"][4]["flags"].startswith("edge, low a")


def test_people_see_tables(lsat: Path) -> None:
    done = ran(lsat)
    assert done.exit_code == 0
    assert "log_likelihood" in done.stdout
    assert "-2658.8" in done.stdout
    assert "q5" in done.stdout
    assert "log_likelihood" in ran("--help").stdout


def test_what_cannot_be_done_is_said(lsat: Path, tmp_path: Path) -> None:
    wrong = written(tmp_path / "models.csv", ["item", "model"], [["q1", "4pl"]])
    stranger = written(tmp_path / "stranger.csv", ["item", "model"], [["q9", "3pl"]])
    assert isinstance(ran(lsat, "--limit", 2).exception, NotConverged)
    assert isinstance(ran(lsat, "--models", wrong).exception, UnreadableFile)
    assert isinstance(ran(lsat, "--models", stranger).exception, WrongValue)
    assert isinstance(ran(lsat, "--model", "nominal").exception, WrongValue)
    assert report(lsat, "--limit", 2, "--incomplete")["converged"] is False
