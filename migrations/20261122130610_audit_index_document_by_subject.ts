import type { Knex } from 'knex';

/** The files of a document, removed ones too: an auditor asks who saw what was there before an opening. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    SET LOCAL lock_timeout = '5s';
    CREATE INDEX document_of_subject ON document (subject_id)`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP INDEX document_of_subject');
