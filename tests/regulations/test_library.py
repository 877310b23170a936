"""The files of the rule library: what is refused, and that those we ship are sound."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import library
from kaogong.regulations.library import FaultyLibrary
from kaogong.regulations.rules import region_prefix

SURE = "NLCUHI"
"""The certainties from the surest down; a figure of ours (H) or a sample (I) claims nothing about any rule."""

INSTRUMENT = '[[instruments]]\nkey="i"\ntitle="规定"\nissuer="部"\ncertainty="N"\n'
ARTICLE = '[[articles]]\ninstrument="i"\narticle="1"\nheading="题"\ntext="文"\ncertainty="N"\n'
PROVISION = '[[provisions]]\nkey="k"\ntitle="数"\nvalue=1\nclause="i/1"\nsince=2000-01-01\ncertainty="N"\n'


def faults(folder: Path, **files: str) -> list[str]:
    for name, text in files.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    try:
        library.read(folder)
    except FaultyLibrary as faulty:
        return faulty.faults
    return []


class TestOurs:
    def test_is_sound(self) -> None:
        found = library.read()
        assert found.instruments
        assert found.articles
        assert found.provisions

    def test_what_is_not_certain_says_where_it_comes_from(self) -> None:
        assert [row.key for row in library.read().instruments if not row.source] == []

    def test_local_instruments_name_their_place_or_are_marked_otherwise(self) -> None:
        nationwide = [row.key for row in library.read().instruments if row.certainty == "N" and row.region_code]
        assert nationwide == []

    def test_no_figure_is_older_than_its_clause(self) -> None:
        """Who cites a clause cites what was in force: a figure for earlier days stands on another one."""
        found = library.read()
        instruments = {row.key: row for row in found.instruments}
        begun: dict[Clause, date] = {}
        for text in found.articles:
            since = max(text.in_force_on or date.min, instruments[text.clause.instrument].in_force_on or date.min)
            begun[text.clause] = min(since, begun.get(text.clause, since))
        figures = [row.provision for row in found.provisions]
        assert [(each.key, each.since) for each in figures if each.since < begun[each.clause]] == []

    def test_a_place_s_rule_sets_figures_for_that_place_only(self) -> None:
        """What Shaanxi prescribes binds nobody in Jiangsu; our default elsewhere says so under a clause of ours."""
        found = library.read()
        places = {row.key: row.region_code for row in found.instruments}
        figures = [row.provision for row in found.provisions]
        assert [
            (each.key, str(each.clause))
            for each in figures
            if not each.scope.region_code.startswith(region_prefix(places[each.clause.instrument]))
        ] == []

    def test_no_figure_claims_to_be_surer_than_its_clause(self) -> None:
        found = library.read()
        sure = {text.clause: SURE.index(text.certainty) for text in found.articles}
        figures = [row.provision for row in found.provisions]
        assert [(each.key, each.certainty) for each in figures if SURE.index(each.certainty) < sure[each.clause]] == []


class TestFaults:
    def test_a_sound_library_has_none(self, tmp_path: Path) -> None:
        assert faults(tmp_path, a=INSTRUMENT + ARTICLE, b=PROVISION) == []

    def test_files_are_read_together(self, tmp_path: Path) -> None:
        assert faults(tmp_path, a=PROVISION, b=ARTICLE, c=INSTRUMENT) == []

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("nonsense", "not TOML"),
            ("[[laws]]\nkey=1", "unknown table [[laws]]"),
            (INSTRUMENT.replace('issuer="部"\n', ""), "lacks issuer"),
            (INSTRUMENT + 'colour="red"\n', "unknown field colour"),
            (INSTRUMENT.replace('"N"', '"Q"'), "certainty 'Q'"),
            (INSTRUMENT + 'issued_on="2000-01-01"\n', "issued_on is not a date"),
            (INSTRUMENT + INSTRUMENT, "already stands in bad.toml"),
            (INSTRUMENT + ARTICLE + ARTICLE, "article i/1 already stands"),
            (ARTICLE, "unknown instrument 'i'"),
            (INSTRUMENT + ARTICLE + PROVISION.replace("i/1", "i/2"), "unknown article i/2"),
            (INSTRUMENT + ARTICLE + PROVISION.replace("i/1", "i1"), "is not instrument/article"),
            (INSTRUMENT + ARTICLE + PROVISION + PROVISION, "overlaps"),
            (INSTRUMENT + ARTICLE + PROVISION + "until=1999-01-01\n", "ends before it begins"),
            (INSTRUMENT + ARTICLE + PROVISION.replace("value=1", "value=2000-01-01"), "value is not plain"),
        ],
    )
    def test_each_names_its_file_and_what_is_wrong(self, tmp_path: Path, text: str, words: str) -> None:
        found = faults(tmp_path, bad=text)
        assert len(found) == 1
        assert found[0].startswith("bad.toml: ")
        assert words in found[0]

    def test_an_overlap_names_both_files(self, tmp_path: Path) -> None:
        found = faults(tmp_path, a=INSTRUMENT + ARTICLE + PROVISION, b=PROVISION)
        assert found == ["b.toml: provision 'k' since 2000-01-01 overlaps with that of a.toml"]

    def test_narrower_scopes_and_later_days_do_not_overlap(self, tmp_path: Path) -> None:
        local = PROVISION + 'region_code="32"\n'
        ended = PROVISION.replace("since=2000-01-01", "since=1990-01-01\nuntil=2000-01-01")
        assert faults(tmp_path, a=INSTRUMENT + ARTICLE + PROVISION, b=local, c=ended) == []

    def test_all_faults_are_told_at_once(self, tmp_path: Path) -> None:
        assert len(faults(tmp_path, a=ARTICLE, b=PROVISION.replace("i/1", "j/1"))) == 2
