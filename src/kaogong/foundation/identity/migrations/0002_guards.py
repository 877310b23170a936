from __future__ import annotations

from django.db import migrations

FORWARD = """
CREATE FUNCTION identity_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is not allowed', TG_OP, TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER identity_person_stays BEFORE DELETE ON identity_person
    FOR EACH ROW EXECUTE FUNCTION identity_refuse();
CREATE TRIGGER identity_namecorrection_stays BEFORE UPDATE OR DELETE ON identity_namecorrection
    FOR EACH ROW EXECUTE FUNCTION identity_refuse();
CREATE FUNCTION identity_one_step() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.merged_into_id IS NOT NULL
       AND EXISTS (SELECT 1 FROM identity_person WHERE id = NEW.merged_into_id AND merged_into_id IS NOT NULL) THEN
        RAISE EXCEPTION 'a person may only be merged into a living record' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER identity_person_merges_once BEFORE INSERT OR UPDATE OF merged_into_id ON identity_person
    FOR EACH ROW EXECUTE FUNCTION identity_one_step();
"""
BACKWARD = """
DROP TRIGGER identity_person_merges_once ON identity_person;
DROP FUNCTION identity_one_step();
DROP TRIGGER identity_namecorrection_stays ON identity_namecorrection;
DROP TRIGGER identity_person_stays ON identity_person;
DROP FUNCTION identity_refuse();
"""


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
