"""The office's pages of language versions: progress, side by side, deeds by their buttons, jobs out and in."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from kaogong.itembank import selectors
from kaogong.itembank.models import ItemTranslation
from tests.support.cast import officer, outsider
from tests.support.itembank import ELECTRICIAN, TODAY, approver, make_approved_item, reviewer, single, writer
from tests.support.translations import SENTENCES, make_approved_translation, make_translation, translator
from tests.web.office.test_bank_pages import Browse, enter  # noqa: F401  # a fixture

SECRET = "只有打开才能看到的原文（　）。"
pytestmark = pytest.mark.django_db


def entered(**more: str) -> dict[str, str]:
    words = {"stem": SENTENCES["ug"], "a": "بىر", "b": "ئىككى", "c": "ئۈچ", "d": "تۆت", "version": "1"}
    return words | {"explanation": "چۈشەندۈرۈش"} | more


class TestList:
    def test_shows_languages_and_states_never_the_words(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item(single(SECRET))
        make_approved_translation(item)
        page = enter(writer()).get(reverse("office:translations"), {"language": "ug", "state": "approved"}).text
        assert item.number in page
        assert "已审定 1 /" in page
        for tag in selectors.LANGUAGES:
            assert f'lang="{tag}"' in page
        assert SECRET not in page
        assert SENTENCES["ug"] not in page

    def test_narrows_by_state_and_number(self, enter: Browse) -> None:  # noqa: F811
        done, other = make_approved_item(), make_approved_item()
        make_approved_translation(done)
        ask = enter(writer()).get
        page = ask(reverse("office:translations"), {"language": "ug", "state": "none", "q": other.number}).text
        assert other.number in page
        assert done.number not in page

    def test_is_not_for_who_has_no_business_in_the_bank(self, enter: Browse) -> None:  # noqa: F811
        assert enter(officer("audit.read")).get(reverse("office:translations")).status_code in {403, 404}


class TestEditor:
    def address(self, item: object, language: str = "ug") -> str:
        return reverse("office:translation", args=[item.pk, language])  # type: ignore[attr-defined]

    def test_each_side_runs_as_its_language_does(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item(single(SECRET))
        browser = enter(writer())
        uyghur = browser.get(self.address(item)).text
        assert SECRET in uyghur
        assert 'lang="ug" dir="rtl" class="tongue' in uyghur
        mongolian = browser.get(self.address(item, "mn-Mong")).text
        assert 'lang="mn-Mong" dir="ltr"' in mongolian
        assert "side-by-side is-down" in mongolian

    def test_goes_through_its_buttons(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item()
        address = self.address(item)
        enter(translator()).post(address, entered(verb="write"))
        for actor, verb in ((reviewer(), "edit"), (reviewer(), "proofread"), (approver(), "approve")):
            assert f'value="{verb}"' in enter(actor).get(address).text
            assert enter(actor).post(address, entered(verb=verb)).status_code == 302
        assert ItemTranslation.objects.get().state == "approved"
        page = enter(writer()).get(address).text
        assert "<textarea" not in page
        assert SENTENCES["ug"] in page

    def test_tells_what_is_wrong_at_its_field(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item()
        response = enter(translator()).post(self.address(item), entered(verb="write", b=""))
        assert response.status_code == 422
        assert "选项 B 是空的" in response.text
        assert SENTENCES["ug"] in response.text
        assert not ItemTranslation.objects.exists()

    def test_tells_of_a_refusal_with_the_words_kept(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item()
        both = officer("itembank.write", "itembank.review", region="32")
        browser = enter(both)
        browser.post(self.address(item), entered(verb="write"))
        response = browser.post(self.address(item), entered(verb="edit", stem=SENTENCES["ug"] + "!"))
        assert response.status_code == 422
        assert "您已是这份译文的翻译" in response.text
        assert SENTENCES["ug"] + "!" in response.text

    def test_outsiders_find_nothing(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item()
        browser = enter(outsider("itembank.write", "itembank.review", "itembank.approve"))
        assert browser.get(self.address(item)).status_code == 404
        assert browser.post(self.address(item), entered(verb="write")).status_code == 404

    def test_knows_no_other_verbs_and_languages(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item()
        browser = enter(writer())
        assert browser.post(self.address(item), entered(verb="delete")).status_code == 404
        assert browser.get(self.address(item, "tlh")).status_code == 404


class TestJob:
    def test_leaves_as_a_sheet_and_comes_back(self, enter: Browse) -> None:  # noqa: F811
        item = make_approved_item(single("任务题干（　）。", options=("任务甲", "任务乙")))
        browser = enter(translator())
        sheet = browser.post(reverse("office:translation-job"), {"language": "ug", "bank": f"{ELECTRICIAN}:5"})
        assert sheet["Content-Disposition"].startswith('attachment; filename="translation-ug-')
        rows = selectors.job_rows(sheet.content, TODAY)
        said = {"任务题干（　）。": SENTENCES["ug"], "任务甲": "بىر", "任务乙": "ئىككى", "测试解析。": "چۈشەندۈرۈش"}
        filled = [[*cells[:5], said.get(cells[4], "")] for _line, cells in rows[1:] if cells[1] == item.number]
        lines = [",".join(selectors.JOB_HEADS), *(",".join(cells) for cells in filled)]
        file = SimpleUploadedFile("job.csv", "\n".join(lines).encode())
        response = browser.post(reverse("office:translation-import"), {"language": "ug", "file": file})
        assert response.status_code == 302
        assert ItemTranslation.objects.get().version.item_id == item.pk

    def test_lists_every_problem_and_takes_nothing(self, enter: Browse) -> None:  # noqa: F811
        make_approved_item(single("坏的题干（　）。", options=("坏甲", "坏乙")))
        browser = enter(translator())
        sheet = browser.post(reverse("office:translation-job"), {"language": "ug", "bank": f"{ELECTRICIAN}:5"})
        row = next(cells for _line, cells in selectors.job_rows(sheet.content, TODAY) if "坏的题干" in cells[4])
        lines = [",".join(selectors.JOB_HEADS), ",".join([*row[:5], "漏译"])]
        file = SimpleUploadedFile("job.csv", "\n".join(lines).encode())
        response = browser.post(reverse("office:translation-import"), {"language": "ug", "file": file})
        assert response.status_code == 422
        for words in ("题干里没有维吾尔语的文字", "选项 A 是空的", "选项 B 是空的"):
            assert words in response.text
        assert not ItemTranslation.objects.exists()

    def test_a_file_that_is_none_is_refused(self, enter: Browse) -> None:  # noqa: F811
        file = SimpleUploadedFile("job.xlsx", b"PK\x03\x04 no archive")
        response = enter(translator()).post(reverse("office:translation-import"), {"language": "ug", "file": file})
        assert response.status_code == 422

    def test_needs_the_power(self, enter: Browse) -> None:  # noqa: F811
        make_translation(make_approved_item())
        response = enter(reviewer()).post(
            reverse("office:translation-job"), {"language": "ug", "bank": f"{ELECTRICIAN}:5"}
        )
        assert response.status_code in {403, 404}
