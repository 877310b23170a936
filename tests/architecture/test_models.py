"""Django's strings escape the import graph: here foreign keys are made to point upstream and to leave no handle."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.conf import settings
from django.db import models

ORDER = [*settings.FOUNDATION, *settings.RIVER]
OURS = [model for label in ORDER for model in apps.get_app_config(label).get_models()]


def _foreign_keys(model: type[models.Model]) -> list[models.ForeignKey[models.Model, models.Model]]:
    return [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
class TestForeignKeys:
    def test_point_upstream(self, model: type[models.Model]) -> None:
        for field in _foreign_keys(model):
            target = field.related_model._meta.app_label
            assert ORDER.index(target) <= ORDER.index(model._meta.app_label), f"{field} points downstream"

    def test_leave_no_handle(self, model: type[models.Model]) -> None:
        handles = [
            field.name for field in _foreign_keys(model) if not str(field.remote_field.related_name or "").endswith("+")
        ]
        assert handles == []

    def test_never_cascade(self, model: type[models.Model]) -> None:
        loose = [field.name for field in _foreign_keys(model) if field.remote_field.on_delete is not models.PROTECT]
        assert loose == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_row_can_name_itself(model: type[models.Model]) -> None:
    assert "__str__" in vars(model)
