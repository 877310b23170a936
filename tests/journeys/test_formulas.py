"""Formulas in the browser: typeset under the content security policy, read aloud as MathML, at desk and phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from kaogong.itembank.rules import formulas
from tests.support.browser import DESK, PHONE
from tests.support.site import Site

pytestmark = pytest.mark.browser

TAKEN = [
    *(rf"\{name}" for table in (formulas.LETTERS, formulas.SIGNS, formulas.BIG, formulas.ESCAPED) for name in table),
    *(rf"a\{name} b" for name in formulas.SPACES),
    *(rf"\{name} x" for name in formulas.NAMES),
    *(rf"\{name}{{x}}" for table in (formulas.ACCENTS, formulas.LINES, formulas.FACES) for name in table),
    *(rf"\begin{{{name}}}a&b\\c&d\end{{{name}}}" for name in formulas.GRIDS),
    *(rf"\left{mark}x\right." for mark in formulas.FENCES),
    *(formulas.BARE_SIGNS - formulas.NO_BARE),
    *formulas.LETTERS.values(),
    *("线", r"\text{功率 P}", "x''^2", r"\sqrt[3]{x}", r"\tfrac12"),
]
"""Everything that the bank's reader takes."""
NEVER = [
    r"\href{javascript:alert(1)}{x}",
    r"\includegraphics{/x.png}",
    r"\htmlStyle{color:red}{x}",
    r"\url{javascript:x}",
]
PARTED = [
    "5$",
    "花费 $5 和 $6",
    r"求 $x^2$ 与 $$\frac{1}{2}$$。",
    r"\$5 与 $a$",
    "$ x $",
    "a$b$c",
    "$$$",
    "$a$1 和 $b$",
]


@pytest.mark.parametrize("screen", [DESK, PHONE], ids=["desk", "phone"])
def test_in_the_exam(site: Site, screen: dict[str, int]) -> None:
    with site.visit(screen=screen) as machine:
        page = machine.open("/room/exam/practice/")
        page.get_by_role("button", name="10 未答").click()
        stem = page.locator("[data-stem]")
        expect(stem.locator(".formula .katex-html")).to_be_visible()
        expect(stem.locator("math mfrac")).to_have_count(1)
        expect(page.locator(".exam-choice .formula math")).to_have_count(4)
        assert stem.locator(".formula").evaluate("each => getComputedStyle(each).direction") == "ltr"
        fraction = stem.locator(".mfrac .vlist").first
        assert fraction.evaluate("each => each.getBoundingClientRect().height") > 20, "styles were held back"
        machine.check()
        page.keyboard.press("a")
        expect(page.locator("[data-progress]")).to_contain_text("1 / 10")
        judged_by_katex(page)


def judged_by_katex(page: Page) -> None:
    """KaTeX reads what our reader takes, runs nothing of what it refuses, and texts are parted as the server does."""
    wrong = page.evaluate(
        """taken => taken.filter(tex => {
            try { katex.renderToString(tex, {strict: false}); } catch { return true; }
        })""",
        TAKEN,
    )
    assert [tex for tex in TAKEN if formulas.read(tex) == formulas.NOTHING] == []
    assert wrong == []
    parts = page.evaluate(
        """async ([texts, never]) => {
            const isIt = each => /\\/rich[.\\w]*\\.js/.test(each.name);
            const { rich } = await import(performance.getEntriesByType("resource").find(isIt).name);
            const box = document.createElement("div");
            box.append(...never.flatMap(tex => rich("$" + tex + "$")));
            document.body.append(box);
            const bad = box.querySelectorAll("a, img, [style*=red], iframe").length;
            box.remove();
            const said = node => node.className ? ["formula", node.className.includes("block")] : node;
            return [bad, texts.map(text => rich(text).map(said))];
        }""",
        [PARTED, NEVER],
    )
    assert parts[0] == 0
    assert parts[1] == [
        [["formula", each.is_block] if each.is_formula else each.text for each in formulas.pieces(text)]
        for text in PARTED
    ]
