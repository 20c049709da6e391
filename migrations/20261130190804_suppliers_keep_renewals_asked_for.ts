import type { Knex } from 'knex';

/** A supplier asks for the renewal of what it is qualified for; until a buyer takes it up, or says why not. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE qualification
      ADD COLUMN renewal_asked_at timestamptz,
      ADD COLUMN renewal_asked_by uuid REFERENCES user_account,
      ADD COLUMN renewal_note     text NOT NULL DEFAULT '' CHECK (length(renewal_note) <= 2000),
      -- Why the last one that was asked for was not taken up; what its supplier reads.
      ADD COLUMN renewal_answer   text NOT NULL DEFAULT '' CHECK (length(renewal_answer) <= 2000),
      ADD CONSTRAINT qualification_renewal_asked CHECK ((renewal_asked_at IS NULL) = (renewal_asked_by IS NULL));
    CREATE INDEX qualification_to_renew ON qualification (renewal_asked_at) WHERE renewal_asked_at IS NOT NULL;`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE qualification
      DROP COLUMN renewal_asked_at,
      DROP COLUMN renewal_asked_by,
      DROP COLUMN renewal_note,
      DROP COLUMN renewal_answer;`);
