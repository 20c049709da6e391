import type { Knex } from 'knex';

/**
 * An invoice that begins with its supplier's own document: kept as a draft from the upload on, with what was typed beside
 * it. It has the id that its invoice will have. A version of an invoice's figures says which file was beside them.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE invoice_draft (
      id               uuid        PRIMARY KEY,
      supplier_id      uuid        NOT NULL REFERENCES supplier,
      state            text        NOT NULL CHECK (state IN ('draft', 'submitted', 'discarded')),
      file_name        text        NOT NULL CHECK (length(file_name) BETWEEN 1 AND 200),
      media_type       text        NOT NULL,
      sha256           text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      -- What a structured file says; null for a document that only people read.
      read             jsonb,
      goods_receipt_id uuid        REFERENCES goods_receipt,
      statement_id     uuid        REFERENCES statement,
      -- The form's fields as they were typed.
      typed            jsonb,
      unplaced         jsonb       NOT NULL DEFAULT '[]',
      created_by       uuid        NOT NULL REFERENCES user_account,
      created_at       timestamptz NOT NULL,
      saved_by         uuid        NOT NULL REFERENCES user_account,
      saved_at         timestamptz NOT NULL,
      version          integer     NOT NULL DEFAULT 1,
      CHECK (num_nonnulls(goods_receipt_id, statement_id) <= 1)
    );
    CREATE INDEX invoice_draft_open ON invoice_draft (supplier_id, created_at, id) WHERE state = 'draft';
    CREATE INDEX document_of_invoice_by_content ON document (supplier_id, sha256) WHERE subject_type = 'invoice';`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP INDEX document_of_invoice_by_content; DROP TABLE invoice_draft;');
