"""The English catalogue: complete, true to its placeholders, compiled; and pages and dates that speak it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from babel.messages import Catalog, Message
from babel.messages.mofile import write_mo
from django.test import Client
from django.utils.translation import override
from scripts import messages

from kaogong.web.ui import formats
from kaogong.web.ui.phrases import said, said_state

PLACES = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")


@pytest.fixture(autouse=True)
def _in_chinese() -> Iterator[None]:
    """Each test begins in Chinese and leaves no language behind, not even one that a request switched on."""
    with override("zh-hans"):
        yield


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return messages.read()


def _words(catalog: Catalog) -> Iterator[Message]:
    return (each for each in catalog if each.id)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    if isinstance(message.id, tuple | list):
        # One of a thing may leave out the number.
        yield message.id[-1], message.string[-1]
    else:
        yield str(message.id), str(message.string)


class TestCatalogue:
    def test_holds_every_word_of_the_code_and_no_other(self, catalog: Catalog) -> None:
        code = {(word.text, word.context) for word in messages.words()}
        kept = {(each.id[0] if each.pluralizable else each.id, each.context or "") for each in _words(catalog)}

        assert (sorted(code - kept), sorted(kept - code)) == ([], [])

    def test_leaves_nothing_unsaid(self, catalog: Catalog) -> None:
        assert messages.wanting(catalog) == []

    def test_guesses_nothing(self, catalog: Catalog) -> None:
        assert [each.id for each in _words(catalog) if each.fuzzy] == []

    def test_keeps_the_places_of_the_facts(self, catalog: Catalog) -> None:
        wrong = [
            chinese
            for message in _words(catalog)
            if message.context != messages.COMPOSED
            for chinese, english in _pairs(message)
            if sorted(set(PLACES.findall(chinese))) != sorted(set(PLACES.findall(english)))
        ]

        assert wrong == []

    def test_composed_sentences_use_no_place_that_is_not_there(self, catalog: Catalog) -> None:
        wrong = [
            message.id
            for message in _words(catalog)
            if message.context == messages.COMPOSED
            and not set(PLACES.findall(str(message.string))) <= set(PLACES.findall(str(message.id)))
        ]

        assert wrong == []

    def test_is_compiled(self, catalog: Catalog) -> None:
        compiled = io.BytesIO()
        write_mo(compiled, catalog)

        assert messages.MO.read_bytes() == compiled.getvalue()


class TestSaid:
    @pytest.mark.parametrize(
        ("chinese", "english"),
        [
            ("待资格审核", "Waiting for review"),
            ("第 12 行", "Row 12"),
            ("批次 2026-3201-001 未经公告", "Round 2026-3201-001 was not announced"),
            ("3 年 9 个月", "3 years 9 months"),
            ("没有写明收费：理论知识考试、技能考核", "No fee is stated: Theory test, Skills assessment"),
            ("自2026年2月10日（周二）的次日起算", "counted from the day after 10 February 2026 (Tue)"),
        ],
    )
    def test_tells_labels_and_composed_sentences(self, chinese: str, english: str) -> None:
        with override("en"):
            assert said(chinese) == english

    def test_leaves_data_alone(self) -> None:
        with override("en"):
            assert [said("电工"), said("南京市鉴定所"), said(7), said(None)] == ["电工", "南京市鉴定所", 7, None]

    def test_says_chinese_in_chinese(self) -> None:
        assert said("第 12 行") == "第 12 行"

    def test_tells_a_state_from_a_deed_of_the_same_word(self) -> None:
        with override("en"):
            assert (said_state("暂停"), said("暂停")) == ("Suspended", "Suspend")


class TestDates:
    moment = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)

    def test_in_english(self) -> None:
        with override("en"):
            assert formats.date_zh(date(2026, 11, 4)) == "4 November 2026"
            assert formats.datetime_zh(self.moment) == "24 November 2026, 09:00"

    def test_in_chinese(self) -> None:
        assert formats.datetime_zh(self.moment) == "2026年11月24日 09:00"


@pytest.mark.django_db
def test_the_header_switches_the_language_of_every_page(client: Client) -> None:
    client.post("/ui/language/", {"language": "en", "next": "/"})
    page = client.get("/").content.decode()

    assert '<html lang="en"' in page
    assert "Skip to main content" in page
    assert "跳到正文" not in page
