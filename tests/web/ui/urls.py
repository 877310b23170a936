"""Addresses for the tests of the shared interface: its own, the gallery, and one page for each error."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.http import require_safe

from kaogong.web.ui import views
from kaogong.web.ui.middleware import allowing


@require_safe
@allowing(img_src="https://tiles.example")
def with_map(request: HttpRequest) -> HttpResponse:
    """A page that shows a map from elsewhere."""
    return HttpResponse("map")


@require_safe
def error(request: HttpRequest, status: int) -> HttpResponse:
    """The page of an error."""
    return views.error_page(request, status)


urlpatterns = [
    path("gallery/", views.gallery),
    path("map/", with_map),
    path("error/<int:status>/", error),
    path("", include("kaogong.web.ui.urls")),
]
handler404 = views.not_found
handler500 = views.server_error
