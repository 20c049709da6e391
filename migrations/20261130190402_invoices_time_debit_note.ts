import type { Knex } from 'knex';

/** Our debit note as it was sent, each time a document of its own, and by when its supplier answers: silence is no answer. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE credit_note
      ADD COLUMN revision      integer     NOT NULL DEFAULT 1 CHECK (revision > 0),
      ADD COLUMN answer_due_at timestamptz,
      ADD COLUMN reminders     integer     NOT NULL DEFAULT 0 CHECK (reminders BETWEEN 0 AND 2);
    -- Who was sent one before there were reminders is reminded by the next round.
    UPDATE credit_note SET answer_due_at = created_at WHERE kind = 'debit_note' AND state = 'sent';
    CREATE INDEX credit_note_unanswered ON credit_note (answer_due_at, id) WHERE state = 'sent';`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('ALTER TABLE credit_note DROP COLUMN revision, DROP COLUMN answer_due_at, DROP COLUMN reminders');
