"""The ledger balances at every commit, its entries are append-only, and no series is renamed once blanks exist.

The check runs at commit, once for each holding or entry that changed, over the serials that really changed hands
(for an update the difference of the old and the new range), so its cost does not grow with the ledger.
"""

from django.db import migrations

GUARDS = """
CREATE FUNCTION blanks_check_balance(of_series uuid, touched int8multirange) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    received int8multirange;
    held int8multirange;
    account record;
BEGIN
    IF isempty(touched) THEN
        RETURN;
    END IF;
    SELECT coalesce(range_agg(serials), '{}') * touched INTO received FROM blanks_movement
        WHERE series_id = of_series AND kind = 'receive' AND serials && range_merge(touched);
    SELECT coalesce(range_agg(serials), '{}') * touched INTO held FROM blanks_holding
        WHERE series_id = of_series AND serials && range_merge(touched);
    IF held <> received THEN
        RAISE EXCEPTION 'blanks: holdings % are not what was received %', held, received
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    FOR account IN
        WITH entries AS (
            SELECT target_id AS body, target_place AS place, serials, 1 AS sign FROM blanks_movement
                WHERE series_id = of_series AND serials && range_merge(touched)
            UNION ALL
            SELECT source_id, source_place, serials, -1 FROM blanks_movement
                WHERE series_id = of_series AND serials && range_merge(touched) AND source_id IS NOT NULL
            UNION ALL
            SELECT organisation_id, place, serials, -1 FROM blanks_holding
                WHERE series_id = of_series AND serials && range_merge(touched)
        )
        SELECT body, place, sum(sign * size) AS difference
        FROM entries, LATERAL (
            SELECT coalesce(sum(upper(piece) - lower(piece)), 0) AS size
            FROM unnest(int8multirange(serials) * touched) AS piece
        ) AS sizes
        GROUP BY body, place HAVING sum(sign * size) <> 0
    LOOP
        RAISE EXCEPTION 'blanks: the ledger of % (%) differs from its holding by %',
            account.body, account.place, account.difference USING ERRCODE = 'integrity_constraint_violation';
    END LOOP;
END
$$;

CREATE FUNCTION blanks_holding_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    before int8multirange := '{}';
    after int8multirange := '{}';
BEGIN
    IF TG_OP <> 'INSERT' THEN
        before := int8multirange(OLD.serials);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        after := int8multirange(NEW.serials);
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.series_id = NEW.series_id
        AND OLD.organisation_id = NEW.organisation_id AND OLD.place = NEW.place THEN
        PERFORM blanks_check_balance(NEW.series_id, (before - after) + (after - before));
        RETURN NULL;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        PERFORM blanks_check_balance(OLD.series_id, before);
    END IF;
    IF TG_OP <> 'DELETE' THEN
        PERFORM blanks_check_balance(NEW.series_id, after);
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION blanks_movement_balances() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM blanks_check_balance(NEW.series_id, int8multirange(NEW.serials));
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER blanks_holding_balances AFTER INSERT OR UPDATE OR DELETE ON blanks_holding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION blanks_holding_balances();
CREATE CONSTRAINT TRIGGER blanks_movement_balances AFTER INSERT ON blanks_movement
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION blanks_movement_balances();

CREATE TRIGGER blanks_movement_kept BEFORE UPDATE OR DELETE ON blanks_movement
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER blanks_movement_kept_whole BEFORE TRUNCATE ON blanks_movement
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER blanks_holding_kept_whole BEFORE TRUNCATE ON blanks_holding
    FOR EACH STATEMENT EXECUTE FUNCTION kaogong_append_only();
CREATE TRIGGER blanks_series_kept BEFORE UPDATE OR DELETE ON blanks_series
    FOR EACH ROW EXECUTE FUNCTION kaogong_append_only();
"""

UNDO = """
DROP TRIGGER blanks_series_kept ON blanks_series;
DROP TRIGGER blanks_holding_kept_whole ON blanks_holding;
DROP TRIGGER blanks_movement_kept_whole ON blanks_movement;
DROP TRIGGER blanks_movement_kept ON blanks_movement;
DROP TRIGGER blanks_movement_balances ON blanks_movement;
DROP TRIGGER blanks_holding_balances ON blanks_holding;
DROP FUNCTION blanks_movement_balances();
DROP FUNCTION blanks_holding_balances();
DROP FUNCTION blanks_check_balance(uuid, int8multirange);
"""


class Migration(migrations.Migration):
    dependencies = [("blanks", "0001_initial"), ("outbox", "0001_cluster")]

    operations = [migrations.RunSQL(GUARDS, UNDO)]
