"""The rule library's office: a notice entered, a figure set by it, ended again; closed to other provinces."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpRequest, HttpResponseBase
from django.test import Client
from django.urls import reverse

from kaogong.foundation.access import middleware
from kaogong.foundation.kernel.actors import Actor
from kaogong.regulations import selectors
from tests.support.cast import officer, outsider
from tests.support.regulations import make_provision

Browse = Callable[[Actor], Client]
EDITOR = officer("regulations.edit", region="32")
INSTRUMENT = {
    "key": "jiangsu-2026",
    "title": "江苏省考务规定",
    "issuer": "江苏省中心",
    "region_code": "江苏省",
    "certainty": "L",
    "source": "来文",
    "articles": "5　迟到：开考二十分钟后不得入场。\n\n6 撤离：提前离场的不得返回。",
}
FIGURE = {
    "key": "test.minutes",
    "region_code": "江苏省",
    "value": "20",
    "since": "2026-01-01",
    "clause": "jiangsu-2026/5",
    "certainty": "L",
    "reason": "省里来文",
}
pytestmark = pytest.mark.django_db


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch) -> Browse:
    """A browser in which the given actor has signed in; there is a national figure of 30 to depart from."""
    make_provision("test.minutes", 30)

    def browser(actor: Actor) -> Client:
        def call(self: middleware.ActorOfRequest, request: HttpRequest) -> HttpResponseBase:
            request.actor = actor  # type: ignore[attr-defined]  # as the middleware does
            return self.get_response(request)

        monkeypatch.setattr(middleware.ActorOfRequest, "__call__", call)
        return Client()

    return browser


class TestEntering:
    def test_a_notice_then_its_figure(self, enter: Browse) -> None:
        browser = enter(EDITOR)
        assert browser.post(reverse("office:rules-instrument"), INSTRUMENT).status_code == 302
        assert browser.post(reverse("office:rules-figure"), FIGURE).status_code == 302
        found = selectors.provision("test.minutes", on=date(2026, 6, 1), region_code="320100")
        assert (found.value, str(found.clause)) == (20, "jiangsu-2026/5")
        assert "江苏省" in browser.get(reverse("office:rules")).text

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"clause": "jiangsu-2026"}, "文件键/条款"),
            ({"clause": "jiangsu-2026/9"}, "没有条款"),
            ({"value": "二十"}, "同类"),
            ({"value": "[1,"}, "JSON"),
            ({"region_code": "鼓楼区"}, "可能是"),
        ],
    )
    def test_keeps_the_input_and_says_what_is_wrong(self, enter: Browse, change: dict[str, str], words: str) -> None:
        browser = enter(EDITOR)
        browser.post(reverse("office:rules-instrument"), INSTRUMENT)
        answer = browser.post(reverse("office:rules-figure"), FIGURE | change)
        assert (answer.status_code, words in answer.text) == (422, True)
        assert "省里来文" in answer.text

    def test_names_the_line_that_is_no_article(self, enter: Browse) -> None:
        answer = enter(EDITOR).post(
            reverse("office:rules-instrument"), INSTRUMENT | {"articles": "5 迟到：不得入场\n乱写"}
        )
        assert "第 2 行" in answer.text

    @pytest.mark.parametrize(("text", "value"), [("是", True), ("2.5", 2.5), ("文字", "文字"), ('{"a": 1}', {"a": 1})])
    def test_reads_values_as_people_write_them(self, enter: Browse, text: str, value: object) -> None:
        make_provision("test.other", value, since=date(2001, 1, 1))
        browser = enter(EDITOR)
        browser.post(reverse("office:rules-instrument"), INSTRUMENT)
        assert (
            browser.post(reverse("office:rules-figure"), FIGURE | {"key": "test.other", "value": text}).status_code
            == 302
        )

    def test_another_province_is_refused(self, enter: Browse) -> None:
        assert (
            enter(outsider("regulations.edit")).post(reverse("office:rules-instrument"), INSTRUMENT).status_code == 403
        )


class TestEnding:
    def test_the_wider_rule_holds_again(self, enter: Browse) -> None:
        entered = make_provision("test.minutes", 20, region="320000", since=date(2026, 1, 1))
        browser = enter(EDITOR)
        address = reverse("office:rules-end", args=[entered.pk])
        assert browser.get(address).status_code == 200
        browser.post(address, {"until": "2026-07-01", "reason": "文件废止"})
        assert selectors.provision("test.minutes", on=date(2026, 8, 1), region_code="320100").value == 30

    def test_another_province_does_not_find_it(self, enter: Browse) -> None:
        entered = make_provision("test.minutes", 20, region="320000", since=date(2026, 1, 1))
        address = reverse("office:rules-end", args=[entered.pk])
        assert enter(outsider("regulations.edit")).get(address).status_code == 404
