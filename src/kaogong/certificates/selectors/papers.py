"""Certificates and answers on paper, for those who may see them. The document number stays masked here."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_noop as _

from kaogong.certificates.forms import form_of
from kaogong.certificates.models import Certificate, Copy
from kaogong.certificates.selectors.register import certificate_for, own_certificate
from kaogong.certificates.selectors.verification import Verdict, address_of
from kaogong.foundation.documents.forms import Fact, HistoryEntry, Tone, VerificationReport
from kaogong.foundation.documents.typesetting import Document, typeset
from kaogong.foundation.identity import selectors as identity
from kaogong.foundation.kernel.actors import Actor
from kaogong.foundation.kernel.clauses import Clause
from kaogong.foundation.kernel.refusals import NotFound
from kaogong.registration import selectors as registration
from kaogong.regulations import selectors as regulations

OUTCOMES: dict[str, tuple[str, Tone, str]] = {
    "valid": (_("有效"), "done", _("登记的证书编号与姓名相符，证书在查询时有效。")),
    "suspended": (_("暂停使用"), "stopped", _("登记的证书编号与姓名相符，但证书在查询时已暂停使用。")),
    "revoked": (_("已撤销"), "stopped", _("登记的证书编号与姓名相符，但证书已被撤销，不再有效。")),
    "broken": (_("不能证实"), "stopped", _("登记内容与签名不符，可能被改动。请联系核发机构核实。")),
    "no_match": (_("未查到"), "waiting", _("没有查到与所填编号和姓名都相符的证书。")),
}
"""Word, tone and sentence of each outcome: said the same way on the page, on paper and by the API."""


def pdf(actor: Actor, certificate_id: UUID, *, site: str) -> Document:
    """A certificate within the actor's reach as it is printed now, the document number masked. Raises NotFound."""
    return _typeset(certificate_for(actor, certificate_id), site)


def own_pdf(actor: Actor, certificate_id: UUID, *, site: str) -> Document:
    """The holder's own electronic copy, the document number masked. Raises NotFound."""
    return _typeset(own_certificate(actor, certificate_id), site)


def last_copy(certificate: Certificate) -> Copy:
    """The booklet that is in force: the last one printed. Raises NotFound."""
    found = Copy.objects.filter(certificate=certificate).order_by("-number").first()
    if found is None:
        raise NotFound
    return found


def document_title(kind: str) -> str:
    """The kind of identity document in words."""
    return dict(identity.KINDS).get(kind, kind)


def report_pdf(verdict: Verdict, *, asked_name: str, site: str, report_number: str) -> Document:
    """The answer to a question as a paper to print and file: what was asked, what the register said, and the proof."""
    word, tone, sentence = OUTCOMES[verdict.outcome]
    form = VerificationReport(
        body="职业技能鉴定证书登记簿",
        report_number=report_number,
        verdict=word,
        tone=tone,
        explanation=sentence,
        verified_at=timezone.localtime(verdict.at),
        asked=(Fact(label="证书编号", value=verdict.number), Fact(label="姓名", value=asked_name)),
        certificate=_certificate_facts(verdict) if verdict.is_match else (),
        history=tuple(
            HistoryEntry(at=timezone.localtime(line.at), event=line.label, detail=_clause_words(line.clause))
            for line in verdict.history
        ),
        proofs=_proofs(verdict),
        notes=("本结果只说明查询时刻的登记状态。", "除以上内容外，不提供持证人的其他信息。"),
        qr=f"{site.rstrip('/')}/verify/",
    )
    return typeset(form, at=verdict.at)


def _certificate_facts(verdict: Verdict) -> tuple[Fact, ...]:
    issued = verdict.issued_on
    return (
        Fact(label="证书种类", value=verdict.kind),
        Fact(label="职业", value=f"{verdict.occupation}（{verdict.occupation_code}）"),
        Fact(label="等级", value=verdict.level_name),
        Fact(label="核发机构", value=verdict.issuer),
        Fact(label="鉴定机构", value=verdict.body),
        Fact(label="发证日期", value=f"{issued.year}年{issued.month}月{issued.day}日" if issued else ""),
    )


def _proofs(verdict: Verdict) -> tuple[Fact, ...]:
    if not verdict.is_match:
        return ()
    found = "与签名不符" if verdict.outcome == "broken" else "与核发时的签名一致"
    return (
        Fact(label="登记内容", value=found),
        Fact(label="签名密钥", value=f"{verdict.key_id}（Ed25519）"),
    )


def _clause_words(text: str) -> str:
    try:
        clause = Clause.parse(text)
    except ValueError:
        return ""
    found = regulations.clause(clause)
    return found.label if found else ""


def _typeset(certificate: Certificate, site: str) -> Document:
    form = form_of(
        certificate,
        last_copy(certificate),
        document_number=certificate.document_masked,
        document_title=document_title(certificate.document_kind),
        photo=registration.photos_of([certificate.registration_id]).get(certificate.registration_id),
        code_address=address_of(certificate, site=site),
        site=site,
    )
    return typeset(form, at=certificate.issued_at)
