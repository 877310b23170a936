"""Addresses: each desk under its own prefix, the API, the sign-in pages, and the health page."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("kaogong.web.public.urls")),
    path("my/", include("kaogong.web.candidate.urls")),
    path("room/", include("kaogong.web.examroom.urls")),
    path("station/", include("kaogong.web.station.urls")),
    path("office/", include("kaogong.web.office.urls")),
    path("ui/", include("kaogong.web.ui.urls")),
    path("account/", include("kaogong.web.public.account_urls")),
    path("api/", include("kaogong.api.urls")),
]

handler400 = "kaogong.web.ui.views.bad_request"
handler403 = "kaogong.web.ui.views.forbidden"
handler404 = "kaogong.web.ui.views.not_found"
handler500 = "kaogong.web.ui.views.server_error"
