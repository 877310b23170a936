"""The gallery in a real browser: nothing blocked by the policy, nothing too wide, nothing that axe objects to."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from kaogong.web.ui.display import COOKIE, Preferences
from kaogong.web.ui.samples import SHELVES

CHROMIUM = shutil.which("chromium")
AXE = Path(__file__).parents[2] / "support" / "vendor" / "axe.min.js"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LOOKS = [
    (1440, Preferences(theme="light"), "zh-hans"),
    (1440, Preferences(theme="dark"), "ug"),
    (390, Preferences(theme="light", text="elder"), "zh-hans"),
    (390, Preferences(theme="dark", contrast="high"), "zh-hans"),
]

pytestmark = pytest.mark.browser


class Quiet(WSGIRequestHandler):
    """A request handler that does not talk."""

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the name is the parent's
        """Say nothing."""


@pytest.fixture
def address(alone: None, settings: object) -> Iterator[str]:
    settings.DEBUG = True  # type: ignore[attr-defined]  # static files are served only then
    server: WSGIServer = make_server("127.0.0.1", 0, StaticFilesHandler(get_wsgi_application()), handler_class=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


def opened(context: BrowserContext, url: str, complaints: list[str]) -> Page:
    page = context.new_page()
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(url, wait_until="load")
    return page


@pytest.mark.parametrize(("width", "look", "language"), LOOKS, ids=["light", "dark-uyghur", "elder", "high-contrast"])
def test_every_shelf_is_sound(chromium: Browser, address: str, width: int, look: Preferences, language: str) -> None:
    context = chromium.new_context(locale="zh-CN", viewport={"width": width, "height": 900})
    cookies = {COOKIE: look.to_cookie(), "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in cookies.items()])
    complaints: list[str] = []
    for shelf in SHELVES:
        page = opened(context, f"{address}/gallery/?{urlencode({'shelf': shelf})}", complaints)
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            complaints.append(f"{shelf}: wider than the screen")
        page.evaluate(AXE.read_text(encoding="utf-8"))
        report = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        complaints += [f"{shelf}: {each['id']} {each['nodes'][0]['html'][:160]}" for each in report["violations"]]
        page.close()
    context.close()
    assert complaints == []


class TestByHand:
    """What the small modules do when someone types and clicks."""

    @pytest.fixture
    def page(self, chromium: Browser, address: str) -> Iterator[Page]:
        context = chromium.new_context(locale="zh-CN", viewport={"width": 1440, "height": 900})
        yield opened(context, f"{address}/gallery/?shelf=lists", [])
        context.close()

    def test_j_and_k_walk_and_enter_opens(self, page: Page) -> None:
        for key in "jjjk":
            page.keyboard.press(key)
        assert page.locator("tr[data-here] th").inner_text() == "王五"
        page.keyboard.press("Enter")
        assert page.url.endswith("#26110100130" + "00002")

    def test_slash_searches_and_letters_are_then_letters(self, page: Page) -> None:
        page.keyboard.press("/")
        page.keyboard.type("jk?")
        assert page.locator("[data-search]").input_value() == "jk?"
        assert page.locator("tr[data-here]").count() == 0

    def test_a_question_mark_explains_the_keys(self, page: Page) -> None:
        page.keyboard.press("?")
        assert page.locator("#keyboard-help").is_visible()
        page.keyboard.press("Escape")
        assert not page.locator("#keyboard-help").is_visible()

    def test_a_chosen_filter_applies_at_once(self, page: Page) -> None:
        page.locator("select[name=state]").select_option("waiting")
        page.wait_for_url("**state=waiting**")
        assert page.locator(".toolbar-filter.is-chosen").count() == 1

    def test_the_reader_turns_the_lamps_low(self, page: Page) -> None:
        page.locator(".menu summary").last.click()
        page.locator("button[value=dark]").click()
        page.wait_for_load_state()
        assert page.locator("html").get_attribute("data-theme") == "dark"
        assert page.url.endswith("?shelf=lists")

    def test_a_menu_folds_when_one_looks_away(self, page: Page) -> None:
        page.locator(".menu summary").last.click()
        page.locator("h1").click()
        assert page.locator(".menu[open]").count() == 0

    def test_errors_take_the_focus(self, page: Page) -> None:
        page.goto(page.url.replace("lists", "forms"))
        assert page.evaluate("document.activeElement.className") == "error-summary"
        page.locator(".error-summary a").first.click()
        assert page.evaluate("document.activeElement.id") == "id_id_number"

    def test_a_failed_request_is_said_aloud(self, page: Page) -> None:
        page.evaluate("htmx.ajax('GET', '/error/503/', 'main').catch(() => null)")
        page.locator(".toast-line").wait_for()
        assert "没有送达" in page.locator(".toast-line").inner_text()

    def test_a_refused_request_is_shown_in_place(self, page: Page) -> None:
        page.evaluate("htmx.ajax('GET', '/error/409/', {target: 'main', select: 'article', swap: 'innerHTML'})")
        page.locator("main .error-page").wait_for()
        assert "有人先办了" in page.locator("main").inner_text()
