"""What was announced is fixed: days may move, places be claimed, states change; the offer itself stays as it was read."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE FUNCTION sittings_round_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.announced_at IS NULL THEN
        RETURN COALESCE(NEW, OLD);
    END IF;
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'an announced round is fixed: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION sittings_offer_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    row_ jsonb := CASE WHEN TG_OP = 'INSERT' THEN to_jsonb(NEW) ELSE to_jsonb(OLD) END;
    round_ uuid;
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    round_ := CASE TG_TABLE_NAME
        WHEN 'sittings_sitting' THEN (row_ ->> 'round_id')::uuid
        WHEN 'sittings_sittingpart' THEN
            (SELECT s.round_id FROM sittings_sitting s WHERE s.id = (row_ ->> 'sitting_id')::uuid)
        ELSE (SELECT s.round_id FROM sittings_sitting s JOIN sittings_sittingpart p ON p.sitting_id = s.id
              WHERE p.id = (row_ ->> 'part_id')::uuid)
    END;
    IF EXISTS (SELECT 1 FROM sittings_round r WHERE r.id = round_ AND r.announced_at IS NOT NULL) THEN
        RAISE EXCEPTION 'the offer of an announced round is fixed: % %', TG_TABLE_NAME, row_ ->> 'id'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN COALESCE(NEW, OLD);
END $$;

CREATE FUNCTION sittings_move_is_history() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a move of a sitting is history: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER round_is_fixed BEFORE UPDATE OR DELETE ON sittings_round
    FOR EACH ROW EXECUTE FUNCTION sittings_round_is_fixed('state', 'state_reason');
CREATE TRIGGER sitting_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON sittings_sitting
    FOR EACH ROW EXECUTE FUNCTION sittings_offer_is_fixed('claimed', 'state', 'state_reason', 'held_on');
CREATE TRIGGER sitting_part_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON sittings_sittingpart
    FOR EACH ROW EXECUTE FUNCTION sittings_offer_is_fixed('starts_at', 'ends_at');
CREATE TRIGGER sitting_room_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON sittings_sittingroom
    FOR EACH ROW EXECUTE FUNCTION sittings_offer_is_fixed('period', 'is_live');
CREATE TRIGGER sitting_move_is_history BEFORE UPDATE OR DELETE ON sittings_sittingmove
    FOR EACH ROW EXECUTE FUNCTION sittings_move_is_history();
"""

UNDO = """
DROP TRIGGER sitting_move_is_history ON sittings_sittingmove;
DROP TRIGGER sitting_room_is_fixed ON sittings_sittingroom;
DROP TRIGGER sitting_part_is_fixed ON sittings_sittingpart;
DROP TRIGGER sitting_is_fixed ON sittings_sitting;
DROP TRIGGER round_is_fixed ON sittings_round;
DROP FUNCTION sittings_move_is_history();
DROP FUNCTION sittings_offer_is_fixed();
DROP FUNCTION sittings_round_is_fixed();
"""


class Migration(migrations.Migration):
    dependencies = [("sittings", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, UNDO)]
