"""§7: weights that sum to 99, items without key, … → refused with row and reason; good rows wait, nothing enters."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kaogong.itembank import selectors, services
from kaogong.itembank.models import ImportBatch, Item
from kaogong.standards import services as standards
from kaogong.standards.models import StandardVersion
from tests.support.doors import browser
from tests.support.itembank import COLUMNS, ELECTRICIAN, NOW, csv_file, importer
from tests.support.standards import document, drafter, make_draft

pytestmark = pytest.mark.django_db
HEADER = "题干,题型,A,B,C,D,答案,点"
GOOD = "万用表测电阻前应（　）,单选,断电,通电,加压,并联,A,A-A-A-001"
BAD = {
    "item without key": ("漏了答案的题（　）,单选,甲,乙,丙,丁,,A-A-A-001", "没有答案"),
    "key not among the options": ("答案在选项之外（　）,单选,甲,乙,丙,丁,F,A-A-A-001", "答案"),
    "unknown point": ("鉴定点不存在的题（　）,单选,甲,乙,丙,丁,A,A-A-A-999", "没有鉴定点“A-A-A-999”"),
}


def stage(*rows: str) -> ImportBatch:
    return services.stage_import(
        actor=importer(), at=NOW, file_name="题库.csv", content=csv_file(*rows, header=HEADER),
        column_map=COLUMNS | {"point": "点"}, occupation_code=ELECTRICIAN, level=5,
    )  # fmt: skip


class TestWeightsOf99:
    """A standard whose weights sum to 99 → refused with row and reason."""

    def test_is_not_published(self) -> None:
        weights = document()["weights"]
        weights[1]["levels"]["5"] = 94
        draft = make_draft(weights=weights)
        with pytest.raises(standards.NotPublishable, match="权重表 · 理论知识 · 五级：各项比重合计为 99"):
            standards.publish(actor=drafter(), at=NOW, standard_id=draft.pk)
        assert StandardVersion.objects.get(pk=draft.pk).state == "drafted"

    def test_the_page_says_where(self, monkeypatch: pytest.MonkeyPatch) -> None:
        weights = document()["weights"]
        weights[1]["levels"]["5"] = 94
        draft = make_draft(weights=weights)
        answer = browser(monkeypatch, drafter()).post(reverse("office:standard-publish", args=[draft.pk]))
        assert answer.status_code in {409, 422}
        assert "99" in answer.text


class TestItems:
    """Item without key, key not among the options, unknown point → the row and the reason; good rows wait."""

    @pytest.mark.parametrize("fault", BAD)
    def test_is_refused_with_row_and_reason(self, fault: str) -> None:
        row, words = BAD[fault]
        batch = stage(GOOD, row)
        ((line, problems),) = selectors.repair_list(batch)
        assert line == 3
        assert any(words in str(problem) for problem in problems)
        assert (batch.good_rows, batch.bad_rows) == (1, 1)

    def test_nothing_enters_until_a_person_commits(self) -> None:
        before = Item.objects.count()
        batch = stage(GOOD, *(row for row, _words in BAD.values()))
        assert (batch.state, Item.objects.count()) == ("staged", before)
        services.commit_import(actor=importer(), at=NOW, batch_id=batch.pk)
        assert Item.objects.count() == before + 1

    def test_the_page_lists_every_fault_and_enters_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = Item.objects.count()
        batch = stage(GOOD, *(row for row, _words in BAD.values()))
        reader: Client = browser(monkeypatch, importer())
        page = reader.get(reverse("office:import", args=[batch.pk])).text
        assert all(words in page for _row, words in BAD.values())
        assert Item.objects.count() == before

    def test_a_file_that_is_none_is_refused_by_the_page(self, monkeypatch: pytest.MonkeyPatch) -> None:
        before = ImportBatch.objects.count()
        file = SimpleUploadedFile("题库.xlsx", b"PK\x03\x04" + bytes(200))
        answer = browser(monkeypatch, importer()).post(
            reverse("office:import-new"), {"file": file, "occupation_code": ELECTRICIAN, "level": "5"}
        )
        assert answer.status_code in {200, 422}
        assert ImportBatch.objects.count() == before
