"""Shadow tests: before every item the best whole test that holds what was given and meets every rule (HiGHS).

The item given is the best of that test, so that however a sitting goes, it ends meeting all rules; greedy rules cannot
promise that where rules overlap. Source: van der Linden & Reese (1998); van der Linden (2005), chapter 9.
"""

from __future__ import annotations

import highspy
import numpy as np

from psychometrics.adaptive.criteria import Worth
from psychometrics.adaptive.design import Design
from psychometrics.adaptive.state import State
from psychometrics.errors import Infeasible
from psychometrics.responses import Flags, Floats
from psychometrics.solver import Solver, solver

WHOLE = 1e-6
"""A number this near to 0 or 1 is one."""


class Shadows:
    """Assembles shadow tests of one design. Raises Infeasible when no test meets its rules."""

    def __init__(self, design: Design) -> None:
        matrix, least, most = _rows(design)
        self.count = design.items.n
        self._columns = np.arange(self.count, dtype=np.int32)
        self._relaxed = _model(matrix, least, most, whole=False)
        self._whole = _model(matrix, least, most, whole=True)
        if self._solved(np.ones(self.count), np.zeros(self.count), np.ones(self.count)) is None:
            raise Infeasible("no test of this length meets all rules, areas and enemies of the design")

    def tests(self, state: State, value: Worth) -> Flags:
        """The best whole test of every sitting, (persons, items), what was given included.

        Nothing where no test meets the rules any more: in a replay, of what somebody answered.
        """
        given = np.zeros(value.shape, dtype=np.bool_)
        np.put_along_axis(given, state.given[:, : state.step], True, axis=1)
        # Items barred only as enemies of a given one are kept out by the rules themselves.
        free = ~state.barred if state.eligible is None else ~state.barred & state.eligible
        known: dict[bytes, Flags] = {}
        found = np.empty_like(given)
        for row in range(state.n):
            key = given[row].tobytes() + free[row].tobytes() + value[row].tobytes()
            if key not in known:
                known[key] = self._test(value[row], given[row], free[row], ~state.barred[row])
            found[row] = known[key]
        return found

    def _test(self, value: Worth, given: Flags, free: Flags, open_: Flags) -> Flags:
        for upper in (free, open_):  # the lottery gives way where no test is left without its losers
            test = self._solved(value, given.astype(np.float64), (upper | given).astype(np.float64))
            if test is not None:
                return test
        return np.zeros(self.count, dtype=np.bool_)

    def _solved(self, value: Worth, lower: Floats, upper: Floats) -> Flags | None:
        """The best test between two bounds: by the relaxation, from where the last ended, if that is whole already."""
        for model in (self._relaxed, self._whole):
            model.changeColsCost(self.count, self._columns, np.ascontiguousarray(value, dtype=np.float64))
            model.changeColsBounds(self.count, self._columns, lower, upper)
            model.solve()
            if model.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                return None
            taken = np.asarray(model.getSolution().col_value)
            if np.abs(taken - np.rint(taken)).max() < WHOLE:
                break
        return taken > 0.5


def _rows(design: Design) -> tuple[Floats, Floats, Floats]:
    """All rules as rows (rules, items) with their bounds: length, areas, enemies, the design's own."""
    count, length = design.items.n, design.stopping.most
    rows, least, most = [np.ones(count)], [float(length)], [float(length)]
    if design.content:
        for area in range(len(design.content.names)):
            rows.append((design.content.area == area).astype(np.float64))
            least.append(float(design.content.least[area]))
            most.append(float(design.content.most[area]))
    for one, other in design.enemies:
        rows.append(np.bincount([one, other], minlength=count).astype(np.float64))
        least.append(0.0)
        most.append(1.0)
    for rule in design.shadow or ():
        rows.append(np.asarray(rule.weights, dtype=np.float64))
        least.append(rule.least)
        most.append(rule.most)
    return np.array(rows), np.array(least), np.array(most)


def _model(matrix: Floats, least: Floats, most: Floats, *, whole: bool) -> Solver:
    n_rows, n_columns = matrix.shape
    rows, columns = np.nonzero(matrix)
    problem = highspy.HighsLp()
    problem.num_col_, problem.num_row_ = n_columns, n_rows
    problem.sense_ = highspy.ObjSense.kMaximize
    problem.col_cost_ = np.zeros(n_columns)
    problem.col_lower_, problem.col_upper_ = np.zeros(n_columns), np.ones(n_columns)
    problem.row_lower_, problem.row_upper_ = least, most
    problem.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    problem.a_matrix_.start_ = np.concatenate([[0], np.cumsum(np.bincount(rows, minlength=n_rows))])
    problem.a_matrix_.index_, problem.a_matrix_.value_ = columns, matrix[rows, columns]
    if whole:
        problem.integrality_ = [highspy.HighsVarType.kInteger] * n_columns
    model = solver()
    model.passModel(problem)
    return model
