from __future__ import annotations

import pytest

from kaogong.foundation.identity.models import Person
from kaogong.foundation.kernel.actors import Actor
from tests.support.cast import officer
from tests.support.identity import make_person

POWERS = ("persons.enter", "persons.see", "persons.correct", "persons.merge", "persons.reveal")


@pytest.fixture
def registrar() -> Actor:
    """An officer of Nanjing with every power over persons."""
    return officer(*POWERS, region="3201")


@pytest.fixture
def person(db: None) -> Person:
    """A candidate of Nanjing."""
    return make_person(name="孙悟", phone="13812345678", mail="sun@example.org")
