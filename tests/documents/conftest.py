"""The cast of the paper tests: every filled form, typeset once for the whole run."""

from __future__ import annotations

import pytest
from tests.documents.examples import every_form
from tests.documents.reading import MOMENT

from kaogong.foundation.documents.typesetting import Document, typeset


@pytest.fixture(scope="session")
def papers() -> dict[str, Document]:
    return {name: typeset(form, at=MOMENT) for name, form in every_form().items()}
