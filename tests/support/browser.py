"""Debian's Chromium for tests: found or said to be missing, driven, and judged.

Tests marked `browser` are left out with one plain sentence where Chromium is missing, and fail there when
`KAOGONG_REQUIRE_BROWSER=1`. A `Visit` collects what no page may do: errors of its scripts, complaints of the content
security policy, files that do not come, answers of 500 and above, and what axe calls serious.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Response,
    sync_playwright,
)

CHROMIUM = shutil.which("chromium")
REQUIRED = os.environ.get("KAOGONG_REQUIRE_BROWSER") == "1"
MISSING = "Debian's Chromium is not installed (apt-get install chromium), so this test in a browser was left out."
AXE = Path(__file__).parent / "vendor" / "axe.min.js"
PICTURES = os.environ.get("KAOGONG_PICTURES", "")
"""A folder: every page that is judged leaves its picture there, to be looked at."""
RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
GRAVE = ("serious", "critical")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESK = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 820, "height": 1180}
PATIENCE = 15_000
"""Milliseconds that a page may take on two busy cores."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave out, or fail, whatever needs a browser that is not there."""
    if CHROMIUM is None and item.get_closest_marker("browser") is not None:
        if REQUIRED:
            pytest.fail("KAOGONG_REQUIRE_BROWSER=1, but Debian's Chromium is not installed.", pytrace=False)
        pytest.skip(MISSING)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say at the end, plainly, which tests were left out."""
    left_out = [report for report in terminalreporter.stats.get("skipped", []) if "browser" in report.keywords]
    if not left_out:
        return
    terminalreporter.section("left out: no Chromium")
    terminalreporter.line(
        f"{len(left_out)} tests need Debian's Chromium and were left out (apt-get install chromium brings it):"
    )
    for report in left_out:
        terminalreporter.line(f"  {report.nodeid}")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One running Chromium for the tests of a module."""
    # Playwright's event loop lives in this thread. Django would refuse every query beside it, though none is made from
    # within that loop; and it keeps other connections then, so those of before must be closed now.
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@dataclass
class Visit:
    """One person at one device: a page, and what it did that no page may do."""

    context: BrowserContext
    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    is_cut_off: bool = False
    """Whether the network or the server is taken away on purpose: what cannot be fetched then is no fault."""

    def open(self, path: str) -> Page:
        """Go to a path of the site (or a whole address)."""
        self.page.goto(path if path.startswith("http") else self.address + path)
        return self.page

    def press(self, name: str, *, within: Locator | None = None, exact: bool = False) -> None:
        """Press the button or follow the link of that name."""
        place = within or self.page.locator("main")
        either = place.get_by_role("button", name=name, exact=exact).or_(
            place.get_by_role("link", name=name, exact=exact)
        )
        either.first.click()

    def fill(self, **values: str) -> None:
        """Type into fields by their names."""
        for name, value in values.items():
            self.page.locator(f"[name={name}]:visible").first.fill(value)

    def choose(self, **values: str) -> None:
        """Pick radio buttons or tick boxes by name and value."""
        for name, value in values.items():
            self.page.locator(f"input[name={name}][value='{value}']").check()

    def says(self, *texts: str) -> None:
        """Wait until each text is to be seen on the page."""
        for text in texts:
            self.page.get_by_text(text).locator("visible=true").first.wait_for()

    def words(self) -> str:
        """The text of the page's main part."""
        return self.page.locator("main").inner_text()

    def check(self) -> None:
        """Let axe judge the page as it stands, and see that it is not wider than the screen."""
        place = self.page.url.removeprefix(self.address)
        if PICTURES:
            width = (self.page.viewport_size or DESK)["width"]
            name = re.sub(r"\W+", "-", place.partition("?")[0]).strip("-") or "home"
            self.page.screenshot(path=f"{PICTURES}/{time.time_ns() // 10**8}-{name}.{width}.png", full_page=True)
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.complaints.append(f"{place}: wider than the screen")
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        report = self.page.evaluate("rules => axe.run(document, {runOnly: rules})", list(RULES))
        self.complaints += [
            f"{place}: {each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in report["violations"]
            if each["impact"] in GRAVE
        ]

    def status_of(self, path: str) -> int:
        """The status that a direct request for a path gets, with this person's cookies."""
        return self.context.request.get(self.address + path, max_redirects=0).status

    def fetch(self, path: str) -> tuple[int, str, bytes]:
        """Status, content type and body of a file, with this person's cookies."""
        answer = self.context.request.get(path if path.startswith("http") else self.address + path)
        return answer.status, answer.headers.get("content-type", ""), answer.body()

    def standing(self) -> str:
        """Where this person stands, for the report of a failure."""
        text = self.page.locator("body").inner_text(timeout=2_000)
        return f"{self.page.url} shows:\n{text[:1500]}\ncomplaints: {self.complaints}"

    def _listen(self) -> None:
        self.page.set_default_timeout(PATIENCE)
        self.page.on("console", self._on_console)
        self.page.on("pageerror", lambda error: self.complaints.append(f"{self.page.url}: {error}"))
        self.page.on("response", self._on_response)
        self.page.on("requestfailed", self._on_failure)

    def _on_console(self, line: ConsoleMessage) -> None:
        # What could not be loaded is judged by its answer below: a page of "not found" is none of the script's errors.
        if line.type == "error" and not line.text.startswith("Failed to load resource"):
            self.complaints.append(f"{self.page.url}: {line.text}")

    def _on_response(self, answer: Response) -> None:
        is_page = answer.request.resource_type in {"document", "fetch", "xhr"}
        if answer.status >= 500 or (answer.status >= 400 and not is_page):
            self.complaints.append(f"{answer.url}: answered {answer.status}")

    def _on_failure(self, request: Request) -> None:
        # The browser itself drops what a page was still fetching when one leaves it.
        if not self.is_cut_off and request.failure != "net::ERR_ABORTED":
            self.complaints.append(f"{request.url}: {request.failure}")


@contextmanager
def visit(
    chromium: Browser,
    address: str,
    *,
    screen: Mapping[str, int] | None = None,
    storage: Any = None,
) -> Iterator[Visit]:
    """A fresh browser profile with one page; at the end nothing may be complained of."""
    size = dict(screen or DESK)
    context = chromium.new_context(
        viewport=size,  # type: ignore[arg-type]  # a plain mapping of width and height
        is_mobile=size["width"] < 800,
        has_touch=size["width"] < 1000,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=storage,
    )
    found = Visit(context, context.new_page(), address)
    found._listen()
    try:
        yield found
    except Exception as failure:
        failure.add_note(found.standing())
        raise
    finally:
        context.close()
    assert found.complaints == []
