"""Shelves counted after a restore; append-only."""

import django.db.models.deletion
import kaogong.foundation.kernel.ids
from django.db import migrations, models

GUARDS = """
CREATE TRIGGER blanks_stockcount_kept BEFORE UPDATE OR DELETE ON blanks_stockcount
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER blanks_stockcount_kept_whole BEFORE TRUNCATE ON blanks_stockcount
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
"""
UNDO = """
DROP TRIGGER blanks_stockcount_kept_whole ON blanks_stockcount;
DROP TRIGGER blanks_stockcount_kept ON blanks_stockcount;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("blanks", "0002_guards"),
        ("organisations", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="StockCount",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("restore_id", models.UUIDField(editable=False)),
                ("counted", models.PositiveIntegerField(verbose_name="盘点数")),
                ("missing", models.PositiveIntegerField(verbose_name="账多实少")),
                ("basis", models.CharField(max_length=200, verbose_name="盘点情况")),
                ("region_code", models.CharField(blank=True, max_length=6)),
                ("counted_at", models.DateTimeField(verbose_name="盘点时间")),
                ("counted_by", models.CharField(max_length=100, verbose_name="经办人")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blanks.series"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["organisation", "restore_id"], name="count_by_body")],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
