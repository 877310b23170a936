"""The trail and its seals are append-only; nobody writes a line on behalf of another transaction."""

from django.db import migrations

GUARDS = """
CREATE FUNCTION audit_entry_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.cluster <> kaogong_cluster() OR NEW.transaction <> pg_current_xact_id()::text::bigint THEN
        RAISE EXCEPTION 'audit: a line belongs to the transaction that writes it'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER audit_entry_guard BEFORE INSERT ON audit_trailentry
    FOR EACH ROW EXECUTE FUNCTION audit_entry_guard();
CREATE TRIGGER audit_entry_kept BEFORE UPDATE OR DELETE ON audit_trailentry
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER audit_entry_kept_whole BEFORE TRUNCATE ON audit_trailentry
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER audit_seal_kept BEFORE UPDATE OR DELETE ON audit_seal
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER audit_seal_kept_whole BEFORE TRUNCATE ON audit_seal
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER audit_check_kept BEFORE UPDATE OR DELETE ON audit_check
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER audit_check_kept_whole BEFORE TRUNCATE ON audit_check
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
"""

UNDO = """
DROP TRIGGER audit_check_kept_whole ON audit_check;
DROP TRIGGER audit_check_kept ON audit_check;
DROP TRIGGER audit_seal_kept_whole ON audit_seal;
DROP TRIGGER audit_seal_kept ON audit_seal;
DROP TRIGGER audit_entry_kept_whole ON audit_trailentry;
DROP TRIGGER audit_entry_kept ON audit_trailentry;
DROP TRIGGER audit_entry_guard ON audit_trailentry;
DROP FUNCTION audit_entry_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial"), ("outbox", "0001_cluster")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
