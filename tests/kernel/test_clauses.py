from __future__ import annotations

import pytest

from kaogong.foundation.kernel.clauses import Clause


def test_reads_what_it_writes() -> None:
    clause = Clause("labour-1993-134", "15")
    assert Clause.parse(str(clause)) == clause


@pytest.mark.parametrize("text", ["", "labour", "labour/", "/15"])
def test_refuses_half_a_clause(text: str) -> None:
    with pytest.raises(ValueError, match="not a clause"):
        Clause.parse(text)
