"""The items that the product ships, read as a test constructor reads them: what could give a key away. No database."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from itertools import groupby

import pytest

from kaogong.itembank.services.reference import REFERENCE

BANK = tomllib.loads((REFERENCE / "banks.toml").read_text(encoding="utf-8"))["banks"][0]
OPTIONS = ("a", "b", "c", "d")
EXCEPTION = re.compile("不属于|不正确|不恰当|不包括|错误的是|不是（|除外|以上都|以上均")
ABSOLUTE = re.compile("一定|必须|总是|任意|断定|只要|不必|必定|任何|绝对|完全|全部|都")


def rows(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def point_of(row: dict[str, str]) -> str:
    return "-".join((row["range1_code"], row["range2_code"], row["range3_code"], row["point"]))


ITEMS = [row for name in BANK["items"] for row in rows(name)]
SINGLES = [row for row in ITEMS if row["type"] == "single"]
STATEMENTS = [row for row in ITEMS if row["type"] == "truefalse"]


def name_of(row: dict[str, str]) -> str:
    return f"{point_of(row)}-{row['number']}"


def lengths(row: dict[str, str]) -> list[int]:
    return [len(row[option]) for option in OPTIONS]


def test_every_point_has_two_choices_and_one_statement() -> None:
    points = {point_of(row) for name in BANK["points"] for row in rows(name)}
    kinds = {
        point: Counter(row["type"] for row in group)
        for point, group in groupby(sorted(ITEMS, key=point_of), key=point_of)
    }
    assert kinds == {point: Counter(single=2, truefalse=1) for point in points}


@pytest.mark.parametrize("name", BANK["items"])
def test_each_letter_is_the_key_of_a_quarter(name: str) -> None:
    keys = Counter(row["key"] for row in rows(name) if row["type"] == "single")
    assert max(keys.values()) - min(keys.values()) <= 0.05 * keys.total(), keys


def test_taking_the_longest_option_is_no_better_than_guessing() -> None:
    """Expected share of right answers of who always takes the longest (or shortest) option, by lot among equals."""
    telling = [row for row in SINGLES if len(set(lengths(row))) > 1]
    for extreme in (max, min):
        right = 0.0
        for row in telling:
            chosen = [o for o in OPTIONS if len(row[o]) == extreme(lengths(row))]
            right += (row["key"].lower() in chosen) / len(chosen)
        assert 0.18 <= right / len(telling) <= 0.30, (extreme, right / len(telling))


def test_no_key_is_more_than_half_again_as_long_as_every_distractor() -> None:
    def stands_out(row: dict[str, str]) -> bool:
        key = len(row[row["key"].lower()])
        others = max(len(row[o]) for o in OPTIONS if o != row["key"].lower())
        return key >= 8 and key > 1.5 * others

    assert [name_of(row) for row in SINGLES if stands_out(row)] == []


def test_no_stem_asks_for_the_exception() -> None:
    """Every choice asks for what is right; so no negative needs marking. 以上都对 is no option."""
    assert [name_of(row) for row in SINGLES if EXCEPTION.search("".join(row[f] for f in ("stem", *OPTIONS)))] == []


def test_a_choice_has_one_blank_and_a_statement_none() -> None:
    assert [name_of(row) for row in SINGLES if row["stem"].count("（　）") != 1] == []
    assert [name_of(row) for row in STATEMENTS if "（　）" in row["stem"]] == []


def test_absolute_words_and_length_do_not_tell_true_from_false() -> None:
    true, false = ([row["stem"] for row in STATEMENTS if row["key"] == key] for key in ("T", "F"))
    share = {
        key: sum(1 for stem in stems if ABSOLUTE.search(stem)) / len(stems)
        for key, stems in (("T", true), ("F", false))
    }
    mean = {key: sum(map(len, stems)) / len(stems) for key, stems in (("T", true), ("F", false))}
    assert abs(share["T"] - share["F"]) < 0.08, share
    assert abs(mean["T"] - mean["F"]) < 3, mean
    assert 0.47 <= len(true) / len(STATEMENTS) <= 0.53


def test_no_worded_key_is_repeated_in_its_stem() -> None:
    def repeats(row: dict[str, str]) -> bool:
        key = row[row["key"].lower()]
        return len(key) >= 3 and not re.search(r"\d", key) and key in row["stem"]

    assert [name_of(row) for row in SINGLES if repeats(row)] == []


def test_every_item_explains_its_key() -> None:
    assert [name_of(row) for row in ITEMS if len(row["explanation"]) < 5] == []
