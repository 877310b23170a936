"""A certificate whose name was wrong: corrected under its number, on a new blank, on the strength of proof."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from kaogong.certificates import policies
from kaogong.certificates.events import CertificateCorrected
from kaogong.certificates.models import Certificate
from kaogong.certificates.selectors import register
from kaogong.certificates.services.changing import locked, print_anew, write
from kaogong.certificates.services.refusals import (
    CorrectedByOneself,
    NameUnprintable,
    NothingToCorrect,
    NoticeMissing,
    PaperUnknown,
)
from kaogong.certificates.states import CERTIFICATE
from kaogong.foundation.documents.fonts import missing_glyphs
from kaogong.foundation.kernel import trail
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.commands import command
from kaogong.foundation.outbox import announcing
from kaogong.regulations.selectors import provision


@command
def correct(*, actor: Actor, at: datetime, certificate_id: UUID, paper: str, notice: str = "") -> Certificate:
    """Put the holder's corrected legal name on the certificate: the same number, a new blank, the copy before void.

    The name and its proof are taken from `identity`, never typed here, and whoever corrected them there does not
    correct the certificate. `paper` is one of the provision's: `returned` writes the old blank off, `lost` needs the
    newspaper `notice`. Verification then answers to the new name, and to the old one as to any wrong name. Two at
    once: one corrects, the other has nothing to correct. Needs `certificates.replace` in the body that issued; refused
    for a suspended or revoked certificate.
    """
    certificate = locked(actor, certificate_id)
    policies.require_as_issuer(actor, "certificates.replace", certificate)
    state = CERTIFICATE.after("correct", certificate.state)
    renaming = register.renaming_of(certificate)
    if renaming is None:
        raise NothingToCorrect(name=certificate.name)
    if actor.account_id in renaming.account_ids:
        raise CorrectedByOneself
    if missing := missing_glyphs(renaming.new):
        raise NameUnprintable(glyphs="".join(missing))
    rule = provision("certificates.correction", on=timezone.localdate(at), region_code=certificate.region_code)
    how: Mapping[str, object] | None = rule.value.get(paper)
    if how is None:
        raise PaperUnknown(clause=rule.clause)
    if how.get("notice") and not notice.strip():
        raise NoticeMissing(clause=rule.clause)
    old, copy = print_anew(certificate, how, notice, actor=actor, at=at)
    proof = "；".join(renaming.documents)
    basis = "，".join(text for text in (proof, str(how["title"]), notice.strip()) if text)
    facts = {"blank": copy.blank_serial, "before": old.blank_serial, "remark": copy.remark}
    names = {"name": renaming.new, "name_before": renaming.old}
    # The history first: the table takes a new name only when its last entry says so.
    write(
        certificate,
        actor,
        move="correct",
        state=state,
        basis=basis,
        clause=str(rule.clause),
        facts=facts | names,
        at=at,
    )
    certificate.name = renaming.new
    certificate.save(update_fields=["name"])
    trail.record(
        actor=actor,
        action="certificates.corrected",
        target=certificate,
        attest=trail.Attest.AS_IT_IS,
        reason=basis,
        number=certificate.number,
        old_name=renaming.old,
        new_name=renaming.new,
        blank=copy.blank_serial,
        before=old.blank_serial,
    )
    announcing.announce(
        CertificateCorrected(
            region_code=certificate.region_code,
            certificate_id=certificate.pk,
            person_id=certificate.person_id,
            number=certificate.number,
            copy=copy.number,
        ),
        at=at,
    )
    return certificate
