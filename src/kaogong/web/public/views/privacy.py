"""The privacy notice: what is kept about people, why, for how long, who sees it, and what they can ask for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """The notice, for everybody."""
    return render(request, "public/privacy/notice.html")
