"""Takes pictures of every page in one's reach: `python -m scripts.pictures SITE FOLDER --as LOGIN --from /my/`.

Signs in, follows the links below `--from`, one picture for each kind of address (an id or a number in an address does
not make it another kind) and look, and prints what a page must not have: more width than the screen, a machine's date
or key among the words, and what axe calls serious. A tool for looking, not a test: open the pictures.
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = Path(__file__).parents[1] / "tests/support/vendor/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]
LOOKS = {
    "desk": (1440, "theme=light", "zh-hans"),
    "phone": (390, "theme=light", "zh-hans"),
    "dark": (1440, "theme=dark", "zh-hans"),
    "phone-dark": (390, "theme=dark", "zh-hans"),
    "elder": (390, "theme=light&text=elder", "zh-hans"),
    "contrast": (1440, "theme=light&contrast=high", "zh-hans"),
    "english": (1440, "theme=light", "en"),
    "phone-english": (390, "theme=light", "en"),
    "uyghur": (390, "theme=light", "ug"),
}
SUSPECTS = {
    "a machine's date": re.compile(r"(?<![\w-])20\d\d-\d\d-\d\d(?![\w-])"),
    "a key": re.compile(r"\b[a-z]{3,}(?:[._][a-z]{3,})+\b|\bNone\b|\bTrue\b|\bFalse\b|\{\w*\}|<\w+ object"),
}
CHINESE = re.compile(r"[㐀-鿿]{2,}|[、，。；]")
SKIPPED = re.compile(r"logout|\.(pdf|json|jpg|csv|xlsx)(\?|$)|/export|/gallery/|second-factor|/2fa/")
ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[\d.-]+(?=/|$)|(?<=/rules/)(?!figures/)[^/]+(/[^/]+)?")
PASSWORD = "Kaogong-2026-demo"  # noqa: S105  # the demo's, printed by the demo itself


def kind_of(path: str) -> str:
    """The kind of an address: its path with every id and number taken out."""
    return ID.sub("_", urlsplit(path).path)


def contexts(browser: Browser, site: str, look: str, storage: object = None) -> BrowserContext:
    """A fresh profile with a look's screen, display settings and language."""
    width, display, language = LOOKS[look]
    context = browser.new_context(
        viewport={"width": width, "height": 900 if width > 800 else 844},
        is_mobile=width < 800,
        has_touch=width < 800,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        storage_state=storage,  # type: ignore[arg-type]  # what storage_state() gave
    )
    cookies = {"kaogong_display": display, "django_language": language}
    context.add_cookies([{"name": name, "value": value, "url": site} for name, value in cookies.items()])
    return context


def sign_in(browser: Browser, site: str, login: str) -> object:
    """The cookies of a signed-in person."""
    context = contexts(browser, site, "desk")
    page = context.new_page()
    page.goto(f"{site}/account/login/")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.locator("main form button").first.click()
    page.wait_for_url(lambda url: "/account/login/" not in url)
    storage = context.storage_state()
    context.close()
    return storage


def links(page: Page, site: str, below: str) -> Iterator[str]:
    """The paths below `below` that a page links to."""
    for href in page.eval_on_selector_all("a[href]", "all => all.map(each => each.getAttribute('href'))"):
        whole = urljoin(page.url, href).partition("#")[0]
        path = whole.removeprefix(site)
        if whole.startswith(site + below) and not SKIPPED.search(path):
            yield path


def complaints(page: Page, language: str, *, judge: bool) -> Iterator[str]:
    """What the page has and should not have."""
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        yield "wider than the screen"
    for place in page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 2 && "
        "/auto|scroll/.test(getComputedStyle(e).overflowX)).map(e => e.className || e.tagName)"
    ):
        yield f"scrolls sideways: {place}"
    words = page.locator("body").inner_text()
    for what, pattern in SUSPECTS.items():
        for found in sorted(set(pattern.findall(words))):
            yield f"{what}: {found}"
    if language == "en":
        main = page.locator("main").inner_text() if page.locator("main").count() else words
        for line in main.splitlines():
            if CHINESE.search(line):
                yield f"Chinese: {line[:90]}"
    if judge:
        page.evaluate(AXE.read_text(encoding="utf-8"))
        report = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
        for each in report["violations"]:
            yield f"axe {each['impact']} {each['id']}: {each['nodes'][0]['html'][:140]}"


def walk(browser: Browser, options: argparse.Namespace) -> None:
    """Go from page to page, and take each kind's pictures."""
    storage = sign_in(browser, options.site, options.login) if options.login else None
    opened = {look: contexts(browser, options.site, look, storage) for look in options.looks}
    pages = {look: context.new_page() for look, context in opened.items()}
    leader = pages[options.looks[0]]
    waiting = list(options.start)
    seen: dict[str, int] = {}
    met = set(waiting)
    while waiting:
        path = waiting.pop(0)
        kind = kind_of(path)
        if seen.get(kind, 0) >= options.of_a_kind:
            continue
        seen[kind] = seen.get(kind, 0) + 1
        name = (kind.strip("/").replace("/", ".") or "home") + (f"-{seen[kind]}" if seen[kind] > 1 else "")
        for look, page in pages.items():
            answer = page.goto(options.site + path)
            status = answer.status if answer else 0
            page.screenshot(path=str(options.folder / f"{options.prefix}{name}.{look}.png"), full_page=True)
            found = list(complaints(page, LOOKS[look][2], judge=options.axe))
            if status != 200 or found:
                print(f"{look} {path} {status}", *found, sep="\n    ", flush=True)
        for each in links(leader, options.site, options.below):
            if each not in met:
                met.add(each)
                waiting.append(each)


def main() -> None:
    """Read the command line and walk."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("site")
    reader.add_argument("folder", type=Path)
    reader.add_argument("--as", dest="login", help="who signs in; nobody when left out")
    reader.add_argument("--from", dest="start", nargs="+", default=["/"], help="where to begin")
    reader.add_argument("--below", default="/", help="follow only links below this path; '-' follows none")
    reader.add_argument("--looks", nargs="+", choices=LOOKS, default=["desk", "phone"])
    reader.add_argument("--of-a-kind", type=int, default=1, help="how many pages of one kind of address")
    reader.add_argument("--axe", action="store_true", help="let axe judge too")
    reader.add_argument("--prefix", default="", help="begins the names of the pictures")
    options = reader.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        walk(browser, options)
        browser.close()


if __name__ == "__main__":
    main()
