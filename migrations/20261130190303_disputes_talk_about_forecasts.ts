import type { Knex } from 'knex';

const allow = (db: Knex, types: readonly string[]): Promise<unknown> => {
  const list = types.map((type) => `'${type}'`).join(', ');
  return db.raw(`
    ALTER TABLE dispute DROP CONSTRAINT dispute_subject_type_check,
      ADD CONSTRAINT dispute_subject_type_check CHECK (subject_type IN (${list}));
    ALTER TABLE message DROP CONSTRAINT message_subject_type_check,
      ADD CONSTRAINT message_subject_type_check CHECK (subject_type IN (${list}, 'dispute'))`);
};
const BEFORE = ['purchase_order', 'despatch_advice', 'goods_receipt', 'invoice'];

/** Both sides write about a forecast, and disagree about it, as they do about orders. */
export const up = (db: Knex): Promise<unknown> => allow(db, ['forecast', ...BEFORE]);
export const down = (db: Knex): Promise<unknown> => allow(db, BEFORE);
