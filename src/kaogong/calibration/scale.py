"""What a run stands on: the parameters that the bank knows, and the figures of the day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from uuid import UUID

from kaogong.calibration.rules.analysing import Settings
from kaogong.itembank import selectors as itembank
from kaogong.regulations import selectors as regulations
from psychometrics import irt
from psychometrics.classical import Thresholds
from psychometrics.fairness import Fewest


def known_items(version_ids: Collection[UUID]) -> irt.Items | None:
    """Parameters on the bank's scale of those versions that have any, by id; None when none has."""
    known = sorted(itembank.known_parameters(version_ids).items(), key=lambda each: str(each[0]))
    rows = [(str(pk), each.a, each.b, each.c or 0.0) for pk, each in known]
    fit = [(name, a, b, c) for name, a, b, c in rows if a is not None and b is not None]
    if not fit:
        return None
    names, a, b, c = zip(*fit, strict=True)
    return irt.logistic(b, a, c, names=names)


def settings_on(occupation_code: str, on: date) -> Settings:
    """The figures of a run on a day. Raises NoProvision."""
    figures = regulations.provision("itembank.calibration", on=on, occupation_code=occupation_code).value
    founding = regulations.provision("itembank.scale", on=on, occupation_code=occupation_code).value
    assert isinstance(figures, dict)  # the library's own file says so
    assert isinstance(founding, dict)
    bounds, _clause = itembank.type_bounds(occupation_code, on)
    return Settings(
        one=figures["one"],
        two=figures["two"],
        thresholds={
            type_: Thresholds(
                hardest=each.hardest,
                easiest=each.easiest,
                weak=each.weak,
                poor=each.poor,
                flat=each.flat,
                idle=each.idle,
                persons=each.persons,
            )
            for type_, each in bounds.items()
        },
        fewest=Fewest(figures["smaller_group"], figures["both_groups"]),
        drift=itembank.watch(occupation_code, on).drift,
        founders=founding["founders"],
        anchors=founding["anchors"],
        anchor_percent=founding["anchor_percent"],
    )
