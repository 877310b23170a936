from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pytest
from click.testing import Result
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import LinearConstraint, milp
from typer.testing import CliRunner

from psychometrics import assembly, irt
from psychometrics.assembly import Clash, Demand, Effort, Goal, Rule
from psychometrics.cli.main import commands
from psychometrics.errors import Infeasible, TooFew, UnreadableFile, WrongShape, WrongValue
from psychometrics.responses import Indices

THETA = [-1.0, 0.0, 1.0]


def rng(seed: int = 1) -> np.random.Generator:
    return np.random.default_rng(seed)


def bank(n_items: int, *, length: int, seed: int = 1) -> tuple[irt.Items, list[Rule], Goal]:
    """A bank with ranges, types, points and enemies, the rules of a paper of it, and the pool's own curve as target."""
    make = rng(seed)
    items = irt.logistic(make.normal(size=n_items), make.lognormal(0, 0.25, n_items))
    point = make.integers(2 * length, size=n_items)
    ranges = np.array(["基", "识", "能", "训"])[np.searchsorted([2 * length // 10, length, 3 * length // 2], point)]
    share = {
        "基": length // 10,
        "识": length // 2 - length // 10,
        "能": length // 4,
        "训": length - length // 2 - length // 4,
    }
    types = np.where(make.random(n_items) < 0.8, "单选", "判断")
    rules = [
        assembly.total("length", np.ones(n_items), length, length),
        *assembly.shares("range", ranges.tolist(), {name: (count, count) for name, count in share.items()}),
        *assembly.shares("type", types.tolist(), {"单选": (length * 0.75, length * 0.85)}),
        assembly.total("difficulty", items.b[:, 0], -0.2 * length, 0.2 * length),
        assembly.at_most_each("point", [f"P{each:03}" for each in point]),
        assembly.enemies("enemies", make.permutation(n_items)[: n_items // 10 * 2].reshape(-1, 2), n_items),
    ]
    target = irt.information(items, THETA).mean(axis=1) * length
    return items, rules, assembly.information_near(items, THETA, target)


def best(asked: Demand) -> float | None:
    """The best figure of all papers that keep the rules, by looking at every choice; None when there is none."""
    keeps = [
        flags
        for flags in map(np.array, product([False, True], repeat=asked.n_items))
        if all((rule.slack(rule.left(flags)) >= -1e-9).all() for rule in asked.rules)
    ]
    assert asked.goal is not None
    figures = []
    for chosen in combinations(keeps, asked.n_papers):
        used = np.sum(chosen, axis=0)
        shared = max([int((one & other).sum()) for one, other in combinations(chosen, 2)], default=0)
        if np.all(used <= asked.ceiling) and (asked.overlap is None or shared <= asked.overlap):
            losses = [float(asked.goal.loss(asked.goal.values[:, flags].sum(axis=1))) for flags in chosen]
            figures.append(max(losses))
    if not figures:
        return None
    return min(figures) if asked.goal.sense is assembly.Sense.NEAR else -min(figures)


def places(*items: int) -> Indices:
    return np.array(items)


@st.composite
def small(draw: st.DrawFn, *, n_papers: int = 1) -> Demand:
    """A demand on seven items, small enough to look at every choice; often impossible."""
    count = 7
    seed = draw(st.integers(0, 10**6))
    make = rng(seed)
    values = make.random((2, count)) + 0.1
    labels = draw(st.lists(st.sampled_from(["", "A", "B", "C"]), min_size=count, max_size=count))
    low = draw(st.integers(1, 3))
    rules = [
        assembly.total("length", np.ones(count), low, low + draw(st.integers(0, 1))),
        assembly.at_most_each("point", labels),
        assembly.total("words", make.integers(1, 9, count), draw(st.integers(2, 8)), draw(st.integers(9, 14))),
        assembly.enemies("enemies", make.permutation(count)[:4].reshape(2, 2), count),
    ]
    if draw(st.booleans()):
        together = draw(st.sampled_from([["s"] * 3 + [""] * 4, [""] * 3 + ["s", "s", "t", "t"]]))
        rules.append(assembly.sets("sets", together))
    goal = assembly.most(values) if draw(st.booleans()) else assembly.near(values, [1.5, 1.2])
    overlap = draw(st.one_of(st.none(), st.integers(0, 1)))
    return assembly.demand(
        count, rules, n_papers=n_papers, goal=goal, ceiling=draw(st.integers(1, n_papers)), overlap=overlap
    )


def agrees(asked: Demand) -> None:
    """What is found is the optimum within the gap, or it is a clash that enumeration confirms."""
    optimum = best(asked)
    if optimum is None:
        with pytest.raises(Clash) as raised:
            assembly.assemble(asked, rng=rng())
        assert raised.value.is_irreducible
        return
    made = assembly.assemble(asked, rng=rng(), effort=Effort(enough=1e-6, polish=1e-6))
    assert all(check.holds for check in made.checks)
    assert made.figure == pytest.approx(optimum, abs=1e-4)
    near = made.demand.goal is not None and made.demand.goal.sense is assembly.Sense.NEAR
    assert made.bound <= optimum + 1e-6 if near else made.bound >= optimum - 1e-6


class TestAgainstEveryChoice:
    @settings(max_examples=20, deadline=None)
    @given(asked=small())
    def test_one_paper_is_the_best_there_is_or_there_is_none(self, asked: Demand) -> None:
        agrees(asked)

    @settings(max_examples=8, deadline=None)
    @given(asked=small(n_papers=2))
    def test_so_are_two(self, asked: Demand) -> None:
        # Two equal papers are no choice of two in the enumeration: at least one word apart, so overlap is asked for.
        agrees(assembly.demand(7, asked.rules, n_papers=2, goal=asked.goal, ceiling=asked.ceiling, overlap=0))

    def test_a_clash_can_be_kept_without_any_one_of_its_rules(self) -> None:
        length = assembly.total("length", np.ones(7), 4, 7)
        rules = [
            assembly.total("never in the way", np.ones(7), 0, 7),
            length,
            assembly.at_most_each("point", ["A", "A", "A", "B", "B", "C", "C"]),
            assembly.total("words", [1, 2, 3, 4, 5, 6, 7], 5, 30),
        ]
        goal = assembly.most(np.ones(7))
        with pytest.raises(Clash) as raised:
            assembly.assemble(assembly.demand(7, rules, goal=goal), rng=rng())
        assert raised.value.rules == ("length", "point")
        for name in raised.value.rules:
            assert best(assembly.demand(7, [rule for rule in rules if rule.name != name], goal=goal)) is not None


class TestAgainstAnotherSolver:
    def test_the_most_information_is_that_of_scipys(self) -> None:
        items, rules, _goal = bank(300, length=20)
        goal = assembly.information_most(items, THETA, [1.0, 2.0, 1.0])
        made = assembly.assemble(assembly.demand(300, rules, goal=goal), rng=rng())
        constraints = []
        for rule in rules:
            matrix = np.zeros((rule.n_rows, 301))
            matrix[rule.row, rule.item] = rule.value
            constraints.append(LinearConstraint(matrix, rule.lower, rule.upper))
        share = np.hstack([goal.values / goal.wanted[:, None], -np.ones((3, 1))])
        constraints.append(LinearConstraint(share, 0, np.inf))
        other = milp(
            np.append(np.zeros(300), -1.0),
            constraints=constraints,
            integrality=np.append(np.ones(300), 0),
            bounds=(0, np.append(np.ones(300), np.inf)),
        )
        assert made.figure == pytest.approx(-other.fun, rel=2e-4)
        assert made.figure * (1 - 1e-9) <= made.bound <= -other.fun * (1 + 2e-4)


class TestParallelPapers:
    @pytest.mark.parametrize("n_items", [1000, 520])
    def test_keep_every_rule_and_come_near_the_target_at_little_and_at_much_use(self, n_items: int) -> None:
        _items, rules, goal = bank(n_items, length=40)
        asked = assembly.demand(n_items, rules, n_papers=10, goal=goal)
        made = assembly.assemble(asked, rng=rng())
        assert made.use == pytest.approx(400 / n_items)
        assert np.unique(np.concatenate(made.papers)).size == 400
        assert all(check.holds for check in assembly.prove(asked, made.papers))
        assert made.gap < 1e-3
        assert goal.figure(made.reached).max() == pytest.approx(made.figure)
        curves = np.stack([goal.values[:, paper].sum(axis=1) for paper in made.papers])
        assert np.abs(curves - goal.wanted).max() == pytest.approx(made.figure)

    def test_share_no_more_than_is_allowed(self) -> None:
        _items, rules, goal = bank(300, length=40)
        asked = assembly.demand(300, rules, n_papers=12, goal=goal, ceiling=4, overlap=9)
        made = assembly.assemble(asked, rng=rng())
        shared = [np.intersect1d(one, other).size for one, other in combinations(made.papers, 2)]
        assert max(shared) <= 9
        assert np.bincount(np.concatenate(made.papers)).max() <= 4
        proof = {check.rule: check for check in made.checks if check.paper == 0}
        assert proof[assembly.OVERLAP].left == max(shared)

    def test_leave_resting_items_alone_and_stay_apart_from_earlier_papers(self) -> None:
        _items, rules, goal = bank(400, length=20)
        earlier = assembly.assemble(assembly.demand(400, rules, goal=goal), rng=rng(5)).papers[0]
        ceiling = np.where(np.arange(400) < 100, 0, 1)
        rules = [*rules, assembly.apart("earlier papers", [earlier], 2, 400)]
        made = assembly.assemble(assembly.demand(400, rules, n_papers=3, goal=goal, ceiling=ceiling), rng=rng())
        assert all(paper.min() >= 100 and np.intersect1d(paper, earlier).size <= 2 for paper in made.papers)

    def test_share_the_most_information_evenly(self) -> None:
        items, rules, _goal = bank(500, length=20)
        goal = assembly.information_most(items, THETA)
        made = assembly.assemble(assembly.demand(500, rules, n_papers=8, goal=goal), rng=rng())
        each = goal.figure(made.reached)
        assert made.gap < 0.02
        assert each.max() / each.min() < 1.02

    def test_use_stimulus_sets_within_their_bounds(self) -> None:
        _items, rules, goal = bank(600, length=30)
        labels = [f"S{place // 5:02}" if place < 200 else "" for place in range(600)]
        in_sets = np.array([bool(label) for label in labels])
        rules = [*rules, assembly.sets("sets", labels, 3, 4), assembly.total("from sets", in_sets, 6, 8)]
        made = assembly.assemble(assembly.demand(600, rules, n_papers=4, goal=goal), rng=rng())
        for paper in made.papers:
            sizes = np.unique(np.array(labels)[paper], return_counts=True)[1][1:]
            assert set(sizes.tolist()) <= {3, 4}
            assert 6 <= sizes.sum() <= 8
        assert made.gap < 1e-3

    def test_come_out_the_same_for_the_same_seed(self) -> None:
        _items, rules, goal = bank(300, length=20)
        asked = assembly.demand(300, rules, n_papers=3, goal=goal)
        first, again, other = (assembly.assemble(asked, rng=rng(seed)).papers for seed in (7, 7, 8))
        assert [each.tolist() for each in first] == [each.tolist() for each in again]
        assert [each.tolist() for each in first] != [each.tolist() for each in other]

    def test_are_repaired_by_integer_programs_where_exchanges_did_not_do(self) -> None:
        _items, rules, goal = bank(520, length=40)
        asked = assembly.demand(520, rules, n_papers=10, goal=goal)
        made = assembly.assemble(asked, rng=rng(), effort=Effort(moves=0, rounds=0, turns=0))
        assert made.repairs > 0
        assert all(check.holds for check in made.checks)

    def test_made_of_sets_alone_are_polished_by_integer_programs(self) -> None:
        """Exchanges cannot touch them: two papers of two sets each, of which one is dull."""
        worth = np.repeat([1.0, 2.0, 3.0, 4.0, 0.1], 2)
        rules = [assembly.sets("sets", list("aabbccddee")), assembly.total("length", np.ones(10), 4, 4)]
        asked = assembly.demand(10, rules, n_papers=2, goal=assembly.most(worth))
        plain, made = (assembly.assemble(asked, rng=rng(0), effort=Effort(turns=turns)) for turns in (0, 2))
        assert plain.figure < 10
        assert sorted(made.reached[:, 0]) == [10, 10]
        assert (made.figure, made.bound) == (10, pytest.approx(10))

    def test_are_made_also_after_a_solver_with_more_threads(self) -> None:
        """HiGHS has one scheduler a process, and refuses to run with another number of threads than it began with."""
        code = (
            "import highspy, numpy as np; from psychometrics import assembly as a; h = highspy.Highs();"
            "h.setOptionValue('threads', 2); x = h.addBinary(); h.maximize(x);"
            "d = a.demand(9, [a.total('n', np.ones(9), 2, 2)], n_papers=3);"
            "print('papers', len(a.assemble(d, rng=np.random.default_rng(1)).papers))"
        )
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
        assert done.stdout.splitlines()[-1:] == ["papers 3"], done.stderr

    def test_need_no_goal(self) -> None:
        _items, rules, _goal = bank(300, length=20)
        made = assembly.assemble(assembly.demand(300, rules, n_papers=3), rng=rng())
        assert np.isnan([made.figure, made.bound, made.gap]).all()
        assert made.reached.shape == (3, 0)

    def test_tell_how_far_they_are(self) -> None:
        _items, rules, goal = bank(300, length=20)
        told: list[tuple[int, int]] = []
        assembly.assemble(
            assembly.demand(300, rules, n_papers=3, goal=goal),
            rng=rng(),
            progress=lambda done, total: told.append((done, total)),
        )
        assert told == sorted(told)
        assert told[-1][0] == told[-1][1]


class TestClash:
    def test_a_range_with_too_few_items_for_all_papers_clashes_with_the_exposure(self) -> None:
        _items, rules, goal = bank(300, length=40)
        with pytest.raises(Clash) as raised:
            assembly.assemble(assembly.demand(300, rules, n_papers=10, goal=goal), rng=rng())
        assert raised.value.is_irreducible
        assert assembly.EXPOSURE in raised.value.rules
        assert len(raised.value.rules) == 2

    def test_too_little_may_be_shared(self) -> None:
        """Six papers of half of the items share at least a fifth of their own: Σ C(3, 2) / C(6, 2) of the items."""
        rules = [assembly.total("length", np.ones(20), 10, 10)]
        with pytest.raises(Clash) as raised:
            assembly.assemble(assembly.demand(20, rules, n_papers=6, ceiling=6, overlap=3), rng=rng())
        assert raised.value.rules == ("length", assembly.OVERLAP)
        made = assembly.assemble(assembly.demand(20, rules, n_papers=6, ceiling=6, overlap=5), rng=rng())
        assert made.checks[-1].left <= 5

    def test_what_only_whole_items_forbid_is_found_too(self) -> None:
        """Points of two each never make an odd sum: the linear relaxation sees nothing wrong."""
        rules = [assembly.total("odd", np.full(9, 2.0), 7, 7), assembly.total("length", np.ones(9), 1, 9)]
        with pytest.raises(Clash) as raised:
            assembly.assemble(assembly.demand(9, rules), rng=rng())
        assert raised.value.rules == ("odd",)
        assert isinstance(raised.value, Infeasible)

    def test_two_papers_that_need_the_only_set_clash(self) -> None:
        """Three of its six items each would do, but the set wants four at once: only the program of all papers sees."""
        rules = [assembly.sets("sets", ["s"] * 6 + [""], 4), assembly.total("length", [1, 1, 1, 1, 1, 1, 0], 3, 4)]
        with pytest.raises(Clash) as raised:
            assembly.assemble(assembly.demand(7, rules, n_papers=2), rng=rng())
        assert raised.value.rules == ("sets", "length", assembly.EXPOSURE)


class TestProof:
    def test_shows_left_side_bounds_and_slack_of_the_tightest_row(self) -> None:
        rules = [
            assembly.total("points", [1, 2, 3, 4], 3, 6),
            assembly.at_most_each("point", ["A", "A", "B", "B"]),
            assembly.sets("sets", ["", "", "s", "s"]),
        ]
        points, point, sets = assembly.prove(assembly.demand(4, rules), [places(0, 1, 2)])
        assert (points.left, points.lower, points.upper, points.slack, points.holds) == (6, 3, 6, 0, True)
        assert (point.label, point.left, point.slack, point.holds, point.n_rows) == ("A", 2, -1, False, 2)
        assert (sets.left, sets.lower, sets.slack, sets.holds) == (1, 2, -1, False)

    def test_an_unused_set_keeps_its_rule(self) -> None:
        asked = assembly.demand(3, [assembly.sets("sets", ["s", "s", ""])])
        assert assembly.prove(asked, [places(2)])[0].holds

    def test_shows_the_worst_use_and_the_worst_pair(self) -> None:
        asked = assembly.demand(4, [], n_papers=3, ceiling=2, overlap=1)
        exposure, overlap = assembly.prove(asked, [places(0, 1), places(0, 2), places(0, 2, 3)])
        assert (exposure.left, exposure.upper, exposure.label, exposure.holds) == (3, 2, "item 1", False)
        assert (overlap.left, overlap.label, overlap.slack) == (2, "papers 2 and 3", -1)

    def test_wants_as_many_papers_and_no_item_twice(self) -> None:
        asked = assembly.demand(3, [], n_papers=2)
        with pytest.raises(WrongShape):
            assembly.prove(asked, [places(0)])
        with pytest.raises(WrongValue):
            assembly.prove(asked, [places(0), places(1, 1)])


class TestRules:
    @pytest.mark.parametrize(
        ("make", "error"),
        [
            (lambda: assembly.total("t", [1, np.nan], 0, 1), WrongValue),
            (lambda: assembly.total("t", [[1, 2]], 0, 1), WrongShape),
            (lambda: assembly.total("t", [1, 2], 2, 1), WrongValue),
            (lambda: assembly.total("t", [], 0, 1), TooFew),
            (lambda: assembly.shares("s", ["A"], {"B": (1, 1)}), WrongValue),
            (lambda: assembly.shares("s", ["A"], {"A": (1, 1)}, values=[1, 2]), WrongShape),
            (lambda: assembly.enemies("e", [[0, 2]], 2), WrongValue),
            (lambda: assembly.enemies("e", [[1, 1]], 2), WrongValue),
            (lambda: assembly.sets("s", ["A", "A"], 3), WrongValue),
            (lambda: assembly.apart("a", [[0, 5]], 1, 3), WrongValue),
            (lambda: assembly.near([[1.0, 2.0]], [0.0]), WrongValue),
            (lambda: assembly.most([[1.0, np.inf]]), WrongValue),
            (lambda: assembly.demand(2, [assembly.total("t", [1], 0, 1)]), WrongShape),
            (lambda: assembly.demand(1, [assembly.total("t", [1], 0, 1)] * 2), WrongValue),
            (lambda: assembly.demand(1, [assembly.total("exposure", [1], 0, 1)]), WrongValue),
            (lambda: assembly.demand(2, [], goal=assembly.most([1.0])), WrongShape),
            (lambda: assembly.demand(2, [], ceiling=-1), WrongValue),
            (lambda: assembly.demand(2, [], n_papers=0), TooFew),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(self, make: Callable[[], object], error: type[Exception]) -> None:
        with pytest.raises(error):
            make()

    def test_weights_are_points_per_range(self) -> None:
        [rule] = assembly.shares("range", ["A", "B", "A"], {"A": (2, 2)}, values=[0.5, 1, 1.5])
        assert rule.name == "range A"
        assert rule.left(np.array([True, True, True])).tolist() == [2.0]


def written(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(commands(), ["assembly", *map(str, arguments)])


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    make = rng(3)
    rows: list[Sequence[object]] = [("item", "model", "a", "b", "c", "range", "point", "points", "enemies", "stem")]
    for place in range(60):
        slope, difficulty = make.lognormal(0, 0.2), make.normal()
        enemy = f"q{place + 1}" if place % 10 == 0 else ""
        stem = f"s{place // 3}" if place < 9 else ""
        rows.append((f"q{place}", "2pl", slope, difficulty, "", "AB"[place % 2], place // 2, 0.5, enemy, stem))
    return written(tmp_path / "pool.csv", rows)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return written(
        tmp_path / "rules.csv",
        [
            ("rule", "kind", "column", "label", "values", "lower", "upper"),
            ("length", "sum", "", "", "", 10, 10),
            ("weight of A", "sum", "range", "A", "points", 3, 3),
            ("one per point", "each", "point", "", "", "", 1),
            ("enemies", "enemies", "enemies", "", "", "", ""),
            ("sets", "sets", "stem", "", "", "", ""),
        ],
    )


class TestShell:
    def test_papers_their_proof_and_the_gap_come_as_json_and_as_a_file(
        self, pool: Path, rules: Path, tmp_path: Path
    ) -> None:
        out = tmp_path / "papers.csv"
        goal = ["--target", "-1:1.5,0:2.2,1:1.5"]
        done = run(pool, "--rules", rules, "--papers", 3, *goal, "--ceiling", 2, "--overlap", 1, "--out", out, "--json")
        assert done.exit_code == 0, done.exception
        report = json.loads(done.stdout)
        assert report["bound"] <= report["figure"]
        assert [row["items"] for row in report["papers"]] == [10, 10, 10]
        proof = {row["rule"]: row for row in report["proof"]}
        assert set(proof) == {"length", "weight of A", "one per point", "enemies", "sets", "exposure", "overlap"}
        assert all(row["slack"] >= 0 for row in report["proof"])
        assert (proof["weight of A"]["least"], proof["weight of A"]["upper"]) == (3, 3)
        with out.open(encoding="utf-8") as file:
            listed = [(row["paper"], row["item"]) for row in csv.DictReader(file)]
        assert [item for number, item in listed if number == "1"] == report["papers"][0]["names"].split()

    def test_people_get_tables(self, pool: Path, rules: Path) -> None:
        done = run(pool, "--rules", rules, "--maximin", "-1,0:2")
        assert done.exit_code == 0, done.exception
        assert "maximin" in done.stdout
        assert "weight of A" in done.stdout

    def test_rules_that_clash_are_named(self, pool: Path, rules: Path) -> None:
        with rules.open("a", encoding="utf-8") as file:
            file.write("ten of A,sum,range,A,,10,10\n")
        command = [sys.executable, "-m", "psychometrics", "assembly", str(pool), "--rules", str(rules)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, encoding="utf-8")
        assert done.returncode == 2
        assert done.stderr.startswith("Clash")
        assert "weight of A, ten of A" in done.stderr
        assert not done.stdout

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("x,sum,range,C,,1,1", "line 7: no item has 'C' in range"),
            ("x,sum,,,price,1,1", "no column 'price'"),
            ("x,perhaps,,,,1,1", "no kind 'perhaps'"),
            ("x,sum,,,c,1,1", "q0 has no c"),
            ("x,sum,,,,one,1", "'one' is no number"),
            ("x,enemies,stem,,,,", "an enemy is called 's0'"),
        ],
    )
    def test_a_rule_that_cannot_be_read_is_told_with_its_line(
        self, pool: Path, rules: Path, row: str, said: str
    ) -> None:
        from psychometrics.cli.assembly import read_rules
        from psychometrics.sheets import read_sheet

        with rules.open("a", encoding="utf-8") as file:
            file.write(f"{row}\n")
        with pytest.raises(UnreadableFile, match=said):
            read_rules(rules, read_sheet(pool))
