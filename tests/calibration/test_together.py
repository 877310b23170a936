"""Two runs at once in one bank: one founds the scale, the other waits and stands on it."""

from __future__ import annotations

import numpy as np
import pytest

from kaogong.calibration.models import Run
from kaogong.itembank.models import ItemStatistic
from tests.calibration.test_runs import calibrate, figures, sat
from tests.itembank.test_concurrency import both
from tests.support.itembank import make_cleared_item

pytestmark = pytest.mark.concurrency


def test_one_founds_the_scale_and_the_other_stands_on_it(real_database: str) -> None:
    figures(one=24, cases=1000)
    make_cleared_item()
    sat(24, lambda _version, theta, _sex: float(1 / (1 + np.exp(-theta))), np.random.default_rng(1))
    outcomes = both(calibrate)
    assert not [each for each in outcomes if isinstance(each, Exception)], outcomes
    first, second = sorted(Run.objects.all(), key=lambda run: not run.report["founds_scale"])
    assert first.report["founds_scale"] is True
    assert second.report["founds_scale"] is False
    assert second.report["fixed"] >= 50
    assert first.digest == second.digest
    founded = ItemStatistic.objects.filter(b__isnull=False).values_list("run_id", "version__item__state").distinct()
    assert {run for run, state in founded if state == "approved"} == {first.pk}
