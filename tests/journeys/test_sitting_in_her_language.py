"""A candidate sits the theory in Uyghur, another in Mongolian: how the words run, what lacks a version, the switch."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.utils import timezone
from playwright.sync_api import FloatRect, Locator, expect

from kaogong.delivery import services as delivery
from kaogong.itembank.models import PaperItem
from kaogong.registration import services as registration
from kaogong.registration.models import Registration
from tests.journeys.steps import just_now
from tests.journeys.test_sitting_the_theory import SOON, begin, enter
from tests.journeys.test_written_answers import room_code
from tests.support import story
from tests.support.browser import DESK, PHONE, Visit
from tests.support.cast import candidate
from tests.support.delivery import Hall, check_in, open_doors
from tests.support.itembank import make_paper
from tests.support.regulations import make_provision
from tests.support.site import Site
from tests.support.story import Someone
from tests.support.translations import SENTENCES, make_approved_translation

pytestmark = pytest.mark.browser
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def seated(site: Site, language: str) -> tuple[Hall, Someone, str]:
    """A candidate who chose the language, checked in; the first single-choice item of her paper is translated."""
    make_provision("delivery.language_share", "0.01", region="3201")
    tale = story.begin(theory_at=just_now(minutes=2), languages=(language,))
    person = tale.admit("孙敏")
    entered = Registration.objects.get(person=person.person)
    registration.choose_language(
        actor=candidate(person.person.pk), at=tale.before(20), registration_id=entered.pk, language=language
    )
    tale.seat()
    paper = make_paper()
    for place in PaperItem.objects.filter(paper=paper, version__type="single").order_by("position")[:3]:
        make_approved_translation(place.version.item, language)
    hall = tale.deliver(paper)
    open_doors(hall, at=tale.theory_at)
    check_in(hall, at=tale.theory_at)
    delivery.release_papers(actor=hall.invigilator, at=timezone.now(), part_id=hall.theory.pk)
    return hall, person, room_code(hall)


def turn_to_own(machine: Visit, sentence: str) -> Locator:
    """Turn to the first question that is there in her language; returns its stem."""
    stem = machine.page.locator("[data-stem]")
    for cell in machine.page.locator("[data-grid] button").all():
        cell.click()
        if stem.inner_text() == sentence:
            return stem
    raise AssertionError("no question is in her language")


def box(found: Locator) -> FloatRect:
    """Where an element lies."""
    rect = found.bounding_box()
    assert rect is not None
    return rect


def style(found: Locator, name: str) -> str:
    """A computed style."""
    return str(found.evaluate(f"node => getComputedStyle(node)['{name}']"))


def resize(machine: Visit, screen: Mapping[str, int]) -> None:
    """The same page on another screen."""
    machine.page.set_viewport_size({"width": screen["width"], "height": screen["height"]})


def test_uyghur_runs_from_right_to_left(site: Site) -> None:
    hall, person, code = seated(site, "ug")
    with site.visit(screen=DESK) as machine:
        enter(machine, hall, person, code)
        begin(machine)
        machine.page.locator("[data-grid] button").last.click()
        machine.says("本题没有维吾尔语的审定译文，请按中文作答。")
        expect(machine.page.locator("[data-tongue-switch]")).to_be_hidden()
        assert style(machine.page.locator("[data-stem]"), "direction") == "ltr"

        stem = turn_to_own(machine, SENTENCES["ug"])
        choice = machine.page.locator(".exam-choice").first
        letter, words = choice.locator(".exam-letter"), choice.locator("span").last
        assert machine.page.locator("[data-choices]").get_attribute("lang") == "ug"
        for screen in (PHONE, DESK):
            resize(machine, screen)
            assert style(stem, "direction") == "rtl"
            assert "Noto Naskh Arabic" in style(stem, "fontFamily")
            assert box(letter)["x"] > box(words)["x"] + box(words)["width"] - 1
            assert machine.page.evaluate(OVERFLOW) == 0
            assert style(machine.page.locator("[data-left]"), "direction") == "ltr"
            machine.check()

        choice.click()
        machine.page.keyboard.press("l")
        expect(stem).not_to_have_text(SENTENCES["ug"])
        assert style(stem, "direction") == "ltr"
        expect(machine.page.locator(".exam-choice input").first).to_be_checked()
        number = machine.page.locator("[data-grid] [aria-current]").inner_text()
        expect(machine.page.locator("[data-grid] .is-answered")).to_have_count(1, timeout=SOON)
        machine.page.reload()
        machine.page.locator(".exam-choice").first.wait_for()
        machine.page.locator("[data-grid] button").nth(int(number) - 1).click()
        expect(stem).not_to_have_text(SENTENCES["ug"])
        machine.page.get_by_role("button", name="看维吾尔语").click()
        expect(stem).to_have_text(SENTENCES["ug"])
    assert hall.attempt().language == "ug"


def test_mongolian_runs_down_and_its_lines_to_the_right(site: Site) -> None:
    hall, person, code = seated(site, "mn-Mong")
    with site.visit(screen=DESK) as machine:
        enter(machine, hall, person, code)
        begin(machine)
        stem = turn_to_own(machine, SENTENCES["mn-Mong"])
        choices = machine.page.locator(".exam-choice").all()
        letter, words = choices[0].locator(".exam-letter"), choices[0].locator("span").last
        for screen in (DESK, PHONE):
            resize(machine, screen)
            assert style(stem, "writingMode") == "vertical-lr"
            assert "Noto Sans Mongolian" in style(stem, "fontFamily")
            places = [box(each)["x"] for each in choices]
            assert places == sorted(places)
            assert len(set(places)) == len(choices)
            assert box(stem)["x"] + box(stem)["width"] <= places[0]
            assert box(letter)["y"] + box(letter)["height"] <= box(words)["y"] + 1
            assert machine.page.evaluate(OVERFLOW) == 0
            machine.check()
        pane = machine.page.locator("[data-words]")
        assert pane.evaluate("node => node.scrollWidth > node.clientWidth"), "on a phone there is something to scroll"
        machine.page.keyboard.press("ArrowDown")
        assert pane.evaluate("node => node.scrollLeft") > 0
        machine.page.keyboard.press("b")
        expect(choices[1].locator("input")).to_be_checked()
