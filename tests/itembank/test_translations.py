"""Language versions: what one must be, who passes it, what a revision of the item does to it, jobs as files."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from tests.support.cast import officer, outsider
from tests.support.itembank import (
    ELECTRICIAN,
    LEVEL,
    NOW,
    approver,
    make_approved_item,
    make_item,
    reviewer,
    single,
    writer,
)
from tests.support.regulations import make_provision
from tests.support.translations import (
    SENTENCES,
    make_approved_translation,
    make_translation,
    options_of,
    sample,
    translator,
)

from kaogong.foundation.audit import selectors as audit
from kaogong.foundation.kernel.refusals import NotFound, NotPermitted, WrongState
from kaogong.itembank import sealing, selectors, services
from kaogong.itembank.models import Item, ItemTranslation
from kaogong.itembank.rules.items import ItemContent, Limits
from kaogong.itembank.rules.languages import LANGUAGES
from kaogong.itembank.rules.translations import Translated, figures_missing, problems_of_translation

LIMITS = Limits(600, 200, 600, 2, 6)
SOURCE = single("电压为220V的电路（　）。")


def problems(said: Translated, source: ItemContent = SOURCE, language: str = "ug") -> list[str]:
    return [each.field for each in problems_of_translation(source, said, language=LANGUAGES[language], limits=LIMITS)]


def lines(action: str, target_id: str = "") -> int:
    return len(audit.entries(actor=officer("audit.read", region=""), action=action, target_id=target_id))


class TestRules:
    def test_as_many_options_as_the_source(self) -> None:
        assert problems(sample("ug", 4)) == []
        assert problems(sample("ug", 3)) == ["options"]

    def test_no_empty_and_no_two_alike(self) -> None:
        assert problems(Translated(SENTENCES["ug"], ("بىر", " ", "ئۈچ", "ئۈچ"))) == ["b", "d"]

    @pytest.mark.parametrize("language", ["ug", "mn-Mong", "bo", "ko"])
    def test_the_stem_is_in_the_letters_of_the_language(self, language: str) -> None:
        others = {each for each in SENTENCES if each != language}
        assert problems(sample(language), language=language) == []
        for other in others:
            assert "stem" in problems(sample(other), language=language)

    def test_a_fill_in_item_whose_answer_is_a_word_stays_chinese(self) -> None:
        gap = Translated(SENTENCES["ug"] + " ____")
        assert problems(gap, ItemContent("fillin", "电压为____V。", (), "220|220±5")) == []
        assert problems(gap, ItemContent("fillin", "用____测。", (), "万用表")) == ["stem"]
        assert problems(Translated(SENTENCES["ug"]), ItemContent("fillin", "电压为____V。", (), "220")) == ["stem"]

    def test_figures_that_are_missing_are_pointed_out_in_any_digits(self) -> None:
        options = sample("ug").options
        assert figures_missing(SOURCE, Translated("توك 110", options)) == [("stem", "220")]
        assert figures_missing(SOURCE, Translated("توك ٢٢٠", options)) == []

    def test_each_language_knows_how_it_runs(self) -> None:
        runs = {tag: (each.direction, each.is_down) for tag, each in LANGUAGES.items()}
        assert runs["ug"] == runs["kk-Arab"] == ("rtl", False)
        assert runs["mn-Mong"] == ("ltr", True)
        assert {tag for tag, (_way, down) in runs.items() if down} == {"mn-Mong"}
        assert set(runs) == {"bo", "ug", "mn-Mong", "kk-Arab", "ko", "ii", "za"}


@pytest.mark.django_db
class TestLife:
    def test_goes_through_four_hands_and_is_then_served(self) -> None:
        item = make_approved_item()
        row = make_approved_translation(item)
        assert (row.state, row.translator, row.editor, row.proofreader, row.reviewer) == (
            "approved",
            "翻译阿老师",
            "审题王老师",
            "审题王老师",
            "终审陈主任",
        )
        version = selectors.current_version(item)
        assert selectors.approved_translations([version.pk]) == {version.pk: {"ug": sample("ug")}}

    def test_is_not_served_before_it_is_approved(self) -> None:
        item = make_approved_item()
        row = make_translation(item)
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        assert selectors.approved_translations([row.version_id]) == {}

    def test_is_sealed(self) -> None:
        row = make_translation(make_approved_item())
        assert SENTENCES["ug"].encode() not in bytes(row.content_sealed)
        assert sealing.open_translation(row.content_sealed, translation_id=row.pk) == sample("ug")

    def test_the_editor_may_better_the_words(self) -> None:
        row = make_translation(make_approved_item())
        better = Translated(SENTENCES["ug"] + "!", sample("ug").options)
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk, said=better)
        kept = ItemTranslation.objects.get(pk=row.pk)
        assert sealing.open_translation(kept.content_sealed, translation_id=kept.pk) == better

    def test_no_step_is_left_out(self) -> None:
        row = make_translation(make_approved_item())
        with pytest.raises(WrongState):
            services.approve_translation(actor=approver(), at=NOW, translation_id=row.pk)
        with pytest.raises(WrongState):
            services.proofread_translation(actor=reviewer(), at=NOW, translation_id=row.pk)

    def test_nobody_passes_her_own(self) -> None:
        every = officer("itembank.write", "itembank.review", "itembank.approve", region="32")
        item = make_approved_item()
        row = services.translate_item(actor=every, at=NOW, item_id=item.pk, language="ug", said=sample("ug"))
        with pytest.raises(services.OwnTranslation, match="翻译"):
            services.edit_translation(actor=every, at=NOW, translation_id=row.pk)
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        services.proofread_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        with pytest.raises(services.OwnTranslation, match="翻译"):
            services.approve_translation(actor=every, at=NOW, translation_id=row.pk)

    def test_who_edited_or_proofread_does_not_review(self) -> None:
        both = officer("itembank.review", "itembank.approve", region="32")
        row = make_translation(make_approved_item())
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        services.proofread_translation(actor=both, at=NOW, translation_id=row.pk)
        with pytest.raises(services.OwnTranslation, match="校对"):
            services.approve_translation(actor=both, at=NOW, translation_id=row.pk)

    def test_the_table_says_so_too(self) -> None:
        row = make_translation(make_approved_item())
        rows = ItemTranslation.objects.filter(pk=row.pk)
        for change in (
            {"reviewer_key": row.translator_key},
            {"editor_key": row.translator_key},
            {"editor_key": "a", "reviewer_key": "a"},
            {"state": "approved"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                rows.update(**change)

    def test_once_approved_it_is_fixed(self) -> None:
        row = make_approved_translation(make_approved_item())
        rows = ItemTranslation.objects.filter(pk=row.pk)
        for change in ({"digest": "x"}, {"reviewer": "他人"}, {"state": "translating"}, {"language": "ko"}):
            with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
                rows.update(**change)
        with pytest.raises(DatabaseError, match="fixed"), transaction.atomic():
            rows.delete()
        rows.update(content_sealed=sealing.seal_translation(sample("ug"), translation_id=row.pk))  # a key turned

    def test_returned_with_a_reason_and_written_anew(self) -> None:
        item = make_approved_item()
        row = make_translation(item)
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        with pytest.raises(services.TranslationReturnedWithoutReason):
            services.return_translation(actor=approver(), at=NOW, translation_id=row.pk, note=" ")
        services.return_translation(actor=approver(), at=NOW, translation_id=row.pk, note="术语不一致")
        again = make_translation(item)
        assert (again.pk, again.state, again.editor) == (row.pk, "translating", "")

    def test_retired_it_is_served_no_more_and_may_be_made_anew(self) -> None:
        item = make_approved_item()
        row = make_approved_translation(item)
        services.retire_translation(actor=approver(), at=NOW, translation_id=row.pk, note="术语已改")
        assert selectors.approved_translations([row.version_id]) == {}
        assert make_translation(item).pk != row.pk

    def test_only_of_an_item_whose_words_are_settled(self) -> None:
        with pytest.raises(services.NotSettled):
            make_translation(make_item())

    def test_refuses_what_is_faulty_at_its_field(self) -> None:
        with pytest.raises(services.TranslationFaulty) as refused:
            make_translation(make_approved_item(), said=sample("ug", 3))
        assert refused.value.field == "options"

    def test_refuses_letters_that_no_font_can_show(self) -> None:
        with pytest.raises(services.TranslationFaulty, match="字体"):
            make_translation(
                make_approved_item(), said=Translated(SENTENCES["ug"] + "\U00012000", sample("ug").options)
            )


@pytest.mark.django_db
class TestRevision:
    def test_retires_nothing_and_is_marked(self) -> None:
        item = make_approved_item()
        row = make_approved_translation(item)
        old = row.version_id
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=single(), difficulty=3, consistency=5)
        services.review_item(actor=reviewer(), at=NOW, item_id=item.pk)
        services.approve_item(actor=approver(), at=NOW, item_id=item.pk)
        row.refresh_from_db()
        assert row.state == "approved"
        assert list(selectors.approved_translations([old])) == [old]
        rows = selectors.translatable_for(writer(), "ug").filter(item=item)
        assert [(each.translated, each.is_outdated) for each in rows] == [("none", True)]
        assert selectors.translatable_for(writer(), "ug", state="stale").get().item_id == item.pk
        (uyghur,) = [each for each in selectors.progress_for(writer(), ELECTRICIAN, LEVEL) if each.language.tag == "ug"]
        assert (uyghur.approved, uyghur.stale) == (0, 1)
        seen = services.view_translation(actor=writer(), at=NOW, item_id=item.pk, language="ug")
        assert (seen.translation, seen.said, seen.is_carried) == (None, sample("ug"), True)
        make_approved_translation(item)
        (uyghur,) = [each for each in selectors.progress_for(writer(), ELECTRICIAN, LEVEL) if each.language.tag == "ug"]
        assert (uyghur.approved, uyghur.stale) == (1, 0)

    def test_between_two_steps_is_noticed(self) -> None:
        item = make_approved_item()
        row = make_translation(item)
        services.revise_item(actor=writer(), at=NOW, item_id=item.pk, content=single(), difficulty=3, consistency=5)
        with pytest.raises(services.SourceRevised, match="第 2 版"):
            services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)


@pytest.mark.django_db
class TestWho:
    def test_outsiders_find_nothing(self) -> None:
        item = make_approved_item()
        row = make_translation(item)
        stranger = outsider("itembank.write", "itembank.review", "itembank.approve")
        assert not selectors.translations_for(stranger).exists()
        with pytest.raises(NotFound):
            services.translate_item(actor=stranger, at=NOW, item_id=item.pk, language="ug", said=sample("ug"))
        with pytest.raises(NotFound):
            services.view_translation(actor=stranger, at=NOW, item_id=item.pk, language="ug")
        for deed in (services.edit_translation, services.proofread_translation, services.approve_translation):
            with pytest.raises(NotFound):
                deed(actor=stranger, at=NOW, translation_id=row.pk)
        for verdict in (services.return_translation, services.retire_translation):
            with pytest.raises(NotFound):
                verdict(actor=stranger, at=NOW, translation_id=row.pk, note="x")

    def test_needs_the_power(self) -> None:
        item = make_approved_item()
        row = make_translation(item)
        with pytest.raises(NotPermitted):
            services.translate_item(actor=reviewer(), at=NOW, item_id=item.pk, language="ug", said=sample("ug"))
        with pytest.raises(NotPermitted):
            services.edit_translation(actor=translator(), at=NOW, translation_id=row.pk)
        with pytest.raises(NotPermitted):
            services.retire_translation(actor=reviewer(), at=NOW, translation_id=row.pk, note="x")

    def test_a_language_that_we_do_not_know_is_not_found(self) -> None:
        with pytest.raises(NotFound):
            services.view_translation(actor=writer(), at=NOW, item_id=make_approved_item().pk, language="tlh")

    def test_opening_leaves_a_line(self) -> None:
        item = make_approved_item()
        services.view_translation(actor=writer(), at=NOW, item_id=item.pk, language="ug")
        assert lines("itembank.translation_viewed", str(item.pk)) == 1


@pytest.mark.django_db
class TestTheNationalBank:
    """A province translates it for all; its work is its own until it is done."""

    def test_is_translated_in_a_province_and_served_everywhere(self) -> None:
        item = Item.objects.filter(region_code="", state="approved").first()
        assert item is not None
        options = len(options_of(item))
        said = sample("ug", options)
        row = services.translate_item(actor=translator(), at=NOW, item_id=item.pk, language="ug", said=said)
        assert row.region_code == "32"
        stranger = outsider("itembank.write", "itembank.review", "itembank.approve")
        with pytest.raises(NotPermitted):
            services.translate_item(actor=stranger, at=NOW, item_id=item.pk, language="ug", said=said)
        with pytest.raises(NotFound):
            services.edit_translation(actor=stranger, at=NOW, translation_id=row.pk)
        services.edit_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        services.proofread_translation(actor=reviewer(), at=NOW, translation_id=row.pk)
        services.approve_translation(actor=approver(), at=NOW, translation_id=row.pk)
        assert selectors.approved_translations([row.version_id])[row.version_id]["ug"] == said


@pytest.mark.django_db
class TestJob:
    def job(self, texts: dict[str, str]) -> list[tuple[int, list[str]]]:
        rows = services.export_job(actor=translator(), at=NOW, language="ug", occupation_code=ELECTRICIAN, level=LEVEL)
        table = [(number, [*row[:5], texts.get(row[4], row[5])]) for number, row in enumerate(rows, 2)]
        return [(1, list(selectors.JOB_HEADS)), *table]

    def test_goes_out_and_comes_back(self) -> None:
        item = make_approved_item(single("任务题干（　）。", options=("任务甲", "任务乙")))
        made = services.import_job(
            actor=translator(),
            at=NOW,
            language="ug",
            rows=self.job({"任务题干（　）。": SENTENCES["ug"], "任务甲": "بىر", "任务乙": "ئىككى"}),
        )
        assert [row.version.item_id for row in made] == [item.pk]
        said = sealing.open_translation(made[0].content_sealed, translation_id=made[0].pk)
        assert said == Translated(SENTENCES["ug"], ("بىر", "ئىككى"))
        assert str(item.pk) not in str(self.job({}))  # it is being translated: not in the next job

    def test_comes_in_whole_or_not_at_all(self) -> None:
        make_approved_item(single("好的题干（　）。", options=("好甲", "好乙")))
        make_approved_item(single("坏的题干（　）。", options=("坏甲", "坏乙")))
        good = {"好的题干（　）。": SENTENCES["ug"], "好甲": "بىر", "好乙": "ئىككى"}
        with pytest.raises(services.JobFaulty) as refused:
            services.import_job(
                actor=translator(), at=NOW, language="ug", rows=self.job(good | {"坏的题干（　）。": "漏译"})
            )
        assert {each.field for _line, each in refused.value.problems} == {"stem", "a", "b"}
        assert not ItemTranslation.objects.exists()

    def test_of_another_language_or_kind_is_refused(self) -> None:
        make_approved_item(single("别的题干（　）。", options=("别甲", "别乙")))
        rows = self.job({"别的题干（　）。": SENTENCES["ug"]})
        with pytest.raises(services.JobFaulty, match="别的语言"):
            services.import_job(actor=translator(), at=NOW, language="kk-Arab", rows=rows)
        with pytest.raises(services.JobFaulty, match="任务文件"):
            services.import_job(actor=translator(), at=NOW, language="ug", rows=[(1, ["a", "b"])])

    def test_of_an_item_out_of_reach_is_as_if_there_were_none(self) -> None:
        make_approved_item(single("远处题干（　）。", options=("远甲", "远乙")))
        rows = self.job({"远处题干（　）。": SENTENCES["ug"], "远甲": "بىر", "远乙": "ئىككى"})
        with pytest.raises(services.JobFaulty, match="没有这个标识"):
            services.import_job(actor=outsider("itembank.write"), at=NOW, language="ug", rows=rows)

    def test_holds_no_more_than_may_leave_at_once(self) -> None:
        make_provision("itembank.export_items_at_most", 2, occupation=ELECTRICIAN)
        assert len({cells[0] for _line, cells in self.job({})[1:]}) == 2

    def test_both_ways_leave_a_line(self) -> None:
        self.job({})
        assert lines("itembank.translation_job_exported") == 1
