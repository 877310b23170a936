"""The tags and filters of `{% load ui %}`: every component a page is made of.

Leaf components are inclusion tags; those that wrap a page's own markup are block tags (`{% card "…" %}…{% endcard %}`).
All markup is in `templates/ui/components/`; nothing here builds HTML by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl
from uuid import uuid4

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.template.context import RequestContext
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kaogong.web.ui import formats
from kaogong.web.ui.clauses import words_of
from kaogong.web.ui.fields import FieldView, errors_of
from kaogong.web.ui.icons import icon_names
from kaogong.web.ui.phrases import facts_said, said, said_state
from kaogong.web.ui.shapes import Answer, Case, Chart, Figure, Filter, Kind, Moment, SeatPlace, Step, Tab

register = template.Library()

register.filter("date_zh", formats.date_zh)
register.filter("datetime_zh", formats.datetime_zh)
register.filter("time_zh", formats.time_zh)
register.filter("money", formats.money)
register.filter("percent", formats.percent)
register.filter("count", formats.count)
register.filter("level_name", formats.level_name)
register.filter("level_short", formats.level_short)
register.filter("said", said)
register.filter("said_state", said_state)

KIND_ICONS: Mapping[str, str] = {
    "done": "check-circle-fill",
    "waiting": "hourglass-split",
    "stopped": "x-octagon-fill",
    "active": "play-circle-fill",
    "neutral": "circle",
}
MESSAGE_KINDS = {"success": "done", "warning": "waiting", "error": "stopped"}
Ctx = dict[str, Any]


def component(name: str, values: Ctx) -> SafeString:
    """Render one component's template with exactly these values."""
    return render_to_string(f"ui/components/{name}.html", values)


# --- words and numbers -----------------------------------------------------------------------------------------------


@register.filter
def certificate_number(number: str | None) -> SafeString | str:
    """Write a certificate number in groups, in tabular figures; copied text has no spaces in it."""
    if not number:
        return formats.ABSENT
    groups = format_html_join("", "<span>{}</span>", ((group,) for group in formats.number_groups(number)))
    return format_html_join("", '<span class="grouped-number">{}</span>', [(groups,)])


@register.filter
def message_kind(tags: str) -> str:
    """Return the kind of notice for the tags of a Django message."""
    return next((MESSAGE_KINDS[tag] for tag in tags.split() if tag in MESSAGE_KINDS), "active")


@register.inclusion_tag("ui/components/icon.html")
def icon(name: str, label: str = "", css: str = "") -> Ctx:
    """Draw an icon; with a label it speaks for itself, without one it is decoration."""
    if settings.DEBUG and name not in icon_names():
        raise template.TemplateSyntaxError(f"There is no icon {name!r} in the sprite")
    return {"name": name, "label": label, "css": css}


@register.inclusion_tag("ui/components/badge.html")
def badge(kind: Kind, word: str, icon: str = "") -> Ctx:
    """Show a state as colour, icon and word together."""
    return {"kind": kind, "word": said_state(str(word)), "icon": icon or KIND_ICONS.get(kind, "circle")}


@register.inclusion_tag("ui/components/clause_link.html")
def clause_link(clause: object, label: str = "") -> Ctx:
    """Name a clause in words and link it to its text."""
    words = words_of(clause)
    return {"label": label or words.label, "url": words.url}


# --- navigation and lists --------------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def active(context: RequestContext, url: str, exact: bool = False) -> SafeString | str:
    """Return `aria-current="page"` when the page lies at or under `url` (only at it when `exact`)."""
    path: str = context["request"].path if "request" in context else ""
    here = path == url if exact else bool(url) and path.startswith(url)
    return SafeString('aria-current="page"') if here else ""


@register.inclusion_tag("ui/components/nav_item.html", takes_context=True)
def nav_item(context: RequestContext, url: str, label: str, icon: str = "", count: int = 0, exact: bool = False) -> Ctx:
    """A line of the side navigation, marked when the page lies under it; `count` says how much waits there."""
    return {"url": url, "label": label, "icon": icon, "count": count, "current": active(context, url, exact)}


def query_with(context: RequestContext, **changes: str | int | None) -> str:
    """Return the address bar's query with some parameters changed, or dropped when None."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        if value is None:
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.inclusion_tag("ui/components/sort_header.html", takes_context=True)
def sort_header(context: RequestContext, name: str, label: str, css: str = "") -> Ctx:
    """A column head that sorts: `?sort=name`, then `?sort=-name`; a new order begins at the first page."""
    sort = context["request"].GET.get("sort", "")
    order = {name: "ascending", f"-{name}": "descending"}.get(sort, "none")
    url = query_with(context, sort=f"-{name}" if order == "ascending" else name, page=None)
    return {"label": label, "order": order, "url": url, "css": css}


@register.inclusion_tag("ui/components/pager.html", takes_context=True)
def pager(context: RequestContext, page: Page[Any], unit: str = "", anchor: str = "list") -> Ctx:
    """Page through a list and keep filters, order and place; `unit` is what is counted (`人`, `本`)."""
    numbers = [
        (number, query_with(context, page=number) if isinstance(number, int) else "")
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]
    before = query_with(context, page=page.previous_page_number()) if page.has_previous() else ""
    after = query_with(context, page=page.next_page_number()) if page.has_next() else ""
    ends = {"before": before, "after": after, "anchor": anchor}
    return {"page": page, "numbers": numbers, "unit": unit or gettext("条"), **ends}


@register.inclusion_tag("ui/components/toolbar.html", takes_context=True)
def search_bar(context: RequestContext, placeholder: str, filters: Sequence[Filter] = (), export_url: str = "") -> Ctx:
    """Search and filters of a list, in the address bar (`?q=…&state=…`); the form is a plain GET."""
    query = context["request"].GET
    chosen = [(each, query.get(each.name, "")) for each in filters]
    kept = {"q", "page", *(each.name for each in filters)}
    others = [(name, value) for name, values in query.lists() if name not in kept for value in values]
    narrowed = bool(query.get("q")) or any(value for _, value in chosen)
    return {
        "placeholder": placeholder, "q": query.get("q", ""), "chosen": chosen, "others": others,
        "narrowed": narrowed, "clear": query_with(context, q=None, page=None, **{each.name: None for each in filters}),
        "export_url": _export_of(context, export_url),
    }  # fmt: skip


def _export_of(context: RequestContext, url: str) -> str:
    """An address of a file, with the list's own query put to the one that it brings."""
    if not url:
        return ""
    path, _mark, query = url.partition("?")
    return path + query_with(context, page=None, **dict(parse_qsl(query)))


@register.simple_block_tag(takes_context=True)
def table_scroll(context: RequestContext, content: str, label: str, keyboard: bool = True) -> SafeString:
    """Wrap a table: it scrolls by itself, its head and first column stay, and j/k/Enter walk its rows.

    A page's first table is `#list`, where its pager leads; the others are `#list-2`, `#list-3`.
    """
    place = f"list-{number}" if (number := _tables_so_far(context)) > 1 else "list"
    return component("table_scroll", {"content": content, "label": label, "keyboard": keyboard, "place": place})


def _tables_so_far(context: RequestContext) -> int:
    request = context.get("request")
    if request is None:
        return 1
    request.tables_drawn = getattr(request, "tables_drawn", 0) + 1
    return int(request.tables_drawn)


# --- blocks of a page ------------------------------------------------------------------------------------------------


@register.simple_block_tag
def card(content: str, title: str = "", icon: str = "", id: str = "", note: str = "", kind: str = "") -> SafeString:  # noqa: A002  # the attribute's own name
    """A sheet lying on the page; `kind` draws a coloured edge (`done`, `waiting`, `stopped`, `active`)."""
    return component("card", {"content": content, "title": title, "icon": icon, "id": id, "note": note, "kind": kind})


@register.simple_block_tag
def notice(content: str, kind: Kind = "active", title: str = "") -> SafeString:
    """A remark in the run of the page: something done, waiting, stopped, or simply to know."""
    icons = {**KIND_ICONS, "active": "info-circle-fill", "waiting": "exclamation-triangle-fill"}
    return component("notice", {"content": content, "kind": kind, "title": title, "icon": icons[kind]})


@register.inclusion_tag("ui/components/facts.html")
def facts(rows: Iterable[tuple[str, object]] | Mapping[str, object], columns: int = 1) -> Ctx:
    """A definition list of (label, value); `columns` 1 or 2."""
    pairs = rows.items() if isinstance(rows, Mapping) else rows
    return {"rows": [(said(label), said(value)) for label, value in pairs], "columns": columns}


@register.inclusion_tag("ui/components/stepper.html")
def stepper(steps: Sequence[Step], label: str = "") -> Ctx:
    """Progress through a longer way, as steps; on a small screen only the present one is spelt out."""
    at = next((place for place, step in enumerate(steps, 1) if step.state in {"current", "stopped"}), len(steps))
    return {"steps": steps, "at": at, "total": len(steps), "here": steps[at - 1] if steps else None, "label": label}


@register.inclusion_tag("ui/components/answers.html")
def answers(rows: Sequence[Answer]) -> Ctx:
    """Check your answers: what was said, each with a way to change it."""
    return {"rows": rows}


@register.inclusion_tag("ui/components/queue.html")
def queue(items: Sequence[Case], label: str) -> Ctx:
    """An officer's queue at the left of a case; j/k/Enter walk it."""
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(tabs: Sequence[Tab], label: str) -> Ctx:
    """The faces of one record, each with its own address."""
    return {"tabs": tabs, "label": label}


@register.simple_block_tag
def empty_state(content: str, title: str, text: str = "", icon: str = "inbox") -> SafeString:
    """Say that nothing is here, why, and what the next step is; the block holds that step's button."""
    return component("empty_state", {"content": content, "title": title, "text": text, "icon": icon})


@register.simple_block_tag
def refusal_panel(content: str, refusal: Any, heading: str = "h2") -> SafeString:
    """Say what could not be done, why (the clause, linked) and what to do now; the block adds further ways on.

    Takes a kernel `Refusal`: its message and advice are translated here and filled with its facts. `heading` is h1
    where the refusal is the whole page.
    """
    facts = facts_said(refusal.facts)
    what = gettext(refusal.message).format(**facts)
    advice = gettext(refusal.advice).format(**facts) if refusal.advice else ""
    values = {"what": what, "advice": advice, "clause": refusal.clause, "heading": heading}
    return component("refusal", {**values, "content": content})


@register.inclusion_tag("ui/components/figures.html")
def figures(items: Sequence[Figure]) -> Ctx:
    """Key figures side by side: number, unit, as-of (once, where it is the same for all), definition, the way down."""
    moments = {item.as_of.replace(second=0, microsecond=0) for item in items if item.as_of}
    return {"items": items, "as_of": moments.pop() if len(moments) == 1 else None}


@register.inclusion_tag("ui/components/timeline.html")
def timeline(moments: Sequence[Moment]) -> Ctx:
    """What happened, in order, with when and by whom."""
    return {"moments": [(moment, KIND_ICONS[moment.kind]) for moment in moments]}


@register.simple_block_tag
def decision_bar(content: str, consequence: str, final: bool = False) -> SafeString:
    """The bar at the bottom of a case: the consequence in words, then the buttons in the block."""
    return component("decision_bar", {"content": content, "consequence": consequence, "final": final})


@register.simple_block_tag
def confirm_panel(
    content: str, title: str, does: Sequence[str] = (), cannot_undo: str = "", heading: str = "h1"
) -> SafeString:
    """Show a final act before it is done: what it does, what cannot be undone; the block holds the form's buttons.

    `heading` is h2 where the page has its own h1.
    """
    values = {"content": content, "title": title, "does": does, "cannot_undo": cannot_undo, "heading": heading}
    return component("confirm", values)


@register.inclusion_tag("ui/components/progress.html")
def progress(done: int, total: int, label: str, unit: str = "", left: str = "", failed: int = 0) -> Ctx:
    """Long work as counts and a bar; `left` is the time still needed, in words."""
    return {"done": done, "total": total, "label": label, "unit": unit, "left": left, "failed": failed}


@register.simple_block_tag
def verdict(content: str, kind: Kind, word: str, at: Any, sentence: str = "", heading: str = "h1") -> SafeString:
    """The answer to a question of the public: large, dated, in plain words; the block holds its proof.

    `heading` is h2 where the page has its own h1.
    """
    values = {"kind": kind, "word": word, "at": at, "sentence": sentence, "icon": KIND_ICONS.get(kind, "circle")}
    return component("verdict", {**values, "heading": heading, "content": content})


@register.simple_block_tag
def receipt(content: str, title: str, number: str, label: str = "", at: Any = None) -> SafeString:
    """A reference number to keep; the block says what happens next and when."""
    values = {"title": title, "number": number, "label": label or gettext("受理编号"), "at": at}
    return component("receipt", {**values, "content": content})


@register.inclusion_tag("ui/components/seat_map.html")
def seat_map(rows: Sequence[tuple[str, Sequence[SeatPlace | None]]], label: str) -> Ctx:
    """A room seen from the lectern: rows of (name, places); None is an aisle."""
    marked = [(name, [(seat, KIND_ICONS[seat.kind] if seat else "") for seat in seats]) for name, seats in rows]
    return {"rows": marked, "label": label}


@register.inclusion_tag("ui/components/copy_button.html")
def copy_button(text: str, label: str = "") -> Ctx:
    """Copy a number or an address; without scripts it stays hidden, the text can be selected."""
    return {"text": text, "label": label or gettext("复制")}


@register.inclusion_tag("ui/components/countdown.html")
def countdown(until: Any, label: str = "") -> Ctx:
    """A place for the time left: the moment is written out, the examination room's own script may count."""
    return {"until": until, "label": label or gettext("剩余时间")}


@register.inclusion_tag("ui/components/masked.html", takes_context=True)
def masked(context: RequestContext, value: str, label: str, url: str = "", clear: str = "") -> Ctx:
    """A masked value; with `url`, a form that asks for the reason and posts it there; `clear` once revealed."""
    token = context.get("csrf_token")
    return {"value": value, "label": label, "url": url, "clear": clear, "csrf_token": token, "key": uuid4().hex[:8]}


@register.inclusion_tag("ui/components/chart.html")
def chart(key: str, title: str, chart: Chart, as_of: Any = None, note: str = "") -> Ctx:
    """A chart with its table behind it, both from the same numbers; put `{% chart_scripts %}` in block `scripts`."""
    spec = {
        "form": chart.form, "categories": [str(each) for each in chart.categories], "unit": chart.unit,
        "series": [{"name": str(each.name), "values": list(each.values)} for each in chart.series],
        "options": chart.options,
    }  # fmt: skip
    rows = [(each, [one.values[at] for one in chart.series]) for at, each in enumerate(chart.categories)]
    words = {"title": title, "as_of": as_of, "note": note}
    return {"key": key, "key_data": f"{key}-data", "chart": chart, "spec": spec, "rows": rows, **words}


@register.inclusion_tag("ui/components/chart_scripts.html")
def chart_scripts() -> Ctx:
    """The charting library and its small module, for pages that have charts."""
    return {}


# --- forms -----------------------------------------------------------------------------------------------------------


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, hint: str = "", width: str = "", suffix: str = "", legend: bool = False) -> Ctx:
    """A form field: label above, hint, error with icon, input.

    `width` is xs, s, m or l; `legend` makes the label the page's one question.
    """
    return {"field": FieldView(bound, hint=hint, width=width), "suffix": suffix, "legend": legend}


@register.inclusion_tag("ui/components/fields.html")
def fields(form: BaseForm) -> Ctx:
    """All visible fields of a form in its order, then the hidden ones."""
    return {"form": form}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(*forms: BaseForm) -> Ctx:
    """All errors of one or more forms on top of the page, each linked to its field; it takes the focus."""
    return {"errors": [error for form in forms for error in errors_of(form)]}
