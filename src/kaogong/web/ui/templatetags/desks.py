"""The side navigation of a desk, drawn from its topics' own entries."""

from __future__ import annotations

from itertools import groupby

from django import template
from django.template import RequestContext
from django.urls import reverse
from django.utils.translation import gettext

from kaogong.web.ui.navigation import navigation_of

register = template.Library()


@register.inclusion_tag("ui/components/desk_nav.html", takes_context=True)
def desk_nav(context: RequestContext, desk: str) -> dict[str, object]:
    """The entries of `desk` that the actor may use, under their groups, in order."""
    request = context["request"]
    items = navigation_of(desk, request.actor)
    urls = {item.route: reverse(item.route) for item in items}
    # The entry that leads nearest to this page; a desk's own home lies above every page and counts for none.
    above = [url for url in urls.values() if request.path.startswith(url) and url != f"/{desk}/"]
    here = max(above, key=len, default=request.path)
    groups = [
        (
            gettext(name) if name else "",
            [(urls[item.route], gettext(item.title), item.icon, urls[item.route] != here) for item in members],
        )
        for name, members in groupby(items, key=lambda item: item.group)
    ]
    return {"groups": groups, "request": request}
