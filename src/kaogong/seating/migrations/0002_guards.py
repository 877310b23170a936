"""Tickets are for good, and seats stay once tickets are published."""

from django.db import migrations

FIXED = """
CREATE FUNCTION seating_ticket_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ticket %: a published ticket is neither changed nor removed', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER seating_ticket_is_for_good BEFORE UPDATE OR DELETE ON seating_ticket
    FOR EACH ROW EXECUTE FUNCTION seating_ticket_is_for_good();

CREATE FUNCTION seating_seat_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM seating_ticket WHERE registration_id = OLD.registration_id) THEN
        RAISE EXCEPTION 'seat %: its ticket is published', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER seating_seat_stays BEFORE UPDATE OR DELETE ON seating_seat
    FOR EACH ROW EXECUTE FUNCTION seating_seat_stays();
"""
LOOSE = """
DROP TRIGGER seating_seat_stays ON seating_seat;
DROP FUNCTION seating_seat_stays();
DROP TRIGGER seating_ticket_is_for_good ON seating_ticket;
DROP FUNCTION seating_ticket_is_for_good();
"""


class Migration(migrations.Migration):
    dependencies = [("seating", "0001_initial")]
    operations = [migrations.RunSQL(FIXED, LOOSE)]
