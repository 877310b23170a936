"""A published standard cannot change: triggers on the version and on everything that hangs on it."""

from __future__ import annotations

from django.db import migrations

CHILDREN = {
    "standards_function": "standard_id",
    "standards_weight": "standard_id",
    "standards_entrycondition": "standard_id",
    "standards_part": "standard_id",
    "standards_relatedoccupation": "standard_id",
    "standards_task": "(SELECT standard_id FROM standards_function WHERE id = row_.function_id)",
    "standards_statement": (
        "(SELECT f.standard_id FROM standards_task t JOIN standards_function f ON f.id = t.function_id"
        " WHERE t.id = row_.task_id)"
    ),
}

VERSION = """
CREATE FUNCTION standards_version_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected standards_standardversion;
BEGIN
    IF OLD.state = 'drafted' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'published' AND NEW.state = 'withdrawn' THEN
        expected := OLD;
        expected.state := NEW.state;
        expected.withdrawn_on := NEW.withdrawn_on;
        IF expected IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a published standard is fixed: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER standards_version_is_fixed BEFORE UPDATE OR DELETE ON standards_standardversion
    FOR EACH ROW EXECUTE FUNCTION standards_version_is_fixed();
"""

CHILD = """
CREATE FUNCTION {table}_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_ {table};
BEGIN
    IF TG_OP <> 'INSERT' THEN
        row_ := OLD;
        IF EXISTS (SELECT 1 FROM standards_standardversion WHERE id = {standard} AND state <> 'drafted') THEN
            RAISE EXCEPTION 'a published standard is fixed: {table} %', OLD.id USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    row_ := NEW;
    IF EXISTS (SELECT 1 FROM standards_standardversion WHERE id = {standard} AND state <> 'drafted') THEN
        RAISE EXCEPTION 'a published standard is fixed: {table} %', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_is_fixed();
"""


def guard(table: str, standard: str) -> migrations.RunSQL:
    """The trigger of one child table; `standard` says how its row finds its version."""
    found = standard if standard.startswith("(") else f"row_.{standard}"
    return migrations.RunSQL(
        CHILD.format(table=table, standard=found),
        f"DROP TRIGGER {table}_is_fixed ON {table}; DROP FUNCTION {table}_is_fixed();",
    )


class Migration(migrations.Migration):
    dependencies = [("standards", "0001_initial")]
    operations = [
        migrations.RunSQL(
            VERSION,
            "DROP TRIGGER standards_version_is_fixed ON standards_standardversion;"
            " DROP FUNCTION standards_version_is_fixed();",
        ),
        *(guard(table, standard) for table, standard in CHILDREN.items()),
    ]
