"""Near-duplicates in the bank: found on writing, revising, importing and on demand; told to whom it may be; judged."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    COLUMNS,
    ELECTRICIAN,
    LEVEL,
    NOW,
    TODAY,
    TRAINER,
    approver,
    assembler,
    csv_file,
    importer,
    make_approved_item,
    make_item,
    reviewer,
    truth,
    writer,
)
from tests.support.regulations import make_provision

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.audit.models import TrailEntry
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted
from kaogong.itembank import selectors, services
from kaogong.itembank.models import Item, Resemblance

pytestmark = pytest.mark.django_db

STEM = "训练师整理语音数据之前，首先要核对录音的采样率。"
LIKE = "训练师在整理语音数据前，应首先核对录音采样率。"
OTHER = "训练师在整理语音数据前，不应首先核对录音采样率。"


def pair() -> Resemblance:
    make_item(truth(STEM))
    make_item(truth(LIKE))
    return Resemblance.objects.get()


def facts(item: Item, action: str) -> dict[str, object]:
    lines = audit.entries(actor=officer("audit.read", region=""), target_id=str(item.pk))
    return next(line.facts for line in lines if line.action == action)


class TestWriting:
    def test_lists_the_pair_and_saves_the_draft(self) -> None:
        first = make_item(truth(STEM))
        second = make_item(truth(LIKE))
        found = Resemblance.objects.get()
        assert {found.first.item, found.second.item} == {first, second}
        assert (found.verdict, found.likeness > 0.6) == ("open", True)
        assert [each.pk for each in selectors.resemblances_of(writer(), second)[0]] == [found.pk]

    def test_what_says_the_contrary_is_not_listed(self) -> None:
        make_item(truth(STEM))
        make_item(truth(OTHER))
        assert not Resemblance.objects.exists()

    def test_stands_in_the_writers_own_line(self) -> None:
        make_item(truth(STEM))
        told = facts(make_item(truth(LIKE)), "itembank.item_drafted")
        assert (told["alike"], int(str(told["compared"])) > 600) == (1, True)

    def test_the_provision_decides(self) -> None:
        make_provision("itembank.alike_from", 99, occupation=ELECTRICIAN)
        make_item(truth(STEM))
        make_item(truth(LIKE))
        assert not Resemblance.objects.exists()

    def test_another_provinces_item_is_counted_and_not_named(self) -> None:
        make_item(truth(STEM), actor=writer("33"))
        item = make_item(truth(LIKE))
        assert selectors.resemblances_of(writer(), item) == ([], 1)
        assert not selectors.resemblances_for(writer()).exists()

    def test_a_revision_is_compared_anew(self) -> None:
        first, second = make_item(truth(STEM)), make_item(truth(OTHER))
        services.revise_item(
            actor=writer(), at=NOW, item_id=second.pk, content=truth(LIKE), difficulty=3, consistency=5
        )
        assert len(selectors.resemblances_of(writer(), first)[0]) == 1
        services.revise_item(
            actor=writer(), at=NOW, item_id=second.pk, content=truth(OTHER), difficulty=3, consistency=5
        )
        assert selectors.resemblances_of(writer(), first) == ([], 0)

    def test_an_item_does_not_resemble_its_own_former_version(self) -> None:
        item = make_item(truth(STEM))
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=truth(LIKE), difficulty=3, consistency=5)
        assert not Resemblance.objects.exists()

    def test_a_retired_item_is_not_compared(self) -> None:
        item = make_approved_item(truth(STEM))
        services.retire_item(actor=approver(), at=NOW, item_id=item.pk, reason="技术淘汰")
        make_item(truth(LIKE))
        assert not Resemblance.objects.exists()


class TestImport:
    def stage(self, *stems: str, occupation: str = TRAINER) -> object:
        return services.stage_import(
            actor=importer(),
            at=NOW,
            file_name="题库.csv",
            content=csv_file(*(f"{stem},判断,,,,,对" for stem in stems)),
            column_map=COLUMNS,
            occupation_code=occupation,
            level=LEVEL,
        )

    def test_says_what_a_row_looks_like_and_keeps_it_good(self) -> None:
        item = make_item(truth(STEM))
        batch = self.stage(LIKE.replace("，", ""), OTHER.replace("，", ""), occupation=ELECTRICIAN)
        rows = [(line, [str(each) for each in told]) for line, told in selectors.alike_rows(batch)]
        assert (batch.good_rows, [line for line, _told in rows]) == (2, [2])
        assert rows[0][1][0].startswith(f"与题号 {item.number} 相近（")
        assert selectors.repair_list(batch) == []

    def test_does_not_name_what_the_importer_does_not_find(self) -> None:
        item = make_item(truth(STEM), actor=writer("33"))
        batch = self.stage(LIKE.replace("，", ""), occupation=ELECTRICIAN)
        words = str(selectors.alike_rows(batch)[0][1][0])
        assert "无权查看" in words
        assert item.number not in words

    @pytest.mark.parametrize("fillers", [0, 8])
    def test_rows_of_one_file_are_compared_and_the_pair_is_kept_on_commit(self, fillers: int) -> None:
        others = [f"{mark}类样本另行保管" for mark in "甲乙丙丁戊己庚辛"[:fillers]]
        batch = self.stage(STEM.replace("，", ""), *others, LIKE.replace("，", ""))
        rows = [(line, str(told[0])) for line, told in selectors.alike_rows(batch) if "第 2 行" in str(told[0])]
        assert [line for line, _words in rows] == [3 + fillers]
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        kept = [{row.first.item.number, row.second.item.number} for row in selectors.resemblances_for(reviewer())]
        assert {"C-U-00001", f"C-U-{2 + fillers:05}"} in kept


class TestCompareBank:
    def test_finds_what_older_rules_let_in(self) -> None:
        make_provision("itembank.alike_from", 99, occupation=ELECTRICIAN, until=TODAY + timedelta(days=1))
        make_item(truth(STEM))
        make_item(truth(LIKE))
        later = NOW + timedelta(days=2)
        assert not Resemblance.objects.exists()
        found = services.compare_bank(actor=reviewer(), at=later, occupation_code=ELECTRICIAN, level=LEVEL)
        assert (found, Resemblance.objects.count()) == (1, 1)

    def test_leaves_one_line_and_verdicts_alone(self) -> None:
        found = pair()
        services.judge_resemblance(actor=reviewer(), at=NOW, resemblance_id=found.pk, verdict="kin")
        assert services.compare_bank(actor=reviewer(), at=NOW, occupation_code=ELECTRICIAN, level=LEVEL) == 0
        assert Resemblance.objects.get().verdict == "kin"
        line = TrailEntry.objects.get(action="itembank.bank_compared")
        assert (line.facts["occupation_code"], line.facts["level"], line.facts["compared"]) == (ELECTRICIAN, 5, 602)

    def test_opens_only_what_the_actor_finds(self) -> None:
        make_item(truth(STEM), actor=writer("33"))
        services.compare_bank(actor=reviewer(), at=NOW, occupation_code=ELECTRICIAN, level=LEVEL)
        assert TrailEntry.objects.get(action="itembank.bank_compared").facts["compared"] == 600

    @pytest.mark.parametrize("actor", [assembler(), importer(), writer()])
    def test_needs_the_power(self, actor: object) -> None:
        with pytest.raises(NotPermitted):
            services.compare_bank(actor=actor, at=NOW, occupation_code=ELECTRICIAN, level=LEVEL)

    def test_a_bank_without_items_is_refused(self) -> None:
        with pytest.raises(services.NothingToCompare):
            services.compare_bank(actor=reviewer(), at=NOW, occupation_code=TRAINER, level=LEVEL)


class TestView:
    def test_opens_both_with_a_line_for_each(self) -> None:
        found = pair()
        seen = services.view_resemblance(actor=reviewer(), at=NOW, resemblance_id=found.pk)
        assert {seen.first.stem, seen.second.stem} == {STEM, LIKE}
        lines = TrailEntry.objects.filter(action="itembank.item_viewed").values_list("target_id", flat=True)
        assert set(lines) == {str(found.first.item_id), str(found.second.item_id)}

    def test_who_assembles_may_not(self) -> None:
        found = pair()
        with pytest.raises(NotPermitted):
            services.view_resemblance(actor=officer("itembank.assemble", region="32"), at=NOW, resemblance_id=found.pk)

    @pytest.mark.parametrize("deed", [services.view_resemblance, services.judge_resemblance])
    def test_outsiders_do_not_find_it(self, deed: object) -> None:
        found = pair()
        more = {"verdict": "kin"} if deed is services.judge_resemblance else {}
        with pytest.raises(NotFound):
            deed(actor=outsider("itembank.review"), at=NOW, resemblance_id=found.pk, **more)


class TestJudge:
    @pytest.mark.parametrize("verdict", ["distinct", "kin"])
    def test_records_who_said_what(self, verdict: str) -> None:
        found = services.judge_resemblance(
            actor=reviewer(), at=NOW, resemblance_id=pair().pk, verdict=verdict, note="看过"
        )
        assert (found.verdict, found.judged_by, found.judged_at, found.note) == (verdict, "审题王老师", NOW, "看过")
        line = TrailEntry.objects.get(action="itembank.resemblance_judged")
        assert (line.facts["verdict"], line.reason) == (verdict, "看过")

    def test_a_distinct_pair_warns_no_more(self) -> None:
        found = pair()
        services.judge_resemblance(actor=reviewer(), at=NOW, resemblance_id=found.pk, verdict="distinct")
        assert selectors.resemblances_of(writer(), found.second.item) == ([], 0)

    def test_not_by_the_author_of_either(self) -> None:
        both = officer("itembank.write", "itembank.review", region="32")
        make_item(truth(STEM))
        make_item(truth(LIKE), actor=both)
        with pytest.raises(services.OwnItem):
            services.judge_resemblance(
                actor=both, at=NOW, resemblance_id=Resemblance.objects.get().pk, verdict="distinct"
            )

    def test_not_without_a_power_over_one_of_them(self) -> None:
        with pytest.raises(NotPermitted):
            services.judge_resemblance(actor=writer(), at=NOW, resemblance_id=pair().pk, verdict="distinct")

    def test_not_by_a_city_below(self) -> None:
        with pytest.raises(NotPermitted):
            services.judge_resemblance(actor=reviewer("3201"), at=NOW, resemblance_id=pair().pk, verdict="distinct")

    @pytest.mark.parametrize("verdict", ["open", "", "x"])
    def test_not_into_anything_else(self, verdict: str) -> None:
        with pytest.raises(services.UnknownVerdict):
            services.judge_resemblance(actor=reviewer(), at=NOW, resemblance_id=pair().pk, verdict=verdict)


class TestTheTable:
    @pytest.mark.parametrize(
        "change", ["SET likeness = 0.1", "SET second_id = first_id", "SET verdict = 'kin'", "SET found_at = now()"]
    )
    def test_keeps_a_pair_as_it_was_found(self, change: str) -> None:
        pair()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE itembank_resemblance {change}")

    def test_loses_none(self) -> None:
        pair()
        with pytest.raises(DatabaseError), transaction.atomic():
            Resemblance.objects.all().delete()
