"""Near-duplicate search: precision and recall on the labelled sample, and speed on a bank of 12,000 items.

The sample (`tests/itembank/data/near-duplicates.csv`, 556 pairs from the shipped items) is made by hand and shuffled;
the half that was held out when rules and weights were set is reported by itself. The peer is the customary way, TF-IDF
cosine of pairs of characters over stem and options, at its own best threshold: it knows no 不, no 220 V and no KM.
The bank of 12,000 is composed of the shipped items' clauses, so that far more looks alike than in a bank that was
written. Opening is what this costs beyond a table of keyed sketches: decryption of the whole bank.
"""

from __future__ import annotations

import csv
import random
import re
import time
import zlib
from importlib.resources import files
from pathlib import Path
from uuid import uuid4

import numpy as np
from rich.table import Table

from bench.timing import console
from kaogong.itembank.rules.items import ItemContent
from kaogong.itembank.rules.likeness import Bank, Like, Sketch, like_one, likeness

SIZE = 12_000
THRESHOLD = 0.6
SAMPLE = Path(__file__).parents[1] / "tests/itembank/data/near-duplicates.csv"
SHIPPED = ("electrician-5-items-basics.csv", "electrician-5-items-installation.csv")
CLAUSE = re.compile(r"(?<=[，；])")
Scored = list[tuple[str, bool, float, float]]


def run(size: int) -> None:
    """Report the curve, the shipped bank searched, and a bank of `size` items searched."""
    items = shipped()
    _curve(scored(items))
    pairs = list(Bank([Sketch.of(each) for each in items.values()]).among_themselves(THRESHOLD))
    console.print(f"shipped bank, {len(items)} items that were read for this: {len(pairs)} pairs at {THRESHOLD}")
    _speed(list(items.values()), size or SIZE)


def shipped() -> dict[str, ItemContent]:
    """The shipped items by point and number."""
    found = {}
    for name in SHIPPED:
        text = (files("kaogong.itembank") / "reference" / name).read_text(encoding="utf-8")
        for row in csv.DictReader(text.splitlines()):
            codes = "".join(row[column] for column in ("range1_code", "range2_code", "range3_code", "point"))
            found[f"{codes}.{row['number']}"] = content_of(row)
    return found


def rows() -> list[dict[str, str]]:
    """The labelled pairs: a shipped item and another's whole content."""
    return list(csv.DictReader(SAMPLE.read_text(encoding="utf-8").splitlines()))


def content_of(row: dict[str, str]) -> ItemContent:
    """An item's content from a row of one of the files."""
    return ItemContent(row["type"], row["stem"], tuple(row[each] for each in "abcd" if row[each]), row["key"])


def scored(items: dict[str, ItemContent]) -> dict[str, Scored]:
    """The pairs of the sample by half, as (kind, whether duplicates, our likeness, the peer's)."""
    weights = _weights(list(items.values()))
    halves: dict[str, Scored] = {"tuned on": [], "held out": []}
    for row in rows():
        mine, other = items[row["item"]], content_of(row)
        ours = likeness(Sketch.of(mine), Sketch.of(other))
        half = "held out" if zlib.crc32(row["item"].encode()) % 2 else "tuned on"
        halves[half].append((row["kind"], row["duplicate"] == "1", ours, _cosine(mine, other, weights)))
    return halves


def rates(pairs: Scored, threshold: float, column: int = 2) -> tuple[float, float]:
    """Precision and recall of the pairs at a threshold; column 2 is ours, 3 the peer's."""
    found = [pair[1] for pair in pairs if pair[column] >= threshold]
    return (sum(found) / len(found) if found else float("nan")), sum(found) / sum(pair[1] for pair in pairs)


def _curve(halves: dict[str, Scored]) -> None:
    table = Table(title="Near-duplicates on the labelled sample", title_justify="left")
    for heading in ("half", "pairs", "way", "threshold", "precision", "recall"):
        table.add_column(heading, justify="left" if heading in {"half", "way"} else "right")
    for half, pairs in halves.items():
        for threshold in (0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.8):
            both = (f"{each:.3f}" for each in rates(pairs, threshold))
            table.add_row(half, str(len(pairs)), "own", f"{threshold:.2f}", *both)
        best = max(np.arange(0.05, 1, 0.05), key=lambda at: _f1(*rates(pairs, at, 3)))
        both = (f"{each:.3f}" for each in rates(pairs, best, 3))
        table.add_row(half, str(len(pairs)), "TF-IDF", f"{best:.2f}", *both)
    console.print(table)
    held = halves["held out"]
    wrong = {kind: sum((p[2] >= THRESHOLD) != p[1] for p in held if p[0] == kind) for kind in {p[0] for p in held}}
    words = ", ".join(f"{kind} {wrong[kind]} of {sum(p[0] == kind for p in held)}" for kind in sorted(wrong))
    console.print(f"held out, wrong at {THRESHOLD}: {words}")


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall > 0 else 0.0


def _grams(content: ItemContent) -> list[str]:
    text = content.stem + "".join(sorted(content.options))
    return [text[i : i + 2] for i in range(len(text) - 1)]


def _weights(contents: list[ItemContent]) -> dict[str, float]:
    holders: dict[str, int] = {}
    for each in contents:
        for gram in set(_grams(each)):
            holders[gram] = holders.get(gram, 0) + 1
    return {gram: float(np.log((1 + len(contents)) / (1 + count)) + 1) for gram, count in holders.items()}


def _cosine(a: ItemContent, b: ItemContent, weights: dict[str, float]) -> float:
    vectors = []
    for each in (a, b):
        vector: dict[str, float] = {}
        for gram in _grams(each):
            vector[gram] = vector.get(gram, 0.0) + weights.get(gram, 7.0)
        vectors.append(vector)
    mine, theirs = vectors
    dot = sum(value * theirs.get(gram, 0.0) for gram, value in mine.items())
    return dot / float(np.sqrt(sum(v * v for v in mine.values()) * sum(v * v for v in theirs.values())))


def composed(items: list[ItemContent], size: int) -> list[ItemContent]:
    """A bank of `size` items: clauses of one item's stem, the last clause and the options of another of its type."""
    rng = random.Random(12)  # a benchmark's data
    by_type = {kind: [each for each in items if each.type == kind] for kind in ("single", "truefalse")}
    made = []
    while len(made) < size:
        first = rng.choice(items)
        second, third = rng.choice(by_type[first.type]), rng.choice(by_type[first.type])
        options = list(second.options)
        for place in range(len(options)):
            if "ABCD"[place] != second.key and rng.random() < 0.5:  # every other distractor
                options[place] = third.options[place]
        stem = rng.choice(CLAUSE.split(third.stem)) + rng.choice(CLAUSE.split(first.stem))
        made.append(ItemContent(first.type, stem + CLAUSE.split(second.stem)[-1], tuple(options), second.key))
    return made


def _speed(items: list[ItemContent], size: int) -> None:
    from kaogong.itembank import sealing  # noqa: PLC0415  # after django.setup()

    table = Table(title=f"A bank of {size:,} items", title_justify="left")
    for heading in ("step", "seconds of the processor", "found"):
        table.add_column(heading, justify="left" if heading == "step" else "right")
    contents = composed(items, size)
    sealed = [(uuid4(), each) for each in contents]
    closed = [(key, sealing.seal_item(each, version_id=key)) for key, each in sealed]

    def step(name: str, begun: float, found: int) -> None:
        table.add_row(name, f"{time.process_time() - begun:.2f}", f"{found:,}")

    begun = time.process_time()
    opened = [sealing.open_item(each, version_id=key) for key, each in closed]
    step("open", begun, len(opened))
    begun = time.process_time()
    sketches = [Sketch.of(each) for each in opened]
    step("sketch", begun, len(sketches))
    begun = time.process_time()
    step("one new item against the opened bank", begun, len(like_one(opened[0], opened, THRESHOLD)))
    bank = Bank(sketches)
    begun = time.process_time()
    step("1,000 rows of a file against the bank", begun, len(list(bank.like(sketches[:1000], THRESHOLD))))
    begun = time.process_time()
    pairs: list[Like] = list(bank.among_themselves(THRESHOLD))
    step("all pairs", begun, len(pairs))
    console.print(table)
