"""Marks are appended; a published result keeps what it said; a decided recheck stays decided."""

from django.db import migrations

GUARDS = """
CREATE TRIGGER scoring_mark_kept BEFORE UPDATE OR DELETE ON scoring_mark
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER scoring_mark_kept_whole BEFORE TRUNCATE ON scoring_mark
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();

CREATE FUNCTION scoring_result_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'scoring: results are kept' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state <> 'drafted' AND (
        NEW.parts <> OLD.parts OR NEW.is_passed <> OLD.is_passed OR NEW.clause <> OLD.clause
        OR NEW.published_at <> OLD.published_at OR NEW.registration_id <> OLD.registration_id
        OR NEW.version <> OLD.version OR NEW.state = 'drafted' OR (OLD.state = 'superseded' AND NEW.state <> OLD.state)
    ) THEN
        RAISE EXCEPTION 'scoring: a published result stays as it is; a correction is a new one'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER scoring_result_kept BEFORE UPDATE OR DELETE ON scoring_result
    FOR EACH ROW EXECUTE FUNCTION scoring_result_guard();

CREATE FUNCTION scoring_recheck_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'requested' THEN
        RAISE EXCEPTION 'scoring: a decided recheck stays as it is' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER scoring_recheck_kept BEFORE UPDATE OR DELETE ON scoring_recheck
    FOR EACH ROW EXECUTE FUNCTION scoring_recheck_guard();
"""

UNDO = """
DROP TRIGGER scoring_recheck_kept ON scoring_recheck;
DROP FUNCTION scoring_recheck_guard();
DROP TRIGGER scoring_result_kept ON scoring_result;
DROP FUNCTION scoring_result_guard();
DROP TRIGGER scoring_mark_kept_whole ON scoring_mark;
DROP TRIGGER scoring_mark_kept ON scoring_mark;
"""


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_initial"), ("outbox", "0001_cluster")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
