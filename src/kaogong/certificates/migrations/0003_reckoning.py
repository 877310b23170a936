"""What each body reckoned to be out of its counters after a restore; append-only."""

import django.db.models.deletion
import django.db.models.expressions
import kaogong.foundation.kernel.ids
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER certificates_reckoning_kept BEFORE UPDATE OR DELETE ON certificates_reckoning
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_reckoning_kept_whole BEFORE TRUNCATE ON certificates_reckoning
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
"""
UNDO = """
DROP TRIGGER certificates_reckoning_kept_whole ON certificates_reckoning;
DROP TRIGGER certificates_reckoning_kept ON certificates_reckoning;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("certificates", "0002_guards"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Reckoning",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("restore_id", models.UUIDField(editable=False)),
                ("restored_at", models.DateTimeField(verbose_name="恢复时间")),
                ("regime", models.CharField(max_length=20)),
                ("year", models.PositiveSmallIntegerField()),
                ("body_code", models.CharField(max_length=13)),
                ("level", models.PositiveSmallIntegerField()),
                ("first", models.PositiveIntegerField(verbose_name="起")),
                ("last", models.PositiveIntegerField(verbose_name="止")),
                ("basis", models.CharField(max_length=300, verbose_name="依据")),
                ("region_code", models.CharField(blank=True, max_length=6)),
                ("reckoned_at", models.DateTimeField(verbose_name="清点时间")),
                ("reckoned_by", models.CharField(max_length=100, verbose_name="经办人")),
                (
                    "body",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        fields=["regime", "year", "body_code", "level", "restore_id"], name="reckoning_by_counter"
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("first__gte", 1),
                            (
                                "last__gte",
                                django.db.models.expressions.CombinedExpression(
                                    models.F("first"), "-", models.Value(1)
                                ),
                            ),
                        ),
                        name="reckoning_never_goes_back",
                    )
                ],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
