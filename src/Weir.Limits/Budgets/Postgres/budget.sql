-- Budgets in PostgreSQL. Run once per version, under an advisory lock. LineAccount.cs does the same in memory, step by step.

CREATE SCHEMA IF NOT EXISTS weir_limits;

CREATE TABLE IF NOT EXISTS weir_limits.version (version int NOT NULL);

-- key is the SHA-256 of the budget's name and identity: identities have any length and any character. label is for people.
-- Half a page stays free so that an update finds room next to its row and touches no index.
CREATE TABLE weir_limits.account (
  key bytea PRIMARY KEY,
  label text NOT NULL,
  starts bigint NOT NULL DEFAULT -1,
  ends bigint NOT NULL DEFAULT -1,
  counts_until bigint NOT NULL DEFAULT 0,
  spent bigint NOT NULL DEFAULT 0,
  spent_before bigint NOT NULL DEFAULT 0,
  reserved bigint NOT NULL DEFAULT 0,
  told int NOT NULL DEFAULT 0
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ON weir_limits.account (counts_until);

CREATE TABLE weir_limits.hold (
  account bytea NOT NULL,
  reservation uuid NOT NULL,
  amount bigint NOT NULL,
  expires bigint NOT NULL,
  PRIMARY KEY (account, reservation)
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ON weir_limits.hold (account, expires);

-- As long as it stands it is not settled; kept for a while after its lease.
CREATE TABLE weir_limits.reservation (
  id uuid PRIMARY KEY,
  units bigint NOT NULL,
  amounts bigint[] NOT NULL,
  forget_at bigint NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX ON weir_limits.reservation (forget_at);

-- One operation on the lines of a call: reserve, extend, settle or refund. Times in milliseconds; skew 0 switches the check of the caller's clock off.
-- uses: for each line spent, reserved, end, overrun, alertsFrom, alertsTo.
CREATE FUNCTION weir_limits.budget(
  operation text, id uuid, now_ms bigint, lease bigint, kept bigint, skew bigint, asked bigint, least_units bigint,
  keys bytea[], labels text[], starts bigint[], ends bigint[], sliding boolean[], hard boolean[], counted boolean[],
  limits bigint[], amounts bigint[], per_units bigint[], alerts text[],
  OUT outcome text, OUT units bigint, OUT line int, OUT uses bigint[])
LANGUAGE plpgsql AS $$
DECLARE
  most CONSTANT bigint := 9007199254740991;
  off bigint;
  record_units bigint;
  record_amounts bigint[];
  is_known boolean;
  a weir_limits.account[];
  one weir_limits.account;
  held bigint[];
  lapsed bigint;
  spent_now bigint[];
  overruns bigint[];
  remaining bigint;
  needed bigint;
  total bigint;
  charged bigint;
  given_back bigint;
  told_before int;
  thresholds bigint[];
  n CONSTANT int := coalesce(array_length(keys, 1), 0);
BEGIN
  units := 0; line := 0; uses := '{}';
  IF skew > 0 THEN
    off := now_ms - floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint;
    IF abs(off) > skew THEN
      RAISE EXCEPTION 'the clock of this node is % ms off the clock of PostgreSQL', off USING ERRCODE = 'WL002';
    END IF;
  END IF;

  -- Locks every account in the order of the keys, whichever order the call has: no two calls can wait for each other. A row that is there is locked and
  -- not written.
  INSERT INTO weir_limits.account AS existing (key, label)
    SELECT k, l FROM unnest(keys, labels) AS wanted(k, l) ORDER BY k
    ON CONFLICT (key) DO UPDATE SET told = existing.told WHERE false;

  SELECT r.units, r.amounts INTO record_units, record_amounts FROM weir_limits.reservation r WHERE r.id = budget.id;
  is_known := FOUND;
  IF is_known AND coalesce(array_length(record_amounts, 1), 0) <> n THEN
    RAISE EXCEPTION 'these are not the lines of the reservation' USING ERRCODE = 'WL001';
  END IF;
  IF operation = 'extend' AND NOT is_known THEN
    outcome := 'unknown';
    RETURN;
  END IF;

  FOR i IN 1..n LOOP
    SELECT * INTO one FROM weir_limits.account x WHERE x.key = keys[i];
    WITH gone AS (DELETE FROM weir_limits.hold h WHERE h.account = keys[i] AND h.expires <= now_ms RETURNING h.amount)
      SELECT coalesce(sum(gone.amount), 0) INTO given_back FROM gone;
    one.reserved := one.reserved - given_back;
    -- A clock that lags behind the others finds a newer window: it counts there.
    IF starts[i] > one.starts THEN
      one.spent_before := CASE WHEN sliding[i] AND starts[i] = one.ends THEN one.spent ELSE 0 END;
      one.starts := starts[i]; one.ends := ends[i]; one.spent := 0; one.told := 0;
      one.counts_until := ends[i] + CASE WHEN sliding[i] THEN ends[i] - starts[i] ELSE 0 END;
    END IF;
    a[i] := one;
    held[i] := (SELECT h.amount FROM weir_limits.hold h WHERE h.account = keys[i] AND h.reservation = budget.id);
    overruns[i] := 0;
    spent_now[i] := weir_limits.used(one, now_ms);
  END LOOP;

  IF operation IN ('settle', 'refund') THEN
    outcome := CASE WHEN is_known THEN 'settled' ELSE 'unknown' END;
    IF is_known THEN
      FOR i IN 1..n LOOP
        IF held[i] IS NULL AND record_amounts[i] > 0 THEN outcome := 'late'; END IF;
        charged := CASE WHEN operation = 'settle' AND NOT counted[i] THEN amounts[i] ELSE 0 END;
        a[i].reserved := a[i].reserved - coalesce(held[i], 0);
        a[i].spent := least(most, a[i].spent + charged);
        overruns[i] := greatest(0, charged - coalesce(held[i], 0));
      END LOOP;
      DELETE FROM weir_limits.hold h WHERE h.account = ANY(keys) AND h.reservation = budget.id;
      DELETE FROM weir_limits.reservation r WHERE r.id = budget.id;
    END IF;
  ELSIF operation = 'reserve' AND is_known THEN
    outcome := 'granted'; units := record_units;
  ELSE
    outcome := 'granted'; units := asked;
    FOR i IN 1..n LOOP
      CONTINUE WHEN NOT hard[i];
      remaining := limits[i] - spent_now[i] - a[i].reserved;
      lapsed := CASE WHEN is_known AND held[i] IS NULL THEN record_amounts[i] ELSE 0 END;
      needed := least(most, amounts[i] + per_units[i]::numeric * least_units)::bigint + lapsed;
      -- A new call of amount 0 needs that anything is left; renewing a lease needs nothing.
      IF NOT is_known THEN needed := greatest(needed, 1); END IF;
      IF needed > 0 AND needed > remaining THEN
        outcome := 'refused'; units := 0; line := i;
        EXIT;
      END IF;
      IF per_units[i] > 0 THEN units := least(units, greatest(least_units, (remaining - lapsed - amounts[i]) / per_units[i])); END IF;
    END LOOP;
    IF outcome = 'granted' THEN
      FOR i IN 1..n LOOP
        total := least(most, amounts[i] + per_units[i]::numeric * units)::bigint;
        IF counted[i] THEN
          a[i].spent := least(most, a[i].spent + total);
          record_amounts[i] := 0;
          CONTINUE;
        END IF;
        record_amounts[i] := coalesce(record_amounts[i], 0) + total;
        a[i].reserved := a[i].reserved + CASE WHEN held[i] IS NULL THEN record_amounts[i] ELSE total END;
        IF record_amounts[i] > 0 THEN
          INSERT INTO weir_limits.hold VALUES (keys[i], budget.id, record_amounts[i], now_ms + lease)
            ON CONFLICT (account, reservation) DO UPDATE SET amount = excluded.amount, expires = excluded.expires;
        END IF;
      END LOOP;
      INSERT INTO weir_limits.reservation AS r VALUES (budget.id, budget.units, coalesce(record_amounts, '{}'), now_ms + lease + kept)
        ON CONFLICT ON CONSTRAINT reservation_pkey
        DO UPDATE SET units = r.units + excluded.units, amounts = excluded.amounts, forget_at = excluded.forget_at;
    END IF;
  END IF;

  FOR i IN 1..n LOOP
    one := a[i];
    spent_now[i] := weir_limits.used(one, now_ms);
    told_before := one.told;
    thresholds := string_to_array(nullif(alerts[i], ''), ',')::bigint[];
    WHILE one.told < coalesce(array_length(thresholds, 1), 0) AND spent_now[i] >= thresholds[one.told + 1] LOOP
      one.told := one.told + 1;
    END LOOP;
    UPDATE weir_limits.account x SET starts = one.starts, ends = one.ends, counts_until = one.counts_until, spent = one.spent,
      spent_before = one.spent_before, reserved = one.reserved, told = one.told
      WHERE x.key = keys[i];
    uses := uses || ARRAY[spent_now[i], one.reserved, one.ends, overruns[i], told_before::bigint, one.told::bigint];
  END LOOP;
END $$;

-- Units used in the window of an account; of a sliding one, with the share of the window before that it still covers.
CREATE FUNCTION weir_limits.used(account weir_limits.account, now_ms bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN account.spent_before = 0 THEN account.spent ELSE least(9007199254740991, account.spent + ceil(account.spent_before::float8 *
    (greatest(0, least(account.ends - now_ms, account.ends - account.starts))::float8 / (account.ends - account.starts)::float8))::bigint) END
$$;

-- Drops what says nothing any more: accounts whose windows are over, and reservations that nobody settled in time. One node at a time.
CREATE FUNCTION weir_limits.sweep(now_ms bigint, most int) RETURNS int
LANGUAGE plpgsql AS $$
DECLARE
  dead bytea;
  locked weir_limits.account;
  dropped int := 0;
  forgotten int;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('weir_limits.sweep')) THEN RETURN 0; END IF;
  FOR dead IN SELECT key FROM weir_limits.account WHERE counts_until <= now_ms ORDER BY counts_until LIMIT most LOOP
    -- Looked at again under its lock: a call may have come in between.
    SELECT * INTO locked FROM weir_limits.account WHERE key = dead AND counts_until <= now_ms FOR UPDATE SKIP LOCKED;
    CONTINUE WHEN NOT FOUND OR EXISTS (SELECT 1 FROM weir_limits.hold WHERE account = dead AND expires > now_ms);
    DELETE FROM weir_limits.hold WHERE account = dead;
    DELETE FROM weir_limits.account WHERE key = dead;
    dropped := dropped + 1;
  END LOOP;
  DELETE FROM weir_limits.reservation WHERE id IN
    (SELECT id FROM weir_limits.reservation WHERE forget_at <= now_ms ORDER BY forget_at LIMIT most FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS forgotten = ROW_COUNT;
  RETURN dropped + forgotten;
END $$;

INSERT INTO weir_limits.version VALUES (1);
