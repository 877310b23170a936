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
    items = navigation_of(desk, context["request"].actor)
    groups = [
        (gettext(name) if name else "", [(reverse(item.route), gettext(item.title), item.icon) for item in members])
        for name, members in groupby(items, key=lambda item: item.group)
    ]
    return {"groups": groups, "request": context["request"]}
