"""The policy of every page, and the reader's display preferences."""

from __future__ import annotations

import pytest
from django.test import Client, RequestFactory
from django.utils.functional import SimpleLazyObject

from kaogong.web.ui.display import COOKIE, Preferences
from kaogong.web.ui.middleware import POLICY, allowing
from kaogong.web.ui.views import error_page


def policy_of(visitor: Client, path: str) -> dict[str, str]:
    header = visitor.get(path).headers["Content-Security-Policy"]
    return dict(directive.split(" ", 1) for directive in header.split("; "))


class TestContentSecurityPolicy:
    def test_every_page_carries_it(self, visitor: Client) -> None:
        assert policy_of(visitor, "/accessibility/") == POLICY

    def test_so_does_an_error(self, visitor: Client) -> None:
        assert policy_of(visitor, "/nowhere/") == POLICY

    def test_nothing_inline_and_nothing_framed(self) -> None:
        assert not any("unsafe" in sources for sources in POLICY.values())
        assert POLICY["frame-ancestors"] == "'none'"

    def test_a_view_may_add_an_image_source(self, visitor: Client) -> None:
        policy = policy_of(visitor, "/map/")
        assert policy == {**POLICY, "img-src": f"{POLICY['img-src']} https://tiles.example"}

    @pytest.mark.parametrize("directive", ["script_src", "style_src", "object_src", "base_uri", "nonsense_src"])
    def test_no_view_widens_what_guards_the_rest(self, directive: str) -> None:
        with pytest.raises(ValueError, match="may not widen"):
            allowing(**{directive: "https://elsewhere.example"})


class TestPreferences:
    def test_survive_the_cookie(self) -> None:
        wish = Preferences(theme="dark", text="elder", contrast="high")
        assert Preferences.from_cookie(wish.to_cookie()) == wish

    def test_ignore_what_is_not_ours(self) -> None:
        assert Preferences.from_cookie('theme=<script>&text=huge&other=1"') == Preferences()


class TestDisplayView:
    def test_keeps_the_choice_and_goes_back(self, visitor: Client) -> None:
        answer = visitor.post("/display/", {"text": "elder", "next": "/accessibility/?q=1"})
        assert (answer.status_code, answer.headers["Location"]) == (302, "/accessibility/?q=1")
        assert 'data-text="elder"' in visitor.get("/accessibility/").content.decode()

    def test_one_choice_leaves_the_others(self, visitor: Client) -> None:
        visitor.post("/display/", {"text": "elder"})
        visitor.post("/display/", {"theme": "dark"})
        assert Preferences.from_cookie(visitor.cookies[COOKIE].value) == Preferences(theme="dark", text="elder")

    @pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
    def test_never_leads_elsewhere(self, visitor: Client, elsewhere: str) -> None:
        assert visitor.post("/display/", {"theme": "dark", "next": elsewhere}).headers["Location"] == "/"

    def test_is_a_deed_not_a_look(self, visitor: Client) -> None:
        assert visitor.get("/display/").status_code == 405

    def test_wants_the_csrf_token(self) -> None:
        assert Client(enforce_csrf_checks=True).post("/display/", {"theme": "dark"}).status_code == 403


class TestPages:
    @pytest.mark.parametrize("status", [400, 403, 404, 409, 429, 500, 503])
    def test_each_error_says_what_to_do_now(self, visitor: Client, status: int) -> None:
        answer = visitor.get(f"/error/{status}/")
        assert answer.status_code == status
        assert "现在可以" in answer.content.decode()

    @pytest.mark.parametrize("status", [500, 503])
    def test_a_lost_database_does_not_lose_its_page(self, status: int) -> None:
        request = RequestFactory().get("/")
        request.user = SimpleLazyObject(lambda: pytest.fail("asked the database"))  # type: ignore[assignment]  # a trap
        assert error_page(request, status).status_code == status

    def test_right_to_left_is_laid_out_by_the_mirrored_sheet(self, visitor: Client) -> None:
        page = visitor.get("/accessibility/", headers={"accept-language": "ug"}).content.decode()
        assert 'dir="rtl"' in page
        assert "bootstrap.rtl.min.css" in page

    def test_offers_the_languages(self, visitor: Client) -> None:
        page = visitor.get("/accessibility/").content.decode()
        assert 'value="en"' in page
        answer = visitor.post("/language/", {"language": "en", "next": "/accessibility/"})
        assert answer.headers["Location"] == "/accessibility/"

    @pytest.mark.parametrize("shelf", ["components", "lists", "forms", "case", "verdict", "paper"])
    def test_the_gallery_shows_every_shelf(self, visitor: Client, shelf: str) -> None:
        assert visitor.get("/gallery/", {"shelf": shelf}).status_code == 200
