"""Running numbers from a sequence, and what was verified on the day of admission stays as it was."""

from django.db import migrations

NUMBERS = "CREATE SEQUENCE registration_number_seq AS bigint MINVALUE 1 MAXVALUE 99999999 CYCLE"
NO_NUMBERS = "DROP SEQUENCE registration_number_seq"

FIXED = """
CREATE FUNCTION registration_stays_as_admitted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.number <> NEW.number OR OLD.person_id <> NEW.person_id OR OLD.sitting_id <> NEW.sitting_id
       OR OLD.round_id <> NEW.round_id THEN
        RAISE EXCEPTION 'registration %: number, person and sitting never change', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.state = 'admitted' AND (
        OLD.printed_name <> NEW.printed_name OR OLD.parts <> NEW.parts OR OLD.condition_code <> NEW.condition_code
        OR OLD.claim <> NEW.claim OR OLD.verdict <> NEW.verdict OR OLD.fee <> NEW.fee
        OR OLD.photo IS DISTINCT FROM NEW.photo
    ) THEN
        RAISE EXCEPTION 'registration %: what was admitted stays as it was', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF OLD.paid_at IS NOT NULL AND (
        OLD.paid_at IS DISTINCT FROM NEW.paid_at OR OLD.receipt_number <> NEW.receipt_number
    ) THEN
        RAISE EXCEPTION 'registration %: a collected fee stays as it was', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registration_stays_as_admitted BEFORE UPDATE ON registration_registration
    FOR EACH ROW EXECUTE FUNCTION registration_stays_as_admitted();
"""
LOOSE = """
DROP TRIGGER registration_stays_as_admitted ON registration_registration;
DROP FUNCTION registration_stays_as_admitted();
"""


class Migration(migrations.Migration):
    dependencies = [("registration", "0001_initial")]
    operations = [migrations.RunSQL(NUMBERS, NO_NUMBERS), migrations.RunSQL(FIXED, LOOSE)]
