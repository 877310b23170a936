"""An item version's stem digest may be made anew under another of our keys, as its content may be sealed anew."""

from django.db import migrations

GUARD = """
CREATE OR REPLACE FUNCTION itembank_itemversion_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected itembank_itemversion;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        expected := OLD;
        {moves}
        IF expected IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an item version is fixed: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
"""


def guard(*movable: str) -> str:
    """The guard under which only these columns may change."""
    return GUARD.format(moves=" ".join(f"expected.{column} := NEW.{column};" for column in movable))


class Migration(migrations.Migration):
    dependencies = [("itembank", "0002_guards")]

    operations = [migrations.RunSQL(guard("content_sealed", "stem_digest"), guard("content_sealed"))]
