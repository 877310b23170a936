"""What markers gave written answers: one mark a marker, appended and never changed."""

import django.db.models.deletion
import kaogong.foundation.kernel.ids
from django.db import migrations, models


GUARDS = """
CREATE TRIGGER scoring_handmark_kept BEFORE UPDATE OR DELETE ON scoring_handmark
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER scoring_handmark_kept_whole BEFORE TRUNCATE ON scoring_handmark
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
"""
UNDO = """
DROP TRIGGER scoring_handmark_kept_whole ON scoring_handmark;
DROP TRIGGER scoring_handmark_kept ON scoring_handmark;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0004_longer_answers'),
        ("scoring", "0003_objections"),
    ]

    operations = [
        migrations.CreateModel(
            name='HandMark',
            fields=[
                ('id', models.UUIDField(default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('position', models.PositiveSmallIntegerField(verbose_name='题序')),
                ('turn', models.PositiveSmallIntegerField(verbose_name='第几评')),
                ('marks', models.JSONField(verbose_name='各要点得分')),
                ('total', models.DecimalField(decimal_places=4, max_digits=7, verbose_name='合计')),
                ('marker_key', models.CharField(max_length=64)),
                ('marked_by_name', models.CharField(max_length=100, verbose_name='阅卷人')),
                ('marked_at', models.DateTimeField()),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delivery.attempt')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('attempt', 'position', 'turn'), name='hand_mark_turn_once'), models.UniqueConstraint(fields=('attempt', 'position', 'marker_key'), name='hand_mark_once_a_marker'), models.CheckConstraint(condition=models.Q(('turn__gte', 1), ('turn__lte', 3)), name='hand_mark_turn_1_to_3'), models.CheckConstraint(condition=models.Q(('total__gte', 0), ('total__lte', 100)), name='hand_mark_0_to_100')],
            },
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
