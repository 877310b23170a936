"""The holder's own certificates: what each says today, its history, and a copy on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.certificates import selectors
from kaogong.web.ui.requests import ActorRequest, signed_in
from kaogong.web.ui.shapes import Kind, Moment

if TYPE_CHECKING:
    from kaogong.certificates.models import Certificate

KIND: dict[str, Kind] = {"issued": "done", "suspended": "waiting", "revoked": "stopped"}


@require_safe
@signed_in
def index(request: ActorRequest) -> HttpResponse:
    """All certificates of the one who is signed in, the latest first."""
    rows = []
    for certificate in selectors.own_certificates(request.actor):
        history = [
            Moment(
                change.changed_at,
                selectors.MOVES.get(change.move, change.move),
                change.basis,
                kind=KIND.get(change.state, "neutral"),
            )
            for change in selectors.history_of(certificate.pk)
        ]
        rows.append(
            {
                "certificate": certificate,
                "kind": KIND[certificate.state],
                "facts": _facts(certificate),
                "history": history,
                "address": selectors.address_of(certificate, site=request.build_absolute_uri("/")),
            }
        )
    return render(request, "candidate/certificates/index.html", {"rows": rows})


@require_safe
@signed_in
def paper(request: ActorRequest, certificate_id: UUID) -> HttpResponse:
    """The holder's copy as a PDF, the document number masked."""
    document = selectors.own_pdf(request.actor, certificate_id, site=request.build_absolute_uri("/"))
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="certificate-{certificate_id}.pdf"'
    response["Cache-Control"] = "no-store"
    return response


def _facts(certificate: Certificate) -> list[tuple[str, object]]:
    issued = certificate.issued_on
    return [
        (_("证书种类"), selectors.REGIMES[certificate.regime].title),
        (_("职业"), f"{certificate.occupation_name}（{certificate.occupation_code}）"),
        (_("等级"), selectors.LEVEL_NAMES[certificate.level]),
        (_("核发机构"), certificate.issuer_name),
        (_("鉴定机构"), certificate.body_name),
        (_("发证日期"), f"{issued.year}年{issued.month}月{issued.day}日"),
    ]
