"""A certificate whose result was re-scored to a fail after the award: it stays, and the office is told."""

from __future__ import annotations

import pytest

from kaogong.certificates import selectors
from kaogong.certificates.models import Certificate
from kaogong.scoring.models import Result
from tests.support.cast import officer
from tests.support.certificates import make_certificate
from tests.support.doors import browser

pytestmark = pytest.mark.django_db
WORDS = "现行成绩已不合格"


def fail_afterwards(certificate: Certificate) -> None:
    """What a re-scoring that may take passes leaves behind."""
    old = Result.objects.get(pk=certificate.result_id)
    Result.objects.filter(pk=old.pk).update(state="superseded")
    Result.objects.create(
        registration_id=old.registration_id,
        region_code=old.region_code,
        version=old.version + 1,
        parts=old.parts,
        is_passed=False,
        clause=old.clause,
        state="final",
        drafted_at=old.drafted_at,
        published_at=old.published_at,
        recheck_until=old.recheck_until,
        supersedes=old,
    )


def test_the_office_is_told_and_nothing_else_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    certificate = make_certificate()
    client = browser(monkeypatch, officer("certificates.see", region=""))
    path = f"/office/certificates/{certificate.pk}/"
    assert WORDS not in client.get(path).content.decode()
    assert not selectors.has_lost_its_pass(certificate)
    fail_afterwards(certificate)
    assert selectors.has_lost_its_pass(certificate)
    assert WORDS in client.get(path).content.decode()
    assert Certificate.objects.get(pk=certificate.pk).state == certificate.state
