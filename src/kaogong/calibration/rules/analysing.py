"""From a matrix of answers to what was learnt of each item: counts, parameters, fairness, drift.

Operational items with known parameters hold the scale for those on trial (fixed-parameter calibration, Kim 2006). In a
live run they are estimated anew, put onto the bank's scale by those that kept their place (Stocking & Lord 1983), and
how far each moved is its drift (robust z, Huynh & Meyer 2010). Where no item is known yet, the run founds the scale:
the candidates' ability has mean 0 and standard deviation 1. A scale stands on enough items or is not founded, and a run
is put onto it by enough common items or gives no parameters (anchors: Kolen & Brennan, a fifth of the test or twenty).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from math import ceil
from typing import Any

import numpy as np

from kaogong.itembank.rules.languages import CHINESE
from psychometrics import irt
from psychometrics.calibration import Calibration, Kind, LogNormal, Normal, Priors, calibrate
from psychometrics.classical import Flag, ItemStatistics, Thresholds, flags, item_statistics, option_statistics
from psychometrics.equating import drift
from psychometrics.errors import PsychometricsError
from psychometrics.fairness import Fewest, MantelHaenszel, bands, mantel_haenszel
from psychometrics.responses import NO_OPTION, Flags, Indices, Responses

TRIAL, LIVE = "trial", "live"
PURPOSES = {TRIAL: "试测", LIVE: "在用监测"}
WITH_OPTIONS = frozenset({"single", "truefalse"})
"""Types of which one option is chosen: their distractors are looked at."""
FREE = Priors(slope=LogNormal(0.0, 0.5), difficulty=Normal(0.0, 2.0))
"""Weak: they keep a from running away where few answered; worth about what irtQ uses by default."""
NARROW, WIDE = 0.25, 0.5
"""Standard deviations of log a about the bank's mean, for items on trial: narrow where few answered."""
SHARED = 3
"""Fewest common items that can show which of them moved."""
BAND, MOST_BANDS = 6, 20
"""Persons of the smaller group in a band of matching scores, and the most bands: finer ones match no better."""
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Settings:
    """The figures of a run: fewest answers to an item for parameters (`one`: a slope shared by all, or on trial one
    near the bank's mean), for a slope that goes its own way (`two`); thresholds by type, fewest persons of a
    comparison, and |z| from which an item has moved. `founders` items found a scale; `anchors` common items, or
    `anchor_percent` of those in use that were met where that is fewer, put a run onto it.
    """

    one: int
    two: int
    thresholds: Mapping[str, Thresholds]
    fewest: Fewest
    drift: float
    founders: int
    anchors: int
    anchor_percent: int

    def common(self, met: int) -> int:
        """How many of `met` items in use must be common."""
        return min(self.anchors, max(SHARED, ceil(met * self.anchor_percent / 100)))


@dataclass(frozen=True)
class Answers:
    """What was gathered: `responses` with version ids as items, 0 for what was seen and left open, NaN for not seen.

    `types` (items,); `is_trial` (items,): unscored wherever it was met. `groups` names, by what they tell apart (sex,
    region, language), everybody's group, (persons,); `days` when each sat, (persons,), or nothing.
    """

    responses: Responses
    types: tuple[str, ...]
    is_trial: Flags
    groups: Mapping[str, tuple[str, ...]]
    days: tuple[date, ...] = ()

    def in_language(self, language: str) -> Answers:
        """Those of the persons who sat in a language; all where languages are not known."""
        spoken = self.groups.get("language")
        if spoken is None:
            return self
        kept = [place for place, each in enumerate(spoken) if each == language]
        return replace(
            self,
            responses=self.responses.of_persons(np.array(kept, dtype=np.intp)),
            groups={by: tuple(labels[place] for place in kept) for by, labels in self.groups.items()},
            days=tuple(self.days[place] for place in kept) if self.days else (),
        )


@dataclass(frozen=True, slots=True)
class ItemFindings:
    """What a run found of one item; None where it cannot tell."""

    name: str
    is_trial: bool
    cases: int
    p: float | None
    r: float | None
    upper_lower: float | None
    exposure: float
    uses: int | None = None
    model: str = ""
    a: float | None = None
    b: float | None = None
    se_a: float | None = None
    se_b: float | None = None
    drift: float | None = None
    flags: tuple[str, ...] = ()
    dif: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Findings:
    """A run's findings: its items, the model of the run, and the facts of its report."""

    items: Sequence[ItemFindings]
    model: str
    report: Mapping[str, Any]


@dataclass(slots=True)
class _Fitted:
    """Parameters on the bank's scale by item, with their errors; `notes` say what could not be done."""

    kinds: dict[str, str] = field(default_factory=dict)
    a: dict[str, float] = field(default_factory=dict)
    b: dict[str, float] = field(default_factory=dict)
    se_a: dict[str, float] = field(default_factory=dict)
    se_b: dict[str, float] = field(default_factory=dict)
    edge: set[str] = field(default_factory=set)
    moved: dict[str, float] = field(default_factory=dict)
    report: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def analyse(
    given: Answers, purpose: str, known: irt.Items | None, settings: Settings, progress: Progress | None = None
) -> Findings:
    """What a matrix says of its items. `known` are parameters on the bank's scale; items that it names hold the scale.

    A trial run tells of the items on trial, and of all when it founds the scale; a live run of those in use. What
    numbers cannot tell (too few, all alike) stays None, and a note in the report says why. A translation is another
    item: what is learnt is of the answers in Chinese, and the other languages are compared with them.
    """
    everybody, given = given, given.in_language(CHINESE)
    responses = given.responses
    counted = item_statistics(responses)
    conspicuous = _flagged(given, counted, settings.thresholds)
    fitted = _fitted(given, purpose, known, settings, progress)
    uses = _uses(everybody)
    met = everybody.responses.is_present.mean(axis=0)
    differing, notes = _differing(everybody, given, settings.fewest)
    founds = known is None and bool(fitted.b)
    wanted = [
        place
        for place in range(responses.n_items)
        if (purpose == LIVE and not given.is_trial[place]) or (purpose == TRIAL and (given.is_trial[place] or founds))
    ]
    items = []
    for place in wanted:
        name = responses.items[place]
        items.append(
            ItemFindings(
                name=name,
                is_trial=bool(given.is_trial[place]),
                cases=int(counted.n[place]),
                p=_number(counted.difficulty[place]),
                r=_number(counted.discrimination[place]),
                upper_lower=_number(counted.upper_lower[place]),
                exposure=float(met[place]),
                uses=uses[place] if uses else None,
                model=fitted.kinds.get(name, ""),
                a=fitted.a.get(name),
                b=fitted.b.get(name),
                se_a=fitted.se_a.get(name),
                se_b=fitted.se_b.get(name),
                drift=fitted.moved.get(name),
                flags=tuple(sorted(conspicuous[place] | ({"edge"} if name in fitted.edge else set()))),
                dif=tuple(differing.get(name, ())),
            )
        )
    report = {**fitted.report, "founds_scale": founds, "notes": [*fitted.notes, *notes]}
    return Findings(items, str(fitted.report.get("model", "")), report)


def _uses(given: Answers) -> list[int]:
    """On how many days each item was met; nothing when days are not known."""
    met = given.responses.is_present
    seen = [met[[each == day for each in given.days]].any(axis=0) for day in set(given.days)]
    return [int(each) for each in np.sum(seen, axis=0)] if seen else []


def _flagged(given: Answers, counted: ItemStatistics, thresholds: Mapping[str, Thresholds]) -> list[set[str]]:
    """The flags of each item, options looked at where one is chosen of several."""
    responses, found = given.responses, [set[str]() for _each in given.types]
    has_options = np.array([each in WITH_OPTIONS for each in given.types])
    if responses.choices is not None:  # where several answers were ruled right, none is a distractor
        has_options &= (responses.choices.chosen != NO_OPTION).any(axis=0)
    for places, with_options in ((np.flatnonzero(has_options), True), (np.flatnonzero(~has_options), False)):
        if not places.size:
            continue
        part = responses.of_items(places)
        told = flags(
            _taken(counted, places),
            option_statistics(part) if with_options and part.choices is not None else None,
            types=[given.types[place] for place in places],
            thresholds=thresholds,
        )
        for place, each in zip(places, told, strict=True):
            found[place] = {flag.value for flag in each}
            if given.types[place] == "truefalse":  # one wrong option only: it draws whoever the key does not
                found[place] -= {Flag.IDLE.value}
    return found


def _taken(counted: ItemStatistics, places: Indices) -> ItemStatistics:
    """Some items of the statistics."""
    return ItemStatistics(
        names=tuple(counted.names[place] for place in places),
        n=counted.n[places],
        missing=counted.missing[places],
        difficulty=counted.difficulty[places],
        sd=counted.sd[places],
        discrimination=counted.discrimination[places],
        upper_lower=counted.upper_lower[places],
    )


def _fitted(
    given: Answers, purpose: str, known: irt.Items | None, settings: Settings, progress: Progress | None
) -> _Fitted:
    """Parameters where answers suffice; what could not be fitted is a note, never a number."""
    done = _Fitted()
    responses = given.responses
    holds = known if purpose == TRIAL else None
    held = np.isin(responses.items, known.names) & ~given.is_trial if holds is not None and known else None
    right = np.nansum(responses.scores, axis=0)
    answered = responses.is_present.sum(axis=0)
    may = (answered >= settings.one) & (right > 0) & (right < answered)
    if purpose == LIVE:
        may &= ~given.is_trial
    used = may if held is None else may & given.is_trial | held
    if not (may if held is None else may & given.is_trial).any():
        done.notes.append("few")
        return done
    if known is None and may.sum() < settings.founders:
        done.notes.append(f"founders {int(may.sum())} {settings.founders}")
        return done
    if held is not None and held.sum() < (need := settings.common(int((~given.is_trial).sum()))):
        done.notes.append(f"anchors {int(held.sum())} {need}")
        return done
    part = responses.of_items(used)
    enough = part.is_present.sum(axis=0) >= settings.two
    kinds, priors = [Kind.TWO if each else Kind.ONE for each in enough], FREE
    if holds is not None:
        kinds, priors = [Kind.TWO] * part.n_items, _about(holds, NARROW if (~enough).any() else WIDE)
    try:
        found = calibrate(part, kinds, priors=priors, fixed=holds, incomplete=True, progress=progress)
    except PsychometricsError as error:
        done.notes.append(f"model: {error}")
        return done
    _keep(done, part, kinds, found)
    if purpose == LIVE and known is not None:
        _onto_scale(done, found, known, settings)
    return done


def _about(known: irt.Items, sd: float) -> Priors:
    """Slopes about the bank's own. A slope that items on trial share would not do: one wrong key spoils it for all."""
    return Priors(slope=LogNormal(float(np.log(known.a).mean()), sd), difficulty=Normal(0.0, 2.0))


def _keep(done: _Fitted, part: Responses, kinds: Sequence[Kind], found: Calibration) -> None:
    """What was fitted, item by item; an item on an edge gives its flag and no parameters."""
    for place, name in enumerate(part.items):
        if found.is_fixed[place]:
            continue
        if found.is_on_edge[place]:
            done.edge.add(name)
            continue
        done.kinds[name] = kinds[place].value
        done.a[name], done.b[name] = float(found.items.a[place]), float(found.items.b[place, 0])
        errors = (("se_a", found.a_errors[place]), ("se_b", found.b_errors[place, 0]))
        for which, error in errors:
            if (value := _number(error)) is not None:
                getattr(done, which)[name] = value
    latent = found.latent
    done.report |= {
        "model": Kind.TWO.value if Kind.TWO.value in done.kinds.values() else Kind.ONE.value,
        "log_likelihood": found.course.log_likelihood,
        "iterations": found.course.iterations,
        "converged": found.course.converged,
        "mean": float(latent.means[0]),
        "sd": float(latent.sds[0]),
        "fixed": int(found.is_fixed.sum()),
    }
    if not found.course.converged:
        done.notes.append("not converged")


def _onto_scale(done: _Fitted, found: Calibration, known: irt.Items, settings: Settings) -> None:
    """Turn a live run onto the bank's scale, and tell how far each item moved. Without enough common items it stays."""
    fresh = found.items.take([place for place, name in enumerate(found.items.names) if name in done.b])
    try:
        told = drift(fresh, known, limit=settings.drift)
    except PsychometricsError as error:
        done.notes.append(f"link: {error}")
        _without_parameters(done)
        return
    if (kept := int(told.is_kept.sum())) < (need := settings.common(fresh.n)):
        done.notes.append(f"anchors {kept} {need}")
        _without_parameters(done)
        return
    slope, shift = told.link.slope, told.link.shift
    done.a = {name: a / slope for name, a in done.a.items()}
    done.b = {name: slope * b + shift for name, b in done.b.items()}
    done.se_a = {name: error / slope for name, error in done.se_a.items()}
    done.se_b = {name: error * slope for name, error in done.se_b.items()}
    done.moved = {name: float(np.clip(z, -99, 99)) for name, z in zip(told.names, told.z_moved, strict=True)}
    done.report |= {
        "slope": slope,
        "shift": shift,
        "mean": slope * float(found.latent.means[0]) + shift,
        "sd": slope * float(found.latent.sds[0]),
        "anchors": kept,
    }


def _without_parameters(done: _Fitted) -> None:
    for each in (done.kinds, done.a, done.b, done.se_a, done.se_b):
        each.clear()


def _differing(
    everybody: Answers, chinese: Answers, fewest: Fewest
) -> tuple[dict[str, list[Mapping[str, object]]], list[str]]:
    """Mantel–Haenszel of every group large enough against the largest, by sex and by region; by language against
    those who sat in Chinese."""
    found: dict[str, list[Mapping[str, object]]] = {}
    notes = []
    for by in everybody.groups:
        given = everybody if by == "language" else chinese
        labels = given.groups[by]
        names, sizes = np.unique(np.array(labels), return_counts=True)
        order = [str(names[place]) for place in np.argsort(-sizes, kind="stable")]
        if by == "language":
            order.sort(key=lambda each: each != CHINESE)
        grouped = replace(
            given.responses,
            group=np.array([order.index(label) for label in labels], dtype=np.intp),
            groups=tuple(order),
        )
        for focal in order[1:]:
            try:
                told = _compared(grouped, ~given.is_trial, order[0], focal, fewest)
            except PsychometricsError as error:
                notes.append(f"dif {by} {focal}: {error}")
                continue
            for name, delta, class_ in zip(told.names, told.delta, told.classes, strict=True):
                if class_:
                    row = {"by": by, "reference": order[0], "focal": focal, "delta": float(delta), "class": class_}
                    found.setdefault(name, []).append(row)
    return found, notes


def _compared(grouped: Responses, operational: Flags, reference: str, focal: str, fewest: Fewest) -> MantelHaenszel:
    """Two groups compared, matched in bands of the share of points on operational items, purified once of B and C.

    Papers differ, so that whole points do not match: a share on a hundred items of six hundred hardly ever recurs, and
    strata with one person tell nothing. Bands hold some `BAND` persons of the smaller group.
    """
    sizes = [int(grouped.in_group(each).sum()) for each in (reference, focal)]
    count = min(MOST_BANDS, max(2, min(sizes) // BAND))
    anchor = operational
    for _round in range(2):
        part = grouped.of_items(anchor)
        with np.errstate(invalid="ignore"):
            share = part.totals / part.is_present.sum(axis=1)
        told = mantel_haenszel(grouped, reference=reference, focal=focal, matching=bands(share, count), fewest=fewest)
        if not (anchor & told.is_suspect).any() or not (anchor & ~told.is_suspect).any():
            break
        anchor = anchor & ~told.is_suspect
    return told


def _number(value: float) -> float | None:
    """A finite number; None for NaN and beyond."""
    return float(value) if np.isfinite(value) else None
