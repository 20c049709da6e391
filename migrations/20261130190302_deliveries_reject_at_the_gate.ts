import type { Knex } from 'knex';

/** A delivery that is turned away as it comes: who did, and why. Nothing of it is received. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE despatch_advice
      ADD COLUMN rejection_reason text NOT NULL DEFAULT '' CHECK (length(rejection_reason) <= 1000),
      ADD COLUMN rejected_by      uuid REFERENCES user_account,
      ADD COLUMN rejected_at      timestamptz,
      ADD CONSTRAINT despatch_advice_rejected_check
        CHECK ((state = 'rejected') = (rejected_by IS NOT NULL) AND (rejected_by IS NULL) = (rejected_at IS NULL)
               AND (state <> 'rejected' OR rejection_reason <> ''))`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE despatch_advice
      DROP COLUMN rejection_reason, DROP COLUMN rejected_by, DROP COLUMN rejected_at`);
