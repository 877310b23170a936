from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import Result
from typer.testing import CliRunner

from psychometrics import irt, tables
from psychometrics.cli.main import commands
from psychometrics.errors import PsychometricsError
from psychometrics.forensics import NO_VERDICT
from tests.psychometrics.copying import LABELS, copied, sitting


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "psychometrics", *map(str, arguments)], capture_output=True, text=True, check=False
    )


def found(*arguments: str | Path) -> dict[str, Any]:
    """What the command says from a shell."""
    done = command(*arguments, "--json")
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["meaning"] == NO_VERDICT
    return dict(made)


def inside(*arguments: str | Path) -> Result:
    """The same without a process of its own, which takes seconds to start."""
    return CliRunner().invoke(commands(), [*map(str, arguments)])


def sheet(file: Path, header: Sequence[str], rows: Sequence[Sequence[object]]) -> Path:
    file.write_text("\n".join(",".join(map(str, row)) for row in [header, *rows]) + "\n", encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> tuple[irt.Items, Path]:
    rng = np.random.default_rng(5)
    made = irt.logistic(rng.normal(0, 1, 30), rng.uniform(0.8, 1.8, 30))
    file = tmp_path_factory.mktemp("items") / "items.csv"
    tables.write_parameters(file, tables.parameters(made))
    return made, file


class TestCopying:
    @pytest.fixture
    def files(self, tmp_path: Path) -> dict[str, Path]:
        made = sitting(np.random.default_rng(61), 60, 40)
        rows = copied(made, 7, 8, 38, np.random.default_rng(62))
        letters = np.array(list(LABELS))
        names, persons = made.curves.names, [f"考{place}" for place in range(60)]
        labels = (tuple(LABELS[:4]),) * 40
        blank = np.full((40, 4), np.nan)
        tables.write_options(tmp_path / "curves.csv", tables.Options(made.curves, labels, blank, blank))
        return {
            "answers": sheet(
                tmp_path / "answers.csv",
                ["person", *names],
                [[person, *row] for person, row in zip(persons, letters[rows].tolist(), strict=True)],
            ),
            "key": sheet(
                tmp_path / "key.csv", ["item", "key"], list(zip(names, letters[made.key].tolist(), strict=True))
            ),
            "seats": sheet(
                tmp_path / "seats.csv",
                ["person", "room", "row", "column"],
                [[person, place // 30, place % 30 // 6, place % 6] for place, person in enumerate(persons)],
            ),
            "curves": tmp_path / "curves.csv",
        }

    def test_opens_an_inquiry_on_the_pair_and_shows_every_statistic(self, files: dict[str, Path]) -> None:
        made = found(
            "copying", files["answers"], "--key", files["key"], "--seats", files["seats"], "--curves", files["curves"]
        )
        first = made["pairs"][0]
        assert {first["copier"], first["source"]} == {"考7", "考8"}
        assert first["opens"]
        assert first["near"]
        assert first["matches"] >= 38
        assert max(first[name] for name in ("p", "gbt", "m4")) < 1e-4
        assert first["k"] < 0.05
        assert made["n_near"] + made["n_far"] == 60 * 59
        assert made["n_opened"] == sum(each["opens"] for each in made["pairs"])

    def test_fits_the_curves_itself_and_keeps_to_the_rooms(self, files: dict[str, Path]) -> None:
        made = json.loads(
            inside(
                "copying",
                files["answers"],
                "--key",
                files["key"],
                "--seats",
                files["seats"],
                "--within",
                "room",
                "--json",
            ).stdout
        )
        assert made["n_near"] + made["n_far"] == 2 * 30 * 29
        assert {made["pairs"][0]["copier"], made["pairs"][0]["source"]} == {"考7", "考8"}

    def test_prints_a_table_and_what_it_means(self, files: dict[str, Path]) -> None:
        shown = inside("copying", files["answers"], "--key", files["key"], "--curves", files["curves"]).stdout
        assert NO_VERDICT in " ".join(shown.split())

    def test_a_person_without_a_seat_is_named(self, files: dict[str, Path], tmp_path: Path) -> None:
        seats = sheet(tmp_path / "seats.csv", ["person", "room", "row", "column"], [["考0", 1, 1, 1]])
        done = inside("copying", files["answers"], "--key", files["key"], "--curves", files["curves"], "--seats", seats)
        assert isinstance(done.exception, PsychometricsError)
        assert "考1" in str(done.exception)

    def test_options_without_a_curve_are_named(self, files: dict[str, Path], tmp_path: Path) -> None:
        lines = files["curves"].read_text(encoding="utf-8").splitlines()
        curves = tmp_path / "fewer.csv"
        curves.write_text("\n".join(lines[:4] + lines[5:]) + "\n", encoding="utf-8")
        done = inside("copying", files["answers"], "--key", files["key"], "--curves", curves)
        assert isinstance(done.exception, PsychometricsError)
        assert "i1 has no curve of option 'D'" in str(done.exception)


class TestPersons:
    def test_aberrance(self, items: tuple[irt.Items, Path], tmp_path: Path) -> None:
        scores = irt.simulated(items[0], np.zeros(100), rng=np.random.default_rng(1)).astype(int)
        scores[3] = items[0].b[:, 0] > 0
        file = sheet(tmp_path / "answers.csv", items[0].names, scores.tolist())
        made = found("aberrance", file, "--items", items[1])
        assert made["persons"][0]["person"] == "p4"
        assert made["persons"][0]["opens"]
        assert made["n_judged"] == 100

    def test_preknowledge(self, items: tuple[irt.Items, Path], tmp_path: Path) -> None:
        scores = irt.simulated(items[0], np.full(100, -1.0), rng=np.random.default_rng(1)).astype(int)
        scores[3] = np.arange(30) < 12
        file = sheet(tmp_path / "answers.csv", items[0].names, scores.tolist())
        exposed = sheet(tmp_path / "exposed.csv", ["item"], [[name] for name in items[0].names[:12]])
        made = found("preknowledge", file, "--items", items[1], "--exposed", exposed)
        assert made["persons"][0]["person"] == "p4"
        assert made["persons"][0]["opens"]
        assert made["persons"][0]["exposed"] == 5
        unknown = sheet(tmp_path / "unknown.csv", ["item"], [["x9"]])
        done = inside("preknowledge", file, "--items", items[1], "--exposed", unknown)
        assert isinstance(done.exception, PsychometricsError)
        assert "x9" in str(done.exception)

    def test_pace(self, items: tuple[irt.Items, Path], tmp_path: Path) -> None:
        rng = np.random.default_rng(4)
        scores = irt.simulated(items[0], np.zeros(150), rng=rng).astype(int)
        seconds = np.exp(4 + rng.normal(0, 0.3, (150, 1)) + rng.normal(0, 0.4, (150, 30)))
        hard = np.argsort(-items[0].b[:, 0])[:10]
        scores[5, hard] = 1
        seconds[5, hard] *= 0.1
        seconds[6, :15] = 1
        answers = sheet(tmp_path / "answers.csv", items[0].names, scores.tolist())
        times = sheet(tmp_path / "times.csv", items[0].names, seconds.round(2).tolist())
        made = found("pace", times, "--answers", answers, "--items", items[1])
        persons = {each["person"]: each for each in made["persons"]}
        assert persons["p6"]["opens"]
        assert persons["p6"]["quick_p"] < 1e-4
        assert persons["p7"]["effort"] == pytest.approx(0.5)
        assert made["n_careless"] == sum(each["effort"] < 0.9 for each in made["persons"])
        assert len(made["items"]) == 30
        plain = json.loads(inside("pace", times, "--json").stdout)
        assert {each["quick_p"] for each in plain["persons"]} == {None}
        assert isinstance(inside("pace", times, "--answers", answers).exception, PsychometricsError)
