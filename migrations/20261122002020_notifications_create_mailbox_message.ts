import type { Knex } from 'knex';

/** The mail of an installation without a mail server, as it would have gone out: byte for byte, once each. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE mailbox_message (
      id         uuid        PRIMARY KEY,
      message_id text        NOT NULL UNIQUE,
      at         timestamptz NOT NULL,
      to_address text        NOT NULL,
      to_name    text        NOT NULL,
      subject    text        NOT NULL,
      raw        bytea       NOT NULL
    )`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE mailbox_message');
