"""The register's name changes only when the last entry of the certificate's history says from which to which."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION certificates_certificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last certificates_statuschange;
BEGIN
    IF to_jsonb(NEW) - 'state' - 'name' IS DISTINCT FROM to_jsonb(OLD) - 'state' - 'name' THEN
        RAISE EXCEPTION 'certificates: only the state of % may change', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.name <> OLD.name THEN
        SELECT * INTO last FROM certificates_statuschange
            WHERE certificate_id = OLD.id ORDER BY sequence DESC LIMIT 1;
        IF last.move IS DISTINCT FROM 'correct' OR last.facts->>'name' IS DISTINCT FROM NEW.name
            OR last.facts->>'name_before' IS DISTINCT FROM OLD.name THEN
            RAISE EXCEPTION 'certificates: the name of % changes only by a correction in its history', OLD.number
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    IF OLD.state = 'revoked' AND NEW.state <> 'revoked' THEN
        RAISE EXCEPTION 'certificates: % was revoked for good', OLD.number
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END
$$;
"""

UNDO = """
CREATE OR REPLACE FUNCTION certificates_certificate_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("certificates", "0003_reckoning")]

    operations = [migrations.RunSQL(GUARD, UNDO)]
