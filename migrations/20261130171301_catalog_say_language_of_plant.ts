import type { Knex } from 'knex';

/** What is printed for a plant's people, as labels and packing lists are, is in their language. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(
    `ALTER TABLE plant ADD COLUMN language text NOT NULL DEFAULT 'zh-CN' CHECK (language IN ('en', 'zh-CN'))`,
  );

export const down = (db: Knex): Promise<unknown> => db.raw('ALTER TABLE plant DROP COLUMN language');
