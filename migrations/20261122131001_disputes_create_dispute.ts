import type { Knex } from 'knex';

/**
 * Disagreements about a document, and the messages on documents and on disputes. Messages are never changed or
 * removed; who has read up to when stands beside them.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE dispute (
      id                uuid        PRIMARY KEY,
      reference         text        NOT NULL UNIQUE,
      subject_type      text        NOT NULL
                        CHECK (subject_type IN ('purchase_order', 'despatch_advice', 'goods_receipt', 'invoice')),
      subject_id        uuid        NOT NULL,
      subject_reference text        NOT NULL,
      supplier_id       uuid        NOT NULL REFERENCES supplier,
      owner_id          uuid        NOT NULL REFERENCES user_account,
      topic             text        NOT NULL
                        CHECK (topic IN ('price', 'quantity', 'quality', 'delivery', 'payment', 'other')),
      title             text        NOT NULL CHECK (title <> ''),
      state             text        NOT NULL,
      opened_by         uuid        NOT NULL REFERENCES user_account,
      opened_by_side    text        NOT NULL CHECK (opened_by_side IN ('buyer', 'supplier')),
      proposal          text,
      proposed_by       uuid        REFERENCES user_account,
      proposed_by_side  text        CHECK (proposed_by_side IN ('buyer', 'supplier')),
      due_at            timestamptz,
      reminded_at       timestamptz,
      decision          text,
      decided_by        uuid        REFERENCES user_account,
      created_at        timestamptz NOT NULL,
      closed_at         timestamptz,
      version           integer     NOT NULL DEFAULT 1,
      CHECK ((proposal IS NULL) = (proposed_by_side IS NULL))
    );
    CREATE INDEX dispute_by_age ON dispute (created_at DESC, id DESC);
    CREATE INDEX dispute_by_supplier ON dispute (supplier_id, created_at DESC, id DESC);
    CREATE INDEX dispute_by_subject ON dispute (subject_type, subject_id);
    CREATE INDEX dispute_by_due ON dispute (due_at) WHERE due_at IS NOT NULL;

    CREATE TABLE message (
      id           uuid        PRIMARY KEY,
      subject_type text        NOT NULL
                   CHECK (subject_type IN ('purchase_order', 'despatch_advice', 'goods_receipt', 'invoice', 'dispute')),
      subject_id   uuid        NOT NULL,
      supplier_id  uuid        NOT NULL REFERENCES supplier,
      author_id    uuid        NOT NULL REFERENCES user_account,
      author_side  text        NOT NULL CHECK (author_side IN ('buyer', 'supplier')),
      kind         text        NOT NULL
                   CHECK (kind IN ('message', 'proposal', 'acceptance', 'refusal', 'escalation', 'decision', 'withdrawal')),
      body         text        NOT NULL CHECK (body <> ''),
      at           timestamptz NOT NULL
    );
    CREATE INDEX message_by_subject ON message (subject_type, subject_id, at, id);

    CREATE TABLE message_reading (
      subject_type text        NOT NULL,
      subject_id   uuid        NOT NULL,
      user_id      uuid        NOT NULL REFERENCES user_account,
      supplier_id  uuid        NOT NULL REFERENCES supplier,
      side         text        NOT NULL CHECK (side IN ('buyer', 'supplier')),
      read_at      timestamptz NOT NULL,
      PRIMARY KEY (subject_type, subject_id, user_id)
    );`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE message_reading, message, dispute');
