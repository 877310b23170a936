"""The register is append-only but for the state; running numbers only grow; buckets need no log."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION certificates_certificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_jsonb(NEW) - 'state' IS DISTINCT FROM to_jsonb(OLD) - 'state' THEN
        RAISE EXCEPTION 'certificates: only the state of % may change', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'revoked' AND NEW.state <> 'revoked' THEN
        RAISE EXCEPTION 'certificates: % was revoked for good', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE FUNCTION certificates_counter_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.last < OLD.last OR (NEW.regime, NEW.year, NEW.body_code, NEW.level)
        IS DISTINCT FROM (OLD.regime, OLD.year, OLD.body_code, OLD.level) THEN
        RAISE EXCEPTION 'certificates: running numbers only grow' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER certificates_certificate_guard BEFORE UPDATE ON certificates_certificate
    FOR EACH ROW EXECUTE FUNCTION certificates_certificate_guard();
CREATE TRIGGER certificates_certificate_kept BEFORE DELETE ON certificates_certificate
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_certificate_kept_whole BEFORE TRUNCATE ON certificates_certificate
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_counter_guard BEFORE UPDATE ON certificates_counter
    FOR EACH ROW EXECUTE FUNCTION certificates_counter_guard();
CREATE TRIGGER certificates_counter_kept BEFORE DELETE ON certificates_counter
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_copy_kept BEFORE UPDATE OR DELETE ON certificates_copy
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_copy_kept_whole BEFORE TRUNCATE ON certificates_copy
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_statuschange_kept BEFORE UPDATE OR DELETE ON certificates_statuschange
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER certificates_statuschange_kept_whole BEFORE TRUNCATE ON certificates_statuschange
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
ALTER TABLE certificates_bucket SET UNLOGGED;
"""

UNDO = """
ALTER TABLE certificates_bucket SET LOGGED;
DROP TRIGGER certificates_statuschange_kept_whole ON certificates_statuschange;
DROP TRIGGER certificates_statuschange_kept ON certificates_statuschange;
DROP TRIGGER certificates_copy_kept_whole ON certificates_copy;
DROP TRIGGER certificates_copy_kept ON certificates_copy;
DROP TRIGGER certificates_counter_kept ON certificates_counter;
DROP TRIGGER certificates_counter_guard ON certificates_counter;
DROP TRIGGER certificates_certificate_kept_whole ON certificates_certificate;
DROP TRIGGER certificates_certificate_kept ON certificates_certificate;
DROP TRIGGER certificates_certificate_guard ON certificates_certificate;
DROP FUNCTION certificates_counter_guard();
DROP FUNCTION certificates_certificate_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0001_initial"), ("outbox", "0001_cluster")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
