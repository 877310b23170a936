"""Objections to questions, the disputes that they open, and the rulings: a ruling stays as it was given."""

import django.db.models.deletion
import kaogong.foundation.kernel.ids
from django.db import migrations, models


GUARDS = """
CREATE TRIGGER scoring_objection_kept BEFORE UPDATE OR DELETE ON scoring_objection
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();

CREATE FUNCTION scoring_dispute_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'scoring: disputes are kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.round_id <> OLD.round_id OR NEW.version_id <> OLD.version_id OR (OLD.state <> 'open' AND (
        NEW.effect <> OLD.effect OR NEW.reason <> OLD.reason OR NEW.decided_by IS DISTINCT FROM OLD.decided_by
        OR NEW.decided_at <> OLD.decided_at OR NEW.state = 'open'
        OR (OLD.state <> 'upheld' AND (NEW.state <> OLD.state OR NEW.counts <> OLD.counts))
    )) THEN
        RAISE EXCEPTION 'scoring: a ruling stays as it was given' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER scoring_dispute_kept BEFORE UPDATE OR DELETE ON scoring_dispute
    FOR EACH ROW EXECUTE FUNCTION scoring_dispute_guard();
"""

UNDO = """
DROP TRIGGER scoring_dispute_kept ON scoring_dispute;
DROP FUNCTION scoring_dispute_guard();
DROP TRIGGER scoring_objection_kept ON scoring_objection;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('delivery', '0004_longer_answers'),
        ('itembank', '0005_blueprint_norm'),
        ('scoring', '0002_guards'),
        ('sittings', '0002_guards'),
    ]

    operations = [
        migrations.CreateModel(
            name='Dispute',
            fields=[
                ('id', models.UUIDField(default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('number', models.CharField(max_length=40, unique=True, verbose_name='编号')),
                ('region_code', models.CharField(max_length=6)),
                ('state', models.CharField(choices=[('open', '待裁定'), ('dismissed', '异议不成立'), ('upheld', '异议成立，待重新评分'), ('rescored', '已重新评分')], default='open', max_length=20)),
                ('opened_at', models.DateTimeField(verbose_name='提出时间')),
                ('answer_until', models.DateField(verbose_name='裁定期限')),
                ('effect', models.CharField(blank=True, choices=[('key', '更正答案'), ('several', '几个答案都算对'), ('full', '全体给分'), ('removed', '不计此题，其余按比例折算')], max_length=10, verbose_name='处理办法')),
                ('answers_sealed', models.BinaryField(default=b'', verbose_name='裁定的答案（密文）')),
                ('reason', models.CharField(blank=True, max_length=600, verbose_name='裁定理由')),
                ('clause', models.CharField(blank=True, max_length=120, verbose_name='依据')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='裁定时间')),
                ('decided_by', models.UUIDField(blank=True, null=True)),
                ('decided_by_name', models.CharField(blank=True, max_length=100, verbose_name='裁定人')),
                ('rescored_at', models.DateTimeField(blank=True, null=True, verbose_name='重新评分时间')),
                ('rescored_by_name', models.CharField(blank=True, max_length=100, verbose_name='重新评分人')),
                ('counts', models.JSONField(default=dict, verbose_name='影响人数')),
                ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='sittings.round')),
                ('version', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='itembank.itemversion')),
            ],
        ),
        migrations.CreateModel(
            name='Objection',
            fields=[
                ('id', models.UUIDField(default=kaogong.foundation.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('shown_as', models.PositiveSmallIntegerField(verbose_name='考生所见题号')),
                ('kind', models.CharField(choices=[('key', '答案有误'), ('two', '不止一个正确答案'), ('unclear', '题意不清'), ('syllabus', '超出考试范围'), ('print', '图片或文字缺损')], max_length=10, verbose_name='异议类型')),
                ('text', models.CharField(max_length=400, verbose_name='说明')),
                ('is_official', models.BooleanField(default=False, verbose_name='考务人员提出')),
                ('filed_at', models.DateTimeField(verbose_name='提出时间')),
                ('filed_by', models.CharField(max_length=64)),
                ('filed_by_name', models.CharField(blank=True, max_length=100, verbose_name='提出人')),
                ('attempt', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='delivery.attempt')),
                ('dispute', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='scoring.dispute')),
            ],
        ),
        migrations.AddIndex(
            model_name='dispute',
            index=models.Index(fields=['region_code', 'state'], name='scoring_dis_region__64b9b1_idx'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.UniqueConstraint(fields=('round', 'version'), name='one_dispute_of_a_question_in_a_round'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('state', 'open'), models.Q(('decided_at__isnull', False), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='decided_dispute_is_stamped'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'dismissed']), models.Q(('effect', ''), _negated=True), _connector='OR'), name='upheld_dispute_has_an_effect'),
        ),
        migrations.AddConstraint(
            model_name='dispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'rescored'), _negated=True), ('rescored_at__isnull', False), _connector='OR'), name='rescored_dispute_is_stamped'),
        ),
        migrations.AddIndex(
            model_name='objection',
            index=models.Index(fields=['attempt'], name='scoring_obj_attempt_acaf9e_idx'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.UniqueConstraint(fields=('dispute', 'attempt', 'is_official'), name='one_objection_to_a_question_by_each'),
        ),
        migrations.AddConstraint(
            model_name='objection',
            constraint=models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='objection_says_something'),
        ),
        migrations.RunSQL(GUARDS, UNDO),
    ]
