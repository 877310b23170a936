"""What happened in a room stays as it was: answers, sheets and incidents are appended, sealed attempts take nothing."""

from django.db import migrations

TABLES = ("delivery_answer", "delivery_scoresheet", "delivery_incident", "delivery_taskdraw", "delivery_closing")

GUARDS = """
CREATE FUNCTION delivery_answer_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT state FROM delivery_attempt WHERE id = NEW.attempt_id) IS DISTINCT FROM 'started' THEN
        RAISE EXCEPTION 'delivery: an attempt takes answers only while it is under way'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER delivery_answer_in_time BEFORE INSERT ON delivery_answer
    FOR EACH ROW EXECUTE FUNCTION delivery_answer_guard();

CREATE FUNCTION delivery_attempt_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state = 'sealed'
        OR (OLD.answers_digest <> '' AND NEW.answers_digest <> OLD.answers_digest)
        OR (OLD.answers_digest <> '' AND NEW.receipt <> OLD.receipt)
        OR NEW.seat_id <> OLD.seat_id OR NEW.registration_id <> OLD.registration_id OR NEW.part_id <> OLD.part_id
    THEN
        RAISE EXCEPTION 'delivery: a sealed attempt and a receipt stay as they are'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER delivery_attempt_kept BEFORE UPDATE OR DELETE ON delivery_attempt
    FOR EACH ROW EXECUTE FUNCTION delivery_attempt_guard();

CREATE FUNCTION delivery_papercopy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.released_at IS NOT NULL
        OR NEW.content_sealed <> OLD.content_sealed OR NEW.digest <> OLD.digest
        OR NEW.part_id <> OLD.part_id OR NEW.paper_id <> OLD.paper_id OR NEW.wave <> OLD.wave
    THEN
        RAISE EXCEPTION 'delivery: a delivered paper stays as it was sealed'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER delivery_papercopy_kept BEFORE UPDATE OR DELETE ON delivery_papercopy
    FOR EACH ROW EXECUTE FUNCTION delivery_papercopy_guard();
"""

UNDO = """
DROP TRIGGER delivery_papercopy_kept ON delivery_papercopy;
DROP FUNCTION delivery_papercopy_guard();
DROP TRIGGER delivery_attempt_kept ON delivery_attempt;
DROP FUNCTION delivery_attempt_guard();
DROP TRIGGER delivery_answer_in_time ON delivery_answer;
DROP FUNCTION delivery_answer_guard();
"""


def kept(table: str) -> migrations.RunSQL:
    """Rows of the table are never changed, deleted or truncated."""
    return migrations.RunSQL(
        f"""
        CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table}
            FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
        CREATE TRIGGER {table}_kept_whole BEFORE TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
        """,
        f"DROP TRIGGER {table}_kept_whole ON {table}; DROP TRIGGER {table}_kept ON {table};",
    )


class Migration(migrations.Migration):
    dependencies = [("delivery", "0001_initial"), ("outbox", "0001_cluster")]

    operations = [migrations.RunSQL(GUARDS, UNDO), *map(kept, TABLES)]
