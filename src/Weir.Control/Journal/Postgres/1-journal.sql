-- The journal: one row per transaction, none ever changed or deleted.
CREATE TABLE weir_journal.record (
  revision bigint PRIMARY KEY CHECK (revision > 0),
  -- SHA-256 of the payload before it was sealed; the next payload begins with it.
  hash bytea NOT NULL CHECK (length(hash) = 32),
  -- The key that sealed the payload; 0 for none.
  key bigint NOT NULL,
  payload bytea NOT NULL,
  written timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- Appends a record behind the last one. False when the last one is not the one that it follows: another node was faster. True also when the very record is
-- there already: whoever lost the answer asks again.
CREATE FUNCTION weir_journal.append(wanted bigint, previous bytea, hash bytea, key bigint, payload bytea) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
  last weir_journal.record;
BEGIN
  -- What is acknowledged is durable, whatever the database's default is.
  IF current_setting('synchronous_commit') = 'off' THEN
    PERFORM set_config('synchronous_commit', 'on', true);
  END IF;
  -- One append at a time, until the transaction that it is in ends. Each statement below sees what was committed before the lock was given.
  PERFORM pg_advisory_xact_lock(hashtextextended('weir_journal.append', 0));
  IF EXISTS (SELECT FROM weir_journal.record r WHERE r.revision = wanted AND r.hash = append.hash) THEN
    RETURN true;
  END IF;
  SELECT r.revision, r.hash INTO last.revision, last.hash FROM weir_journal.record r ORDER BY r.revision DESC LIMIT 1;
  IF coalesce(last.revision, 0) <> wanted - 1 OR coalesce(last.hash, decode(repeat('00', 32), 'hex')) <> previous THEN
    RETURN false;
  END IF;
  INSERT INTO weir_journal.record (revision, hash, key, payload) VALUES (wanted, append.hash, append.key, append.payload);
  PERFORM pg_notify('weir_journal', wanted::text);
  RETURN true;
END $$;

-- The state after a revision, in pieces. Its row is written last: a snapshot without one is not there.
CREATE TABLE weir_journal.snapshot (
  id uuid PRIMARY KEY,
  revision bigint NOT NULL,
  hash bytea NOT NULL CHECK (length(hash) = 32),
  key bigint NOT NULL,
  pieces int NOT NULL,
  -- SHA-256 of all pieces, one after the other.
  sum bytea NOT NULL CHECK (length(sum) = 32),
  written timestamptz NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE weir_journal.snapshot_piece (
  snapshot uuid NOT NULL,
  number int NOT NULL,
  content bytea NOT NULL,
  written timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (snapshot, number)
);
