"""Lists of applicants; papers say what they prove and whether they were looked at."""

import django.db.models.deletion
import kaogong.foundation.kernel.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisations", "0001_initial"),
        ("registration", "0002_guards"),
        ("sittings", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="RosterRow",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("line", models.PositiveIntegerField(verbose_name="行号")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="姓名")),
                ("document_masked", models.CharField(blank=True, max_length=30, verbose_name="证件号（掩码）")),
                ("content_sealed", models.BinaryField(null=True, verbose_name="内容（密文）")),
                (
                    "verdict",
                    models.CharField(
                        choices=[
                            ("waiting", "待核对"),
                            ("good", "可提交"),
                            ("warned", "可提交，有提示"),
                            ("refused", "不能提交"),
                        ],
                        default="waiting",
                        max_length=10,
                    ),
                ),
                ("problems", models.JSONField(default=list, verbose_name="不能提交的原因")),
                ("warnings", models.JSONField(default=list, verbose_name="提示")),
            ],
        ),
        migrations.AddField(
            model_name="evidence",
            name="proof",
            field=models.CharField(blank=True, max_length=30, verbose_name="材料类型"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="seen_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="查看时间"),
        ),
        migrations.AddField(
            model_name="evidence",
            name="seen_by_name",
            field=models.CharField(blank=True, max_length=60, verbose_name="查看人"),
        ),
        migrations.AlterField(
            model_name="evidence",
            name="registration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registration.registration",
            ),
        ),
        migrations.CreateModel(
            name="Roster",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_through", models.BooleanField(default=False, verbose_name="由院校或单位代报")),
                ("file_name", models.CharField(max_length=200, verbose_name="文件")),
                ("file_digest", models.CharField(max_length=64, verbose_name="文件摘要")),
                ("encoding", models.CharField(max_length=20, verbose_name="格式")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("reading", "核对中"),
                            ("staged", "待提交"),
                            ("committed", "已提交"),
                            ("discarded", "已放弃"),
                        ],
                        default="reading",
                        max_length=20,
                    ),
                ),
                ("total", models.PositiveIntegerField(verbose_name="行数")),
                ("staged_at", models.DateTimeField(verbose_name="上传时间")),
                ("staged_by", models.UUIDField(blank=True, null=True)),
                ("staged_by_name", models.CharField(blank=True, max_length=60, verbose_name="上传人")),
                ("committed_at", models.DateTimeField(blank=True, null=True, verbose_name="提交时间")),
                ("committed_by_name", models.CharField(blank=True, max_length=60, verbose_name="提交人")),
                ("discarded_at", models.DateTimeField(blank=True, null=True, verbose_name="放弃时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="organisations.organisation"
                    ),
                ),
                (
                    "sitting",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sittings.sitting"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="evidence",
            name="roster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registration.roster",
            ),
        ),
        migrations.AddField(
            model_name="registration",
            name="roster",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registration.roster",
            ),
        ),
        migrations.AddIndex(
            model_name="evidence",
            index=models.Index(fields=["roster"], name="registratio_roster__653ef9_idx"),
        ),
        migrations.AddConstraint(
            model_name="evidence",
            constraint=models.CheckConstraint(
                condition=models.Q(("registration__isnull", True), ("roster__isnull", True), _connector="XOR"),
                name="evidence_is_for_one_or_for_a_list",
            ),
        ),
        migrations.AddField(
            model_name="rosterrow",
            name="registration",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="registration.registration",
            ),
        ),
        migrations.AddField(
            model_name="rosterrow",
            name="roster",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registration.roster"
            ),
        ),
        migrations.AddIndex(
            model_name="roster",
            index=models.Index(fields=["organisation", "-staged_at"], name="registratio_organis_7024b4_idx"),
        ),
        migrations.AddConstraint(
            model_name="roster",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "committed"), _negated=True), ("committed_at__isnull", False), _connector="OR"
                ),
                name="roster_committed_is_stamped",
            ),
        ),
        migrations.AddConstraint(
            model_name="rosterrow",
            constraint=models.UniqueConstraint(fields=("roster", "line"), name="roster_line_once"),
        ),
    ]
