"""The words of notices: they fit one short message, and every field they use is a field of the event."""

from __future__ import annotations

import re
from dataclasses import fields
from importlib import import_module

import pytest

from kaogong.foundation.kernel.events import Event
from kaogong.foundation.notices.templates import SMS_LENGTH, TEMPLATES, Template, spoken, template_for

FACTS: dict[str, object] = {
    "number": "320126030012345",
    "fee": 19500,
    "note": "工作年限证明未加盖单位公章，且起止日期与社保记录不符，请重新提交",
    "reason": "台风橙色预警，学校停课，考点不能使用",
    "correct_until": "2026-03-05",
    "from_day": "2026-03-07",
    "to_day": "2026-03-14",
    "held_on": "2026-03-07",
    "recheck_until": "2026-03-20",
}


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: template.event)
class TestEach:
    def test_fits_one_message_with_long_facts(self, template: Template) -> None:
        words = template.words(FACTS)
        assert len(words) <= SMS_LENGTH
        assert words.startswith("【考工】")
        assert "{" not in words

    def test_uses_fields_that_the_event_has(self, template: Template) -> None:
        module = template.event.partition(".")[0]
        home = f"kaogong.foundation.{module}" if module in {"identity", "access"} else f"kaogong.{module}"
        try:
            import_module(f"{home}.events")
        except ModuleNotFoundError:
            pytest.skip(f"{module} announces nothing yet")
        known = {event.name: event for event in _events(Event) if hasattr(event, "name")}
        if template.event not in known:
            pytest.skip(f"{template.event} is not announced yet")
        used = set(re.findall(r"\{(\w+)\}", template.text))
        assert used <= {field.name for field in fields(known[template.event])}


def _events(of: type[Event]) -> list[type[Event]]:
    return [each for below in of.__subclasses__() for each in (below, *_events(below))]


def test_events_are_named_once() -> None:
    assert len({template.event for template in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("fee", 19500, "195元"),
        ("fee", 19550, "195.50元"),
        ("held_on", "2026-03-07", "3月7日"),
        ("at", "2026-03-07T09:00:00+08:00", "3月7日"),
        ("number", "2026-03", "2026-03"),
        ("code", "1234-56-7x", "1234-56-7x"),
        ("note", None, ""),
    ],
)
def test_facts_are_said_as_people_say_them(key: str, value: object, words: str) -> None:
    assert spoken(key, value) == words


def test_a_long_note_is_cut_and_says_so() -> None:
    template = template_for("registration.refused")
    assert template is not None
    assert "…" in template.words(FACTS | {"note": "工作年限证明未加盖公章" * 4})
    assert "…" not in template.words(FACTS | {"note": "照片不清"})


def test_nobody_is_told_of_other_events() -> None:
    assert template_for("delivery.part_closed") is None


def test_a_missing_field_is_an_error() -> None:
    with pytest.raises(KeyError):
        TEMPLATES[1].words({})
