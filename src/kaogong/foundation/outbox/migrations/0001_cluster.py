"""What tables here and downstream lean on: the cluster's identity, the ordinals of events, and the append-only guard."""

from django.db import migrations

CLUSTER = """
-- pg_control_system() reads a file: once a session is enough.
CREATE FUNCTION kaogong_cluster() RETURNS bigint LANGUAGE plpgsql STABLE AS $$
DECLARE
    known text := current_setting('kaogong.cluster', true);
BEGIN
    IF known IS NULL OR known = '' THEN
        known := (SELECT system_identifier FROM pg_control_system());
        PERFORM set_config('kaogong.cluster', known, false);
    END IF;
    RETURN known::bigint;
END
$$;
COMMENT ON FUNCTION kaogong_cluster() IS 'Identity of this PostgreSQL cluster: transaction numbers mean something only within one';
"""

ORDINALS = "CREATE SEQUENCE outbox_ordinal AS bigint"

APPEND_ONLY = """
CREATE FUNCTION kaogong_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'integrity_constraint_violation';
END
$$;
COMMENT ON FUNCTION kaogong_append_only() IS 'Trigger: rows of this table are never changed, deleted or truncated';
"""


class Migration(migrations.Migration):
    dependencies = []

    operations = [
        migrations.RunSQL(CLUSTER, "DROP FUNCTION kaogong_cluster()"),
        migrations.RunSQL(ORDINALS, "DROP SEQUENCE outbox_ordinal"),
        migrations.RunSQL(APPEND_ONLY, "DROP FUNCTION kaogong_append_only()"),
    ]
