"""The register of certificates: search, filter, export; one certificate with its copies, history and signature."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kaogong.certificates import selectors
from kaogong.foundation.identity import selectors as people
from kaogong.foundation.kernel.clauses import Clause
from kaogong.regulations import selectors as regulations
from kaogong.web.office.listing import export, number_of, page_of, sorted_by
from kaogong.web.office.papers import MOST, print_out
from kaogong.web.ui.formats import date_zh, join_words, level_name
from kaogong.web.ui.phrases import said
from kaogong.web.ui.requests import ActorRequest, needs
from kaogong.web.ui.shapes import Figure, Filter, Kind, Moment

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kaogong.certificates.models import Certificate, StatusChange

KIND: dict[str, Kind] = {"issued": "done", "suspended": "waiting", "revoked": "stopped"}
POWERS = {
    "replace": "certificates.replace",
    "correct": "certificates.replace",
    "suspend": "certificates.suspend",
    "resume": "certificates.suspend",
    "revoke": "certificates.revoke",
}
SEEING = ("certificates.see", "certificates.issue", "certificates.suspend", "certificates.revoke")


@require_safe
@needs(*SEEING)
def index(request: ActorRequest) -> HttpResponse:
    """The certificates within reach, the latest first."""
    asked = request.GET
    rows = selectors.certificates_for(
        request.actor,
        text=asked.get("q", ""),
        state=asked.get("state", ""),
        level=number_of(request, "level"),
        regime=asked.get("regime", ""),
        since=_day(asked.get("since", "")),
        until=_day(asked.get("until", "")),
    )
    counts = selectors.count_by_state(rows)
    rows = sorted_by(request, rows, {"number": "number", "name": "name", "issued": "issued_at"})
    if wanted := asked.get("export", ""):
        heads = [_("证书编号"), _("姓名"), _("证件号码"), _("职业"), _("等级"), _("核发机构"), _("发证日期"), _("状态")]
        return export(wanted, "certificates", heads, (_cells(row) for row in rows))
    if asked.get("print", ""):
        heads = [_("证书编号"), _("姓名"), _("证件号码"), _("职业"), _("等级"), _("发证日期"), _("流水码"), _("状态")]
        return print_out(request, _("证书登记册"), heads, _entries(rows), facts=_conditions(request))
    page = page_of(request, rows)
    for row in page:
        row.kind = KIND[row.state]  # type: ignore[attr-defined]  # for the page
    at = now()
    context = {
        "page": page,
        "filters": [
            Filter("state", _("状态"), selectors.CERTIFICATE.choices()),
            Filter("level", _("等级"), [(str(level), level_name(level)) for level in (5, 4, 3, 2, 1)]),
            Filter("regime", _("种类"), [(key, regime.title) for key, regime in selectors.REGIMES.items()]),
            Filter("since", _("发证自")),
            Filter("until", _("至")),
        ],
        "figures": [
            Figure(label, counts[state], _("本"), as_of=at) for state, label in selectors.CERTIFICATE.states.items()
        ],
        "may_print": request.actor.holds("certificates.print"),
    }
    return render(request, "office/certificates/index.html", context)


def _entries(rows: QuerySet[Certificate]) -> Iterator[list[object]]:
    """The register as it is kept on paper: what was issued, on which blanks, how it stands."""
    found = list(rows[: MOST + 1])
    copies = selectors.copies_of([row.pk for row in found])
    for row in found:
        serials = join_words(each.blank_serial for each in copies.get(row.pk, ()))
        level, issued = level_name(row.level), date_zh(row.issued_on)
        yield [row.number, row.name, row.document_masked, row.occupation_name, level, issued, serials, row.state_label]


def _conditions(request: ActorRequest) -> list[tuple[str, object]]:
    """What the register was narrowed by, for its paper."""
    asked = request.GET
    level = number_of(request, "level")
    found = [
        (_("状态"), selectors.CERTIFICATE.states.get(asked.get("state", ""))),
        (_("等级"), level_name(level) if level else ""),
        (_("发证自"), date_zh(since) if (since := _day(asked.get("since", ""))) else ""),
        (_("至"), date_zh(until) if (until := _day(asked.get("until", ""))) else ""),
        (_("查找"), asked.get("q", "").strip()),
    ]
    return [(label, value) for label, value in found if value]


def _cells(row: Certificate) -> list[object]:
    return [
        row.number,
        row.name,
        row.document_masked,
        row.occupation_name,
        level_name(row.level),
        row.issuer_name,
        row.issued_on,
        row.state_label,
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_safe
@needs(*SEEING)
def detail(request: ActorRequest, certificate_id: UUID) -> HttpResponse:
    """One certificate: what is printed, whether it is still what was signed, its copies and its history."""
    certificate = selectors.certificate_for(request.actor, certificate_id)
    history = selectors.history_of(certificate.pk)
    copies = selectors.copies_of([certificate.pk])[certificate.pk]
    renaming = selectors.renaming_of(certificate)
    moves = [
        {"verb": move.verb, "label": move.label, "is_final": move.verb == "revoke"}
        for move in selectors.CERTIFICATE.open_to(certificate.state)
        if selectors.may(request.actor, POWERS[move.verb], certificate)
        and (move.verb != "correct" or renaming is not None)
    ]
    context = {
        "certificate": certificate,
        "kind": KIND[certificate.state],
        "facts": _facts(certificate),
        "marks": _marks(certificate),
        "copies": copies,
        "renaming": renaming,
        "has_lost_its_pass": selectors.has_lost_its_pass(certificate),
        "history": [_moment(change) for change in reversed(history)],
        "integrity": selectors.integrity_of(certificate, history),
        "moves": moves,
        "may_print": selectors.may(request.actor, "certificates.print", certificate),
        "person": _person(request, certificate),
    }
    return render(request, "office/certificates/detail.html", context)


def _person(request: ActorRequest, certificate: Certificate) -> UUID | None:
    """Whose it is today, for an officer who may see that record: persons entered twice are one."""
    if not request.actor.holds("persons.see"):
        return None
    seen = people.persons_for(request.actor).filter(pk=people.current(certificate.person_id))
    return seen.values_list("pk", flat=True).first()


@require_safe
@needs(*SEEING)
def paper(request: ActorRequest, certificate_id: UUID) -> HttpResponse:
    """The certificate as a PDF, the document number masked."""
    document = selectors.pdf(request.actor, certificate_id, site=request.build_absolute_uri("/"))
    response = HttpResponse(document.pdf, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="certificate-{certificate_id}.pdf"'
    return response


def _facts(certificate: Certificate) -> list[tuple[str, object]]:
    issued = certificate.issued_on
    return [
        (_("姓名"), certificate.name),
        (_("证件号码"), certificate.document_masked),
        (_("证书种类"), selectors.REGIMES[certificate.regime].title),
        (_("职业"), f"{certificate.occupation_name} · {certificate.occupation_code}"),
        (_("等级"), selectors.LEVEL_NAMES[certificate.level]),
        (_("核发机构"), certificate.issuer_name),
        (_("鉴定机构"), certificate.body_name),
        (_("场次"), certificate.sitting.number),
        (_("发证日期"), f"{issued.year}年{issued.month}月{issued.day}日"),
    ]


def _marks(certificate: Certificate) -> list[tuple[str, str]]:
    names = {"theory": _("理论知识考试"), "skill": _("技能考核"), "review": _("综合评审")}
    return [(name, _mark(certificate.parts[part])) for part, name in names.items() if part in certificate.parts]


def _mark(part: dict[str, str]) -> str:
    mark = part.get("mark") or "—"
    sat_on = _day(part.get("sat_on", ""))
    if sat_on is None:
        return mark
    return _("%(mark)s（保留成绩，%(day)s考）") % {"mark": mark, "day": date_zh(sat_on)}


def _moment(change: StatusChange) -> Moment:
    found = regulations.clause(Clause.parse(change.clause)) if "/" in change.clause else None
    words = "；".join(text for text in (change.basis, found.label if found else "") if text)
    label = str(said(selectors.MOVES.get(change.move, change.move)))
    blank = change.facts.get("blank", "")
    title = f"{label} · {_('流水码')} {blank}" if blank else label
    return Moment(change.changed_at, title, words, change.changed_by, KIND.get(change.state, "neutral"))
