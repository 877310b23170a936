"""Whom the notices about a registration or a sitting reach."""

from __future__ import annotations

import pytest

from kaogong.foundation.kernel.ids import uuid7
from kaogong.foundation.notices import hooks
from kaogong.registration import services
from tests.support.cast import candidate
from tests.support.registration import APPLYING, make_submitted
from tests.support.sittings import announced_sitting

pytestmark = pytest.mark.django_db


def test_what_concerns_a_registration_reaches_its_candidate() -> None:
    registration = make_submitted(announced_sitting())

    assert hooks.recipients_of("scoring.result_published", {"registration_id": str(registration.pk)}) == [
        registration.person_id
    ]


def test_what_concerns_a_sitting_reaches_everybody_whose_application_stands() -> None:
    sitting = announced_sitting()
    staying, leaving = make_submitted(sitting), make_submitted(sitting)
    services.withdraw(
        actor=candidate(leaving.person_id),
        at=APPLYING,
        registration_id=leaving.pk,
        reason="不考了",
    )

    assert hooks.recipients_of("sittings.moved", {"sitting_id": str(sitting.pk)}) == [staying.person_id]


def test_what_concerns_nobody_known_reaches_nobody() -> None:
    assert hooks.recipients_of("sittings.moved", {"sitting_id": str(uuid7())}) == []
