"""An admission that is undone takes back the printed name, and nothing else of what was admitted."""

from __future__ import annotations

from importlib import import_module

from django.db import migrations

guards = import_module("kaogong.registration.migrations.0002_guards")
BEFORE = guards.FIXED[: guards.FIXED.index("CREATE TRIGGER")].replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
SINCE = BEFORE.replace(
    "OLD.printed_name <> NEW.printed_name OR",
    "(OLD.printed_name <> NEW.printed_name AND NOT (NEW.state = 'submitted' AND NEW.printed_name = '')) OR",
)


class Migration(migrations.Migration):
    dependencies = [("registration", "0003_rosters_and_proofs")]
    operations = [migrations.RunSQL(SINCE, BEFORE)]
