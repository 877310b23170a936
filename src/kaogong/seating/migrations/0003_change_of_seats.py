"""A ticket becomes void, once, when its holder's seat changes; seats stay while a ticket for them stands."""

import django.db.models.constraints
import django.db.models.deletion
from django.db import migrations, models

VOIDABLE = """
CREATE OR REPLACE FUNCTION seating_ticket_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.void_at IS NULL AND NEW.void_at IS NOT NULL
       AND ROW(OLD.id, OLD.registration_id, OLD.number, OLD.region_code, OLD.published_at)
           = ROW(NEW.id, NEW.registration_id, NEW.number, NEW.region_code, NEW.published_at) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'ticket %: a published ticket is neither changed nor removed', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION seating_seat_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM seating_ticket WHERE registration_id = OLD.registration_id AND void_at IS NULL) THEN
        RAISE EXCEPTION 'seat %: its ticket is published', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""
FOR_GOOD = """
CREATE OR REPLACE FUNCTION seating_ticket_is_for_good() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'ticket %: a published ticket is neither changed nor removed', OLD.number
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE OR REPLACE FUNCTION seating_seat_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM seating_ticket WHERE registration_id = OLD.registration_id) THEN
        RAISE EXCEPTION 'seat %: its ticket is published', OLD.number USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("registration", "0002_guards"),
        ("seating", "0002_guards"),
        ("sittings", "0002_guards"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="ticket",
            options={"default_manager_name": "objects"},
        ),
        migrations.RemoveConstraint(
            model_name="seat",
            name="seat_once",
        ),
        migrations.AddField(
            model_name="ticket",
            name="void_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="作废时间"),
        ),
        migrations.AddField(
            model_name="ticketseries",
            name="issue",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="次"),
        ),
        migrations.AlterField(
            model_name="ticket",
            name="registration",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="registration.registration"
            ),
        ),
        migrations.AlterField(
            model_name="ticketseries",
            name="sitting",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="+", to="sittings.sitting"
            ),
        ),
        migrations.AddConstraint(
            model_name="seat",
            constraint=models.UniqueConstraint(
                deferrable=django.db.models.constraints.Deferrable["IMMEDIATE"],
                fields=("room", "wave", "number"),
                name="seat_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="ticket",
            constraint=models.UniqueConstraint(
                condition=models.Q(("void_at__isnull", True)), fields=("registration",), name="one_ticket_that_stands"
            ),
        ),
        migrations.AddConstraint(
            model_name="ticketseries",
            constraint=models.UniqueConstraint(fields=("sitting", "issue"), name="ticket_series_once_an_issue"),
        ),
        migrations.RunSQL(VOIDABLE, FOR_GOOD),
    ]
