"""The side navigation of a desk, drawn from its topics' own entries."""

from __future__ import annotations

from itertools import groupby

from django import template
from django.template import RequestContext
from django.urls import reverse

from kaogong.web.ui.navigation import NavItem, navigation_of
from kaogong.web.ui.phrases import page_name

register = template.Library()


@register.inclusion_tag("ui/components/desk_nav.html", takes_context=True)
def desk_nav(context: RequestContext, desk: str) -> dict[str, object]:
    """The entries of `desk` that the actor may use, under their groups, in order."""
    request = context["request"]
    items = navigation_of(desk, request.actor)
    here = _here(items, request.path)
    groups = [
        (
            page_name(name) if name else "",
            [(reverse(item.route), page_name(item.title), item.icon, item is not here) for item in members],
        )
        for name, members in groupby(items, key=lambda item: item.group)
    ]
    return {"groups": groups, "request": request}


@register.inclusion_tag("ui/components/desk_row.html", takes_context=True)
def desk_row(context: RequestContext, desk: str) -> dict[str, object]:
    """The same entries in one row under the header, for desks whose pages are one column."""
    request = context["request"]
    items = navigation_of(desk, request.actor)
    here = _here(items, request.path)
    return {"items": [(reverse(item.route), page_name(item.title), item is here) for item in items]}


def _here(items: list[NavItem], path: str) -> NavItem | None:
    """The entry that leads nearest to a page; a desk's own home lies above every page and is only itself."""
    urls = {reverse(item.route): item for item in items}
    above = [url for url in urls if path.startswith(url) and (path == url or url.count("/") > 2)]
    return urls[max(above, key=len)] if above else None
