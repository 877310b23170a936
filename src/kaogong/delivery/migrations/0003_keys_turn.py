"""A delivered paper's decryption key may be sealed anew under another of our keys, released or not; nothing else of it."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION delivery_papercopy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected delivery_papercopy;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        expected := OLD;
        expected.key_sealed := NEW.key_sealed;
        IF expected IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
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
"""

BEFORE = """
CREATE OR REPLACE FUNCTION delivery_papercopy_guard() RETURNS trigger LANGUAGE plpgsql AS $$
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
"""


class Migration(migrations.Migration):
    dependencies = [("delivery", "0002_guards")]

    operations = [migrations.RunSQL(GUARD, BEFORE)]
