"""The office's pages of standards: a draft uploaded, its repair list, publication, differences, withdrawal."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import Actor
from kaogong.standards.models import StandardVersion
from tests.support.cast import officer
from tests.support.standards import document, drafter, electrician, make_draft, make_standard

Browse = Callable[[Actor], Client]
pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Browse:
    """A browser in which the given actor has signed in."""

    def browser(actor: Actor) -> Client:
        def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
            request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
        return Client()

    return browser


def upload(content: dict[str, Any] | bytes, name: str = "standard.json") -> dict[str, SimpleUploadedFile]:
    """A form with a document in it."""
    raw = content if isinstance(content, bytes) else json.dumps(content, default=str).encode()
    return {"file": SimpleUploadedFile(name, raw)}


class TestDraft:
    def test_a_right_document_becomes_a_draft_that_may_be_published(self, enter: Browse) -> None:
        page = enter(drafter()).post(reverse("office:standard-new"), upload(document()), follow=True)
        assert "核对无误，可以颁布" in page.text
        assert StandardVersion.objects.get(edition="2026").state == "drafted"

    def test_faults_of_shape_come_back_with_their_place(self, enter: Browse) -> None:
        page = enter(drafter()).post(reverse("office:standard-new"), upload(document(title="", levels=[9])))
        assert page.status_code == 422
        assert "缺少“title”" in page.text
        assert "等级（1 至 5）" in page.text

    def test_faults_of_sense_are_listed_on_the_draft(self, enter: Browse) -> None:
        weights = document()["weights"]
        weights[1]["levels"]["5"] = 94
        page = enter(drafter()).post(reverse("office:standard-new"), upload(document(weights=weights)), follow=True)
        assert "权重表 · 理论知识 · 五级" in page.text
        assert "合计为 99" in page.text

    @pytest.mark.parametrize(
        ("raw", "name", "words"),
        [
            (b"{", "a.json", "语法有误"),
            (b"a = ", "a.toml", "语法有误"),
            (b"[1]", "a.json", "最外层"),
            (b"\xff\xfe", "a.toml", "UTF-8"),
            (b"x" * 2_100_000, "a.toml", "2 MB"),
        ],
    )
    def test_what_is_no_document_is_told_at_the_file(self, enter: Browse, raw: bytes, name: str, words: str) -> None:
        page = enter(drafter()).post(reverse("office:standard-new"), upload(raw, name))
        assert page.status_code == 422
        assert words in page.text


class TestPublish:
    def test_shown_before_and_then_done(self, enter: Browse) -> None:
        draft = make_draft()
        browser = enter(drafter())
        assert "不能修改或删除" in browser.get(reverse("office:standard-publish", args=[draft.pk])).text
        page = browser.post(reverse("office:standard-publish", args=[draft.pk]), follow=True)
        assert "已颁布" in page.text

    def test_a_faulty_draft_shows_what_to_mend_instead(self, enter: Browse) -> None:
        draft = make_draft(assessment=[])
        browser = enter(drafter())
        assert "还不能颁布" in browser.get(reverse("office:standard-publish", args=[draft.pk])).text
        refused = browser.post(reverse("office:standard-publish", args=[draft.pk]))
        assert refused.status_code == 422
        assert "/rules/kaogong-standards-rules/publication/" in refused.text

    def test_twice_is_told(self, enter: Browse) -> None:
        standard = make_standard()
        assert enter(drafter()).post(reverse("office:standard-publish", args=[standard.pk])).status_code == 409


class TestLists:
    def test_narrowed_by_state(self, enter: Browse) -> None:
        draft = make_draft()
        page = enter(drafter()).get(reverse("office:standards"), {"state": "drafted"}).text
        assert draft.title in page
        assert electrician().title not in page

    def test_exported(self, enter: Browse) -> None:
        page = enter(drafter()).get(reverse("office:standards"), {"export": "csv"})
        assert electrician().digest in page.content.decode("utf-8-sig")

    def test_a_provincial_drafter_does_not_find_a_draft(self, enter: Browse) -> None:
        draft = make_draft()
        provincial = officer("standards.draft", region="32")
        assert enter(provincial).get(reverse("office:standard", args=[draft.pk])).status_code == 404

    def test_differences_line_by_line(self, enter: Browse) -> None:
        make_standard()
        later = make_draft(edition="2027", title="车工国家职业技能标准（新）")
        page = enter(drafter()).get(reverse("office:standard-differences", args=[later.pk])).text
        assert "<ins>车工国家职业技能标准（新）</ins>" in page
        assert "1 处不同" in page

    def test_one_version_only(self, enter: Browse) -> None:
        page = enter(drafter()).get(reverse("office:standard-differences", args=[electrician().pk])).text
        assert "这个职业只有一个版本" in page


class TestWithdraw:
    def test_from_a_day_with_a_reason(self, enter: Browse) -> None:
        standard = make_standard()
        entered = {"withdrawn_on": "2026-12-01", "reason": "新版施行"}
        page = enter(drafter()).post(reverse("office:standard-withdraw", args=[standard.pk]), entered, follow=True)
        assert "已废止" in page.text

    def test_too_early_is_told_at_the_day(self, enter: Browse) -> None:
        standard = make_standard()
        entered = {"withdrawn_on": "2020-12-01", "reason": "误"}
        page = enter(drafter()).post(reverse("office:standard-withdraw", args=[standard.pk]), entered)
        assert page.status_code == 422
        assert "早于施行日期" in page.text
