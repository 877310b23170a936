"""Cards stand as granted, the diary and the relations are never emptied: only states, hours and ends may change."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE FUNCTION personnel_record_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% stands as it was recorded: %', TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER card_stands BEFORE UPDATE OR DELETE ON personnel_card
    FOR EACH ROW EXECUTE FUNCTION personnel_record_stands('state', 'state_reason');
CREATE TRIGGER duty_stands BEFORE UPDATE OR DELETE ON personnel_duty
    FOR EACH ROW EXECUTE FUNCTION personnel_record_stands('starts_at', 'ends_at', 'cancelled_at');
CREATE TRIGGER relation_stands BEFORE UPDATE OR DELETE ON personnel_relation
    FOR EACH ROW EXECUTE FUNCTION personnel_record_stands('until');
"""

UNDO = """
DROP TRIGGER card_stands ON personnel_card;
DROP TRIGGER duty_stands ON personnel_duty;
DROP TRIGGER relation_stands ON personnel_relation;
DROP FUNCTION personnel_record_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("personnel", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, UNDO)]
