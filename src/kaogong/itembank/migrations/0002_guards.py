"""What is fixed stays fixed: approved blueprints, item versions, papers, practical tasks.

A sealed content may be sealed anew under another key (rotation), as long as its digest stays the same.
"""

from __future__ import annotations

from django.db import migrations

BLUEPRINT = """
CREATE FUNCTION itembank_blueprint_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected itembank_blueprint;
BEGIN
    IF OLD.state = 'drafted' THEN
        IF TG_OP = 'DELETE' THEN
            RETURN OLD;
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.state = 'approved' AND NEW.state = 'retired' THEN
        expected := OLD;
        expected.state := NEW.state;
        IF expected IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'an approved blueprint is fixed: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER itembank_blueprint_is_fixed BEFORE UPDATE OR DELETE ON itembank_blueprint
    FOR EACH ROW EXECUTE FUNCTION itembank_blueprint_is_fixed();
"""

CHILD = """
CREATE FUNCTION {table}_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND EXISTS (
        SELECT 1 FROM itembank_blueprint WHERE id = OLD.blueprint_id AND state <> 'drafted') THEN
        RAISE EXCEPTION 'an approved blueprint is fixed: {table} %', OLD.id USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN
        RETURN OLD;
    END IF;
    IF EXISTS (SELECT 1 FROM itembank_blueprint WHERE id = NEW.blueprint_id AND state <> 'drafted') THEN
        RAISE EXCEPTION 'an approved blueprint is fixed: {table} %', NEW.id USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER {table}_is_fixed BEFORE INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_is_fixed();
"""

SEALED = """
CREATE FUNCTION {table}_is_fixed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    expected {table};
BEGIN
    IF TG_OP = 'UPDATE' THEN
        expected := OLD;
        {movable}
        IF expected IS NOT DISTINCT FROM NEW THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION '{words}: %', OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER {table}_is_fixed BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION {table}_is_fixed();
"""

FIXED = {
    "itembank_itemversion": ("an item version is fixed", ["content_sealed"]),
    "itembank_practicaltask": ("a practical task is fixed", ["content_sealed"]),
    "itembank_paper": ("a paper is fixed", ["state", "voided_because"]),
    "itembank_paperitem": ("a paper is fixed", []),
}


def drop(table: str) -> str:
    """The reverse of a guard."""
    return f"DROP TRIGGER {table}_is_fixed ON {table}; DROP FUNCTION {table}_is_fixed();"


def sealed(table: str, words: str, movable: list[str]) -> migrations.RunSQL:
    """A guard under which only `movable` columns may change, and nothing may be deleted."""
    moves = " ".join(f"expected.{column} := NEW.{column};" for column in movable)
    return migrations.RunSQL(SEALED.format(table=table, words=words, movable=moves), drop(table))


class Migration(migrations.Migration):
    dependencies = [("itembank", "0001_initial")]
    operations = [
        migrations.RunSQL(BLUEPRINT, drop("itembank_blueprint")),
        *(migrations.RunSQL(CHILD.format(table=table), drop(table)) for table in ("itembank_range", "itembank_point")),
        *(sealed(table, words, movable) for table, (words, movable) in FIXED.items()),
    ]
