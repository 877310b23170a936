"""What the components promise in their markup."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory, override_settings

from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotPermitted
from kaogong.web.ui import clauses
from kaogong.web.ui.clauses import ClauseWords
from kaogong.web.ui.icons import icon_names
from kaogong.web.ui.shapes import Chart, Figure, Filter, SeatPlace, Series, Step
from kaogong.web.ui.templatetags.ui import KIND_ICONS

AT = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def drawn(source: str, path: str = "/list/", **values: object) -> str:
    request = RequestFactory().get(path)
    return Template("{% load ui %}" + source).render(Context({"request": request, **values}))


class Application(forms.Form):
    name = forms.CharField(label="姓名", help_text="与身份证一致")
    level = forms.ChoiceField(label="级别", choices=[("5", "五级"), ("4", "四级")], widget=forms.RadioSelect)
    photo = forms.FileField(label="照片", required=False, widget=forms.FileInput(attrs={"accept": "image/jpeg"}))


class TestWords:
    def test_a_badge_is_never_colour_alone(self) -> None:
        html = drawn('{% badge "stopped" "已撤销" %}')
        assert "is-stopped" in html
        assert "已撤销" in html
        assert "#x-octagon-fill" in html

    def test_every_kind_has_an_icon_that_exists(self) -> None:
        assert set(KIND_ICONS.values()) <= icon_names()

    def test_a_misspelt_icon_is_noticed_while_building(self) -> None:
        with override_settings(DEBUG=True), pytest.raises(TemplateSyntaxError, match="no icon"):
            drawn('{% icon "no-such-thing" %}')

    def test_a_certificate_number_copies_without_spaces(self) -> None:
        html = drawn("{{ number|certificate_number }}", number="2611010013000012")
        assert re.sub(r"<[^>]+>", "", html) == "2611010013000012"

    def test_a_number_is_escaped(self) -> None:
        assert "<b>" not in drawn("{{ number|certificate_number }}", number="<b>1")

    def test_a_clause_without_description_shows_its_key(self) -> None:
        assert "labour-1993-134/15" in drawn("{% clause_link clause %}", clause=Clause("labour-1993-134", "15"))

    def test_a_described_clause_is_linked(self) -> None:
        clauses.describe_with(lambda clause: ClauseWords("《规定》第十五条", "/rules/15"))
        assert 'href="/rules/15"' in drawn("{% clause_link clause %}", clause=Clause("labour-1993-134", "15"))


class TestLists:
    def test_sorting_turns_round_and_begins_at_the_first_page(self) -> None:
        html = drawn('{% sort_header "name" "姓名" %}', "/list/?sort=name&page=3&q=电工")
        assert 'aria-sort="ascending"' in html
        assert "sort=-name" in html
        assert "page=" not in html
        assert "q=%E7%94%B5%E5%B7%A5" in html

    def test_paging_keeps_the_search_and_the_place(self) -> None:
        page = Paginator(range(312), 20).get_page(2)
        html = drawn('{% pager page unit="人" %}', "/list/?q=a&page=2", page=page)
        assert "第 21–40 人，共 312 人" in html
        assert 'href="?q=a&amp;page=3#list"' in html
        assert html.count('aria-current="page"') == 1

    def test_one_page_has_no_links(self) -> None:
        assert "<a" not in drawn("{% pager page %}", page=Paginator(range(3), 20).get_page(1))

    def test_the_search_keeps_order_and_offers_to_clear(self) -> None:
        states = [Filter("state", "状态", [("open", "待审核")])]
        html = drawn('{% search_bar "姓名" filters=states %}', "/list/?sort=-name&state=open", states=states)
        assert '<input type="hidden" name="sort" value="-name">' in html
        assert '<option value="open" selected>' in html
        assert 'href="?sort=-name"' in html

    def test_navigation_knows_where_we_are(self) -> None:
        assert "aria-current" in drawn('{% nav_item "/list/" "名单" %}', "/list/7/")
        assert "aria-current" not in drawn('{% nav_item "/list/" "名单" exact=True %}', "/list/7/")

    def test_every_table_of_a_page_has_its_own_anchor(self) -> None:
        table = '{% table_scroll label="名单" %}<table></table>{% endtable_scroll %}'
        assert re.findall(r'id="(list[-0-9]*)"', drawn(table * 3)) == ["list", "list-2", "list-3"]

    @pytest.mark.parametrize("address", ["", "?export=xlsx", "/list.csv"])
    def test_the_file_holds_what_the_list_shows(self, address: str) -> None:
        source = '{% search_bar "姓名" export_url=address %}' if address else '{% search_bar "姓名" %}'
        html = drawn(source, "/list/?q=electrician&page=3", address=address)
        found = re.findall(r'class="btn btn-quiet toolbar-end" href="([^"]+)"', html)
        expected = {"?export=xlsx": "?q=electrician&amp;export=xlsx", "/list.csv": "/list.csv?q=electrician"}
        assert found == ([expected[address]] if address else [])


class TestForms:
    def test_a_label_a_hint_and_a_mark_belong_to_the_input(self) -> None:
        html = drawn("{% field form.name %}", form=Application())
        assert 'for="id_name"' in html
        assert 'aria-describedby="id_name_hint"' in html
        assert "必填" in html

    def test_an_error_is_tied_to_its_input_and_named(self) -> None:
        html = drawn("{% field form.name %}", form=Application({}))
        assert 'aria-describedby="id_name_hint id_name_error"' in html
        assert 'aria-invalid="true"' in html
        assert "请填写“姓名”。" in html

    def test_radios_are_a_group_with_a_legend(self) -> None:
        html = drawn("{% field form.level %}", form=Application({"level": "4"}))
        assert "<legend" in html
        assert re.search(r'value="4" id="id_level_1" checked', html)

    def test_a_photo_has_a_preview(self) -> None:
        html = drawn("{% field form.photo %}", form=Application())
        assert 'data-photo-input="id_photo_preview"' in html
        assert "选填" in html

    def test_the_summary_leads_to_each_field(self) -> None:
        html = drawn("{% error_summary form %}", form=Application({}))
        assert "有 2 处需要改正" in html
        assert 'href="#id_name"' in html
        assert 'href="#id_level_0"' in html

    def test_no_errors_no_summary(self) -> None:
        assert drawn("{% error_summary form %}", form=Application()).strip() == ""

    def test_what_was_typed_is_kept_and_escaped(self) -> None:
        html = drawn("{% fields form %}", form=Application({"name": '"><script>'}))
        assert "&quot;&gt;&lt;script&gt;" in html


class TestBlocks:
    def test_a_refusal_says_what_why_and_what_now(self) -> None:
        refusal = NotPermitted(power="certificates.issue")
        html = drawn("{% refusal_panel refusal %}<a>别的路</a>{% endrefusal_panel %}", refusal=refusal)
        assert "您没有办理此事的权限（需要的岗位：证书核发）。" in html
        assert "请联系本机构管理员" in html
        assert "依据" in html
        assert "<a>别的路</a>" in html

    def test_facts_in_a_refusal_are_escaped(self) -> None:
        refusal = NotPermitted(power="<script>")
        assert "<script>" not in drawn("{% refusal_panel refusal %}{% endrefusal_panel %}", refusal=refusal)

    def test_a_final_decision_wears_cinnabar(self) -> None:
        html = drawn('{% decision_bar "核发 312 本" final=True %}<button>核发</button>{% enddecision_bar %}')
        assert "is-final" in html
        assert "核发 312 本" in html

    def test_a_verdict_is_dated(self) -> None:
        html = drawn('{% verdict "done" "证书有效" at=at %}{% endverdict %}', at=AT)
        assert "2026年11月24日 09:00" in html

    def test_the_present_step_is_marked(self) -> None:
        html = drawn("{% stepper steps %}", steps=[Step("甲", "done"), Step("乙", "current"), Step("丙")])
        assert html.count('aria-current="step"') == 1
        assert "第 2 步，共 3 步" in html

    def test_a_chart_and_its_table_say_the_same(self) -> None:
        sample = Chart("line", ["1月", "2月"], [Series("合格率", [71.5, None])], "%", "月份")
        html = drawn('{% chart "c" title="合格率" chart=sample %}', sample=sample)
        block = re.search(r'<script id="c-data" type="application/json">(.*?)</script>', html)
        assert block is not None
        assert json.loads(block[1])["series"] == [{"name": "合格率", "values": [71.5, None]}]
        assert '<td class="num">71.5</td>' in html
        assert '<td class="num">—</td>' in html

    def test_chart_names_cannot_close_the_block(self) -> None:
        sample = Chart("bar", ["</script><script>"], [Series("x", [1])])
        assert "</script><script>" not in drawn('{% chart "c" title="x" chart=sample %}', sample=sample)

    def test_seats_say_their_state_in_words(self) -> None:
        rows = [("1 排", [SeatPlace("01", "stopped", "断线", "张三"), None])]
        html = drawn('{% seat_map rows label="考场" %}', rows=rows)
        assert "断线" in html
        assert "seat-aisle" in html

    def test_a_masked_value_asks_for_the_reason(self) -> None:
        html = drawn('{% masked "110***" label="身份证号码" url="/reveal/" %}', csrf_token="token")
        assert 'name="reason" required' in html
        assert 'value="token"' in html

    def test_once_revealed_it_asks_no_more(self) -> None:
        html = drawn('{% masked "110***" label="身份证号码" url="/reveal/" clear="110101" %}')
        assert "110101" in html
        assert "<form" not in html

    def test_a_countdown_tells_its_moment_without_scripts(self) -> None:
        assert "09:00" in drawn("{% countdown at %}", at=AT)

    def test_facts_show_a_dash_for_nothing(self) -> None:
        assert "<dd>—</dd>" in drawn("{% facts rows %}", rows={"备注": None})

    def test_messages_become_notices(self) -> None:
        html = drawn('{% include "ui/messages.html" %}', messages=[SimpleNamespace(tags="success", __str__=str)])
        assert "is-done" in html

    def test_figures_put_thousands_apart(self) -> None:
        html = drawn("{% figures items %}", items=[Figure("库存", 3453, "本"), Figure("金额", "¥ 1.00")])
        assert ">3,453<" in html
        assert ">¥ 1.00<" in html

    def test_figures_of_one_moment_tell_it_once(self) -> None:
        later = AT.replace(hour=AT.hour + 1)
        same = [Figure("库存", 3, as_of=AT), Figure("已用", 1, as_of=AT)]
        html = drawn("{% figures items %}", items=same)
        assert html.count("截至") == 1
        assert drawn("{% figures items %}", items=[*same, Figure("作废", 0, as_of=later)]).count("截至") == 3

    def test_a_verdict_steps_down_under_the_heading_of_its_page(self) -> None:
        assert "<h1" in drawn('{% verdict "done" "有效" at=at %}{% endverdict %}', at=AT)
        assert "<h1" not in drawn('{% verdict "done" "有效" at=at heading="h2" %}{% endverdict %}', at=AT)
