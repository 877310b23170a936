"""Imports: staged whole, committed at once or not at all; what the shipped bank and others' batches do to them."""

from __future__ import annotations

import pytest
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    COLUMNS,
    ELECTRICIAN,
    NOW,
    TRAINER,
    approver,
    csv_file,
    importer,
    make_item,
    reviewer,
    single,
    writer,
)
from tests.support.packages import CHOICE, UNKNOWN, package

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import selectors, services
from kaogong.itembank.models import ImportBatch, ImportRow, Item

pytestmark = pytest.mark.django_db

GOOD = "训练师该先做（）,单选,清洗,标注,训练,部署,A"
TRUTH = "标注只需一人,判断,,,,,错"
NO_KEY = "缺答案的题,单选,甲,乙,丙,丁,"


def stage(*rows: str, content: bytes = b"", occupation: str = TRAINER, **changes: object) -> ImportBatch:
    """A staged batch of the rows."""
    arguments: dict[str, object] = {
        "actor": importer(),
        "at": NOW,
        "file_name": "题库.csv",
        "content": content or csv_file(*rows),
        "column_map": COLUMNS,
        "occupation_code": occupation,
        "level": 5,
    }
    return services.stage_import(**(arguments | changes))  # type: ignore[arg-type]  # the command's arguments, by name


def items() -> int:
    """How many items the trainer's bank has."""
    return Item.objects.filter(occupation_code=TRAINER).count()


class TestStage:
    def test_keeps_good_rows_and_lists_the_others(self) -> None:
        batch = stage(GOOD, NO_KEY, TRUTH)
        assert (batch.good_rows, batch.bad_rows, batch.unbound_rows, batch.state) == (2, 1, 2, "staged")
        assert [(line, [str(p) for p in problems]) for line, problems in selectors.repair_list(batch)] == [
            (3, ["没有答案"])
        ]

    def test_nothing_enters_the_bank(self) -> None:
        stage(GOOD, TRUTH)
        assert items() == 0

    def test_seals_the_rows(self) -> None:
        batch = stage(GOOD)
        sealed = ImportRow.objects.get(batch=batch).content_sealed
        assert sealed is not None
        assert "训练师".encode() not in bytes(sealed)

    def test_reads_gb18030(self) -> None:
        batch = stage(content=csv_file(GOOD).decode().encode("gb18030"))
        assert (batch.encoding, batch.good_rows) == ("GB18030", 1)

    def test_finds_a_stem_that_the_bank_has(self) -> None:
        make_item(single("题库里已有的题（　）。"))
        batch = stage("题库里已有的题(),单选,甲,乙,丙,丁,A", occupation=ELECTRICIAN)
        problem = selectors.repair_list(batch)[0][1][0]
        assert str(problem).startswith("题库中已有题干相同的试题（题号 B-")

    def test_binds_rows_to_points_of_the_blueprint(self) -> None:
        content = csv_file(
            "新题一,判断,,,,,对,A-A-A-001", "新题二,判断,,,,,对,A-A-A-999", header="题干,题型,A,B,C,D,答案,点"
        )
        batch = stage(content=content, occupation=ELECTRICIAN, column_map=COLUMNS | {"point": "点"})
        assert (batch.good_rows, batch.unbound_rows) == (1, 0)
        assert str(selectors.repair_list(batch)[0][1][0]) == "没有鉴定点“A-A-A-999”"

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b" ", "空的"),
            (b"PK\x03\x04\x00\x00", "Excel"),
            ("题干,题型\n甲,单选".encode(), "列"),
            (b"\xff\xfe\x00", "编码"),
        ],
    )
    def test_refuses_a_file_that_cannot_be_read(self, content: bytes, words: str) -> None:
        with pytest.raises(services.FileUnreadable, match=words):
            stage(content=content)

    def test_refuses_a_file_that_is_too_large(self) -> None:
        with pytest.raises(services.FileUnreadable, match=r"最多 32\.0 MB"):
            stage(content=b"x" * 34_000_000)

    def test_refuses_an_unknown_dialect(self) -> None:
        with pytest.raises(services.FileUnreadable):
            stage(GOOD, profile="klingon")

    def test_refuses_an_unknown_occupation(self) -> None:
        with pytest.raises(services.UnknownOccupation):
            stage(GOOD, occupation="9-99-99-99")

    def test_needs_the_power(self) -> None:
        with pytest.raises(NotPermitted):
            stage(GOOD, actor=writer())


class TestCommit:
    def test_enters_all_good_rows_as_drafts_at_once(self) -> None:
        batch = stage(GOOD, NO_KEY, TRUTH)
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        rows = Item.objects.filter(occupation_code=TRAINER).order_by("number")
        assert [(row.number, row.state, row.point, row.origin) for row in rows] == [
            ("B-U-00001", "drafted", None, "imported"),
            ("C-U-00001", "drafted", None, "imported"),
        ]

    def test_costs_one_line_in_the_trail(self) -> None:
        batch = stage(GOOD, TRUTH)
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        lines = audit.entries(actor=officer("audit.read", region=""), target_id=str(batch.pk))
        assert sorted(line.action for line in lines) == ["itembank.import_committed", "itembank.import_staged"]

    def test_an_unbound_item_passes_no_review(self) -> None:
        services.commit_import(actor=importer(), at=NOW, batch_id=stage(GOOD).pk)
        item = Item.objects.get(occupation_code=TRAINER)
        with pytest.raises(services.Unbound):
            services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)

    def test_who_imported_counts_as_author(self) -> None:
        actor = officer("itembank.import", "itembank.review", region="32")
        content = csv_file("导入后自己审,判断,,,,,对,A-A-A-001", header="题干,题型,A,B,C,D,答案,点")
        batch = stage(content=content, actor=actor, occupation=ELECTRICIAN, column_map=COLUMNS | {"point": "点"})
        services.commit_import(actor=actor, at=NOW, batch_id=batch.pk)
        item = Item.objects.get(origin="imported")
        with pytest.raises(services.SamePerson):
            services.review_item(actor=actor, at=NOW, item_id=item.pk)

    def test_keeps_the_files_own_numbers(self) -> None:
        content = csv_file(f"{GOOD},N-7", header="题干,题型,A,B,C,D,答案,号")
        batch = stage(content=content, column_map=COLUMNS | {"number": "号"})
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        assert Item.objects.get(occupation_code=TRAINER).number == "N-7"

    def test_happens_once(self) -> None:
        batch = stage(GOOD)
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        with pytest.raises(WrongState):
            services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        assert items() == 1

    def test_refuses_when_the_bank_has_changed_meanwhile(self) -> None:
        first, second = stage(GOOD, TRUTH), stage(GOOD)
        services.commit_import(actor=importer(), at=NOW, batch_id=second.pk)
        with pytest.raises(services.StagedTooLong, match="第 2 行"):
            services.commit_import(actor=importer(), at=NOW, batch_id=first.pk)
        assert items() == 1

    def test_refuses_an_empty_batch(self) -> None:
        with pytest.raises(services.NothingToCommit):
            services.commit_import(actor=importer(), at=NOW, batch_id=stage(NO_KEY).pk)

    def test_needs_the_power(self) -> None:
        batch = stage(GOOD)
        with pytest.raises(NotFound):
            services.commit_import(actor=approver(), at=NOW, batch_id=batch.pk)

    def test_outsiders_cannot_even_find_it(self) -> None:
        batch = stage(GOOD)
        with pytest.raises(NotFound):
            services.commit_import(actor=outsider("itembank.import"), at=NOW, batch_id=batch.pk)


class TestDiscard:
    def test_empties_the_good_rows_and_keeps_the_list(self) -> None:
        batch = stage(GOOD, NO_KEY)
        services.discard_import(actor=importer(), at=NOW, batch_id=batch.pk)
        assert [row.line for row in ImportRow.objects.filter(batch=batch)] == [3]

    def test_a_discarded_batch_cannot_be_committed(self) -> None:
        batch = stage(GOOD)
        services.discard_import(actor=importer(), at=NOW, batch_id=batch.pk)
        with pytest.raises(WrongState):
            services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)


class TestPackages:
    def test_what_cannot_be_read_is_kept_sealed_and_opened_on_the_record(self) -> None:
        batch = stage(content=package(CHOICE, UNKNOWN), profile="qti", column_map={})
        assert (batch.encoding, batch.good_rows, batch.bad_rows) == ("QTI 2.2", 1, 1)
        assert selectors.places_of(batch) == {2: "items/2.xml"}
        sealed = ImportRow.objects.get(batch=batch, line=2).original_sealed
        assert sealed is not None
        assert b"associateInteraction" not in bytes(sealed)
        assert services.view_originals(actor=importer(), at=NOW, batch_id=batch.pk) == [
            ("items/2.xml", UNKNOWN.encode())
        ]
        lines = audit.entries(actor=officer("audit.read", region=""), target_id=str(batch.pk))
        assert "itembank.originals_viewed" in {line.action for line in lines}

    def test_others_cannot_open_the_originals(self) -> None:
        batch = stage(content=package(CHOICE, UNKNOWN), profile="qti", column_map={})
        for stranger in (writer(), outsider("itembank.import")):
            with pytest.raises(NotFound):
                services.view_originals(actor=stranger, at=NOW, batch_id=batch.pk)

    def test_discarding_empties_the_originals(self) -> None:
        batch = stage(content=package(CHOICE, UNKNOWN), profile="qti", column_map={})
        services.discard_import(actor=importer(), at=NOW, batch_id=batch.pk)
        assert selectors.count_originals(batch) == 0
        assert [line for line, _problems in selectors.repair_list(batch)] == [2]

    def test_items_enter_with_their_type_and_number(self) -> None:
        batch = stage(content=package(CHOICE, UNKNOWN), profile="qti", column_map={})
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        item = Item.objects.get(occupation_code=TRAINER)
        seen = services.view_item(actor=importer(), at=NOW, item_id=item.pk)
        assert (item.number, seen.content.type, seen.content.key) == ("WATER-1", "multiple", "AC")
