import type { Knex } from 'knex';

/** What came and was not taken, beside what was; and the sample that said so. Older receipts took all that came. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE goods_receipt_line
      ADD COLUMN rejected_quantity numeric(20,6) NOT NULL DEFAULT 0 CHECK (rejected_quantity >= 0),
      ADD COLUMN rejection_reason  text          NOT NULL DEFAULT '' CHECK (length(rejection_reason) <= 1000),
      ADD COLUMN sample_size       integer       CHECK (sample_size > 0),
      ADD COLUMN acceptance_number integer       CHECK (acceptance_number >= 0),
      ADD COLUMN defect_count      integer       CHECK (defect_count BETWEEN 0 AND sample_size),
      ADD CHECK (rejected_quantity = 0 OR rejection_reason <> ''),
      ADD CHECK ((sample_size IS NULL) = (defect_count IS NULL) AND (sample_size IS NULL) = (acceptance_number IS NULL));`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE goods_receipt_line
      DROP COLUMN rejected_quantity, DROP COLUMN rejection_reason, DROP COLUMN sample_size,
      DROP COLUMN acceptance_number, DROP COLUMN defect_count`);
