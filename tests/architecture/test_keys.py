"""Whatever a key is behind declares itself, so that a rotation finds it and forgets none."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

import kaogong
from kaogong.foundation.signing import custody
from kaogong.foundation.signing.fields import DigestField, SealedField

ROOT = Path(kaogong.__file__).parent
OURS = [model for label in (*settings.FOUNDATION, *settings.RIVER) for model in apps.get_app_config(label).get_models()]
# Bytes that no ring is behind.
NOT_SEALED = {
    "audit.TrailEntry.signature",
    "audit.Seal.leaf_hashes",
    "audit.Seal.root",
    "audit.Seal.signature",
    "certificates.Certificate.signature",
    "certificates.StatusChange.signature",
    "delivery.PaperCopy.content_sealed",  # under a key of its own, which `key_sealed` keeps
    "itembank.Paper.signature",
    "registration.Registration.photo",
}
# Digests that pass away, or are printed, or only compared within one run: each with why it need not move.
NOT_KEPT = {
    "access.failed-attempts": "a count of failures, cleared after half an hour",
    "certificates.network": "a bucket of questions, full again within minutes",
    "certificates.scan": "printed in the code on a certificate; asked under every key",
    "delivery.entry-address": "a count of tries, past after a pause",
    "delivery.entry-ticket": "a count of tries, past after a pause",
    "delivery.room-code": "made anew each span of time",
    "scoring.script": "the address of an answer without a name, reckoned anew for each page",
    "itembank.key": "names an answer key in a report, compared with nothing",
}
KEYED = {"keyed", "keyed_by_all"}


def columns() -> Iterator[tuple[str, models.Field[object, object]]]:
    for model in OURS:
        for field in model._meta.local_fields:
            yield f"{model._meta.label}.{field.name}", field


def test_bytes_are_sealed_by_a_field_that_says_so() -> None:
    bytes_ = {name for name, field in columns() if isinstance(field, models.BinaryField)}
    sealed = {name for name, field in columns() if isinstance(field, SealedField)}
    assert bytes_ - sealed == NOT_SEALED


def test_every_sealed_column_says_what_it_is_bound_to() -> None:
    row = type("Row", (), {"pk": 7, "part_id": 8, "not_before": import_module("datetime").datetime.now().astimezone()})
    contexts = [field.context_of(row()) for _name, field in columns() if isinstance(field, SealedField)]
    assert all(":7" in each and not each.startswith(":") for each in contexts)
    assert len(set(contexts)) == len(contexts)


def test_every_digest_that_moves_has_its_source() -> None:
    for name, field in columns():
        if isinstance(field, DigestField) and not field.fixed:
            assert isinstance(field.model._meta.get_field(field.source), SealedField), name


def test_every_keyed_digest_is_kept_by_a_field_that_says_so() -> None:
    declared = {field.purpose for _name, field in columns() if isinstance(field, DigestField)}
    assert set(purposes()) - declared == set(NOT_KEPT)


def purposes() -> Iterator[str]:
    """The purposes of every keyed digest that our source makes."""
    for file in sorted(ROOT.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in KEYED:
                (purpose,) = [each.value for each in node.keywords if each.arg == "purpose"]
                if ast.unparse(purpose).endswith(("column.purpose", "each.purpose")):
                    continue  # custody itself, on behalf of a field
                dotted = ".".join(("kaogong", *file.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
                yield str(eval(ast.unparse(purpose), dict(vars(import_module(dotted)))))


@pytest.mark.parametrize("label", ["identity.Person", "access.Account", "mfa.Authenticator", "delivery.PaperCopy"])
def test_custody_knows_them(label: str) -> None:
    assert custody.holder(label).label == label
