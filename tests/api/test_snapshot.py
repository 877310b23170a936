"""The committed OpenAPI document is the one that the code gives."""

from __future__ import annotations

from kaogong.api import docs


def test_the_snapshot_is_fresh() -> None:
    assert docs.SNAPSHOT.read_text(encoding="utf-8") == docs.snapshot(), "run: python -m kaogong.api"


def test_every_operation_has_words_and_an_example() -> None:
    found = list(docs.operations(docs.schema(), "https://kaogong.example"))
    assert [operation.anchor for operation in found] == [
        "searchOccupations",
        "occupation",
        "listRounds",
        "round",
        "verifyCertificate",
    ]
    assert all(operation.text and operation.example.startswith("curl ") for operation in found)
