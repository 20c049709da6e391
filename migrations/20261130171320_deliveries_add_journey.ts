import type { Knex } from 'knex';

/** A delivery leaves its supplier and reaches the gate before somebody counts it; older ones were received at once. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE despatch_advice
      ADD COLUMN departed_at timestamptz,
      ADD COLUMN arrived_at  timestamptz,
      ADD COLUMN arrived_by  uuid REFERENCES user_account,
      ADD CHECK ((arrived_at IS NULL) = (arrived_by IS NULL)),
      ADD CHECK (state <> 'in_transit' OR departed_at IS NOT NULL),
      ADD CHECK (state <> 'arrived' OR arrived_at IS NOT NULL);
    DROP INDEX despatch_advice_expected;
    CREATE INDEX despatch_advice_expected ON despatch_advice (expected_on, id)
      WHERE state IN ('submitted', 'in_transit', 'arrived')`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP INDEX despatch_advice_expected;
    CREATE INDEX despatch_advice_expected ON despatch_advice (expected_on, id) WHERE state = 'submitted';
    ALTER TABLE despatch_advice DROP COLUMN departed_at, DROP COLUMN arrived_at, DROP COLUMN arrived_by`);
