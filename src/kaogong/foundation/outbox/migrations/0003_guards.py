"""An event is never changed; only its position is dealt, once. Nobody announces on behalf of another transaction."""

from django.db import migrations

GUARD = """
CREATE FUNCTION outbox_event_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    dealt outbox_outboxevent;
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.position IS NOT NULL OR NEW.cluster <> kaogong_cluster()
           OR NEW.transaction <> pg_current_xact_id()::text::bigint THEN
            RAISE EXCEPTION 'outbox: an event belongs to the transaction that announces it'
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
        RETURN NEW;
    END IF;
    dealt := OLD;
    dealt.position := NEW.position;
    IF OLD.position IS NULL AND NEW.position IS NOT NULL AND dealt IS NOT DISTINCT FROM NEW THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'outbox: an event is never changed' USING ERRCODE = 'integrity_constraint_violation';
END
$$;
CREATE TRIGGER outbox_event_guard BEFORE INSERT OR UPDATE ON outbox_outboxevent
    FOR EACH ROW EXECUTE FUNCTION outbox_event_guard();
CREATE TRIGGER outbox_event_kept BEFORE DELETE ON outbox_outboxevent
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER outbox_event_kept_whole BEFORE TRUNCATE ON outbox_outboxevent
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
"""

UNDO = """
DROP TRIGGER outbox_event_kept_whole ON outbox_outboxevent;
DROP TRIGGER outbox_event_kept ON outbox_outboxevent;
DROP TRIGGER outbox_event_guard ON outbox_outboxevent;
DROP FUNCTION outbox_event_guard();
"""


class Migration(migrations.Migration):
    dependencies = [("outbox", "0002_initial")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
