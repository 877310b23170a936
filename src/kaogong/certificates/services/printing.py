"""Printing: a run of certificates as papers in the order of their blanks, with the list that goes with them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kaogong.certificates import policies
from kaogong.certificates.forms import form_of
from kaogong.certificates.models import Certificate, Copy
from kaogong.certificates.rules import LEVEL_NAMES
from kaogong.certificates.selectors import register
from kaogong.certificates.selectors.papers import document_title
from kaogong.certificates.selectors.verification import address_of
from kaogong.certificates.services.refusals import NothingToPrint
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.documents.forms import Column, Roster
from kaogong.foundation.documents.typesetting import typeset
from kaogong.foundation.identity import services as identity
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor, service
from kaogong.foundation.kernel.commands import command
from kaogong.registration import selectors as registration
from kaogong.regulations.selectors import provision

PRINTER = service("证书打印", "persons.reveal")


@dataclass(frozen=True, slots=True)
class PrintRun:
    """A run as one archive: a PDF for each certificate named by its blank serial, and the list of the run."""

    archive: bytes
    file_name: str
    count: int
    missing: tuple[str, ...]


@command
def print_run(*, actor: Actor, at: datetime, certificate_ids: Collection[UUID], site: str) -> PrintRun:
    """Typeset certificates for the printer, with full document numbers, in the order of their blanks.

    Each number that is opened for it leaves its own line in the trail. Needs `certificates.print` in the issuing body;
    certificates outside the actor's reach are not found.
    """
    most = provision("certificates.part_size", on=timezone.localdate(at)).number
    found = list(register.certificates_for(actor).filter(pk__in=certificate_ids))
    for certificate in found:
        # A suspended or revoked certificate is not printed: "replace" is the move that puts one on paper again.
        CERTIFICATE.after("replace", certificate.state)
    if not 0 < len(found) <= most:
        raise NothingToPrint(most=most, count=len(found))
    for certificate in found:
        policies.require_as_issuer(actor, "certificates.print", certificate)
    copies = {pk: copies[-1] for pk, copies in register.copies_of([each.pk for each in found]).items()}
    found.sort(key=lambda each: (str(copies[each.pk].series_id), copies[each.pk].serial))
    photos = registration.photos_of([each.registration_id for each in found])
    missing: dict[str, None] = {}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("00-打印清单.pdf", _list(found, copies, at))
        for certificate in found:
            number = identity.reveal_document(
                actor=PRINTER,
                at=at,
                person_id=certificate.person_id,
                reason=f"打印证书 {certificate.number}，经办人 {actor.name}",
            )
            form = form_of(
                certificate,
                copies[certificate.pk],
                document_number=number,
                document_title=document_title(certificate.document_kind),
                photo=photos.get(certificate.registration_id),
                code_address=address_of(certificate, site=site),
                site=site,
            )
            document = typeset(form, at=at)
            missing.update(dict.fromkeys(document.missing))
            archive.writestr(f"{copies[certificate.pk].blank_serial}.pdf", document.pdf)
    trail.record_each(
        actor=actor, action="certificates.printed", targets=list[trail.Target | None](found), count=len(found)
    )
    first, last = copies[found[0].pk].blank_serial, copies[found[-1].pk].blank_serial
    return PrintRun(buffer.getvalue(), f"certificates-{first}-{last}.zip", len(found), tuple(missing))


def _list(found: Sequence[Certificate], copies: dict[UUID, Copy], at: datetime) -> bytes:
    rows = tuple(
        (
            copies[each.pk].blank_serial,
            each.number,
            each.name,
            each.document_masked,
            f"{each.occupation_name} {LEVEL_NAMES[each.level]}",
            copies[each.pk].remark,
        )
        for each in found
    )
    columns = (
        Column(title="流水码", width=1.1),
        Column(title="证书编号", width=1.9),
        Column(title="姓名", width=1.1),
        Column(title="证件号码", width=1.7),
        Column(title="职业等级", width=1.7),
        Column(title="备注", width=0.7),
    )
    form = Roster(
        title="证书打印清单",
        subtitle=f"共 {len(rows)} 本，流水码 {rows[0][0]} 至 {rows[-1][0]}",
        body=found[0].issuer_name,
        columns=columns,
        rows=rows,
        as_of=timezone.localtime(at),
        landscape=True,
        note="打印后与空白证书逐本核对；有错证或残损的，当日办理作废并换发。",
    )
    return typeset(form, at=at).pdf
