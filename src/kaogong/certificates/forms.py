"""Certificates as papers: which field of the register stands where on the form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from kaogong.certificates.models import Certificate, Copy
from kaogong.certificates.rules import LEVEL_NAMES, LEVEL_NAMES_ENGLISH, QUALIFICATION
from kaogong.foundation.documents.forms import Certificate16, Certificate22, Form

SEXES = {"1": ("男", "Male"), "2": ("女", "Female")}


def form_of(
    certificate: Certificate,
    copy: Copy,
    *,
    document_number: str,
    document_title: str,
    photo: bytes | None,
    code_address: str,
    site: str,
) -> Form:
    """The form of a certificate by its regime, as the copy is printed; `document_number` may be masked."""
    if certificate.regime == QUALIFICATION.key:
        return _qualification(certificate, copy, document_number, photo, code_address)
    return Certificate22(
        name=certificate.name,
        id_kind=document_title,
        id_number=document_number,
        photo=photo,
        occupation=certificate.occupation_name,
        level=LEVEL_NAMES[certificate.level],
        level_english=LEVEL_NAMES_ENGLISH[certificate.level],
        certificate_number=certificate.number,
        blank_serial=copy.blank_serial,
        evaluation_body=certificate.issuer_name,
        site=certificate.body_name if certificate.body_id != certificate.issuer_id else "",
        issued_on=certificate.issued_on,
        verification_address=f"{site.rstrip('/')}/verify/",
        remark=copy.remark,
        qr=code_address,
    )


def mark_of(parts: Mapping[str, Any], part: str) -> Decimal | None:
    """The mark of one part, or None when the certificate has none."""
    found = parts.get(part, {}).get("mark")
    return Decimal(str(found)) if found not in {None, ""} else None


def sat_on(parts: Mapping[str, Any], part: str) -> date | None:
    """The day a part was sat, when it was carried over from an earlier sitting; else None."""
    found = parts.get(part, {}).get("sat_on")
    return date.fromisoformat(found) if found else None


def _qualification(
    certificate: Certificate, copy: Copy, document_number: str, photo: bytes | None, code_address: str
) -> Certificate16:
    sex, sex_english = SEXES.get(certificate.sex, (certificate.sex, ""))
    return Certificate16(
        name=certificate.name,
        sex=sex,
        sex_english=sex_english,
        born_on=certificate.born_on,
        id_number=document_number,
        photo=photo,
        occupation=certificate.occupation_name,
        level=LEVEL_NAMES[certificate.level],
        level_english=LEVEL_NAMES_ENGLISH[certificate.level],
        theory_mark=mark_of(certificate.parts, "theory"),
        practical_mark=mark_of(certificate.parts, "skill"),
        review_mark=mark_of(certificate.parts, "review"),
        theory_sat_on=sat_on(certificate.parts, "theory"),
        practical_sat_on=sat_on(certificate.parts, "skill"),
        review_sat_on=sat_on(certificate.parts, "review"),
        verdict="合格",
        certificate_number=certificate.number,
        blank_serial=copy.blank_serial,
        issuing_body=certificate.issuer_name,
        issued_on=certificate.issued_on,
        remark=copy.remark,
        qr=code_address,
    )
