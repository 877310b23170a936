"""What was granted stands: of a licence only the state may change, of its scope nothing; neither is ever deleted."""

from __future__ import annotations

from django.db import migrations

FUNCTION = """
CREATE FUNCTION stations_granted_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% stands as it was granted: %', TG_TABLE_NAME, OLD.id USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER licence_stands BEFORE UPDATE OR DELETE ON stations_licence
    FOR EACH ROW EXECUTE FUNCTION stations_granted_stands('state', 'state_reason', 'state_since');
CREATE TRIGGER scope_stands BEFORE UPDATE OR DELETE ON stations_scope
    FOR EACH ROW EXECUTE FUNCTION stations_granted_stands();
"""

UNDO = """
DROP TRIGGER licence_stands ON stations_licence;
DROP TRIGGER scope_stands ON stations_scope;
DROP FUNCTION stations_granted_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("stations", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTION, UNDO)]
