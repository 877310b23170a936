"""Which desks stand open to whom: the header's links, from the powers that the actor holds."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _

from kaogong.foundation.kernel.actors import Actor
from kaogong.seating import selectors as seating
from kaogong.web.ui.navigation import navigation_of
from kaogong.web.ui.shapes import Desk


def _rows(actor: Actor) -> list[tuple[str, str, str, bool]]:
    """Label, address, icon, and whether it stands open."""
    is_someone = actor.kind != "public"
    return [
        (_("公众服务"), "/", "search", True),
        (_("我的"), "/my/", "person", is_someone),
        (_("考务现场"), "/room/", "display", is_someone and _works_in_rooms(actor)),
        (_("鉴定站"), "/station/", "building", _works_at("station", actor)),
        (_("办公台"), "/office/", "briefcase", _works_at("office", actor)),
    ]


def _works_in_rooms(actor: Actor) -> bool:
    """Whoever runs exams by a post, or is called to a room: invigilators and examiners hold no post."""
    return actor.holds("delivery.run") or (not actor.grants and seating.duties_of(actor).exists())


def _works_at(desk: str, actor: Actor) -> bool:
    return bool(actor.grants) and any(item.power for item in navigation_of(desk, actor))


def desks_of(request: HttpRequest, actor: Actor) -> list[Desk]:
    """The desks to show, the one in use marked; none for a visitor who has only the public one."""
    rows = [(label, url, icon) for label, url, icon, is_open in _rows(actor) if is_open]
    if len(rows) == 1:
        return []
    current = max((url for _label, url, _icon in rows if request.path.startswith(url)), key=len, default="/")
    return [Desk(label, url, icon, url == current) for label, url, icon in rows]


class DesksOfRequest:
    """Puts `request.desks` there for the header; runs after the actor is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the access middleware
        request.desks = desks_of(request, actor)  # type: ignore[attr-defined]  # read by the context processor
        return self.get_response(request)
