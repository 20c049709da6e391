import type { Knex } from 'knex';

/**
 * What an inspection found of a receipt's line after its posting: where an invoice is matched four ways, it waits for it. One a
 * line; a sample that passed at the posting needs none.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE inspection (
      id                uuid        PRIMARY KEY,
      goods_receipt_id  uuid        NOT NULL REFERENCES goods_receipt,
      po_line_id        uuid        NOT NULL REFERENCES po_line,
      supplier_id       uuid        NOT NULL REFERENCES supplier,
      result            text        NOT NULL CHECK (result IN ('accepted', 'rejected')),
      sample_size       integer     NOT NULL CHECK (sample_size > 0),
      acceptance_number integer     NOT NULL CHECK (acceptance_number >= 0),
      defect_count      integer     NOT NULL CHECK (defect_count BETWEEN 0 AND sample_size),
      note              text        NOT NULL DEFAULT '' CHECK (length(note) <= 1000),
      inspected_by      uuid        NOT NULL REFERENCES user_account,
      inspected_at      timestamptz NOT NULL,
      UNIQUE (goods_receipt_id, po_line_id),
      -- A lot whose sample failed is not taken as if it had passed.
      CHECK ((result = 'accepted') = (defect_count <= acceptance_number)),
      CHECK (result = 'accepted' OR note <> '')
    );
    CREATE INDEX inspection_by_supplier ON inspection (supplier_id);

    -- All kinds of difference that there are, in one place.
    ALTER TABLE match_exception DROP CONSTRAINT match_exception_kind_check;
    ALTER TABLE match_exception ADD CONSTRAINT match_exception_kind_check CHECK (kind IN ('price', 'quantity', 'not_received',
      'over_billing', 'amount', 'tax', 'charge', 'unplanned_charge', 'instalment', 'not_inspected', 'inspection_failed'));
    ALTER TABLE match_exception DROP CONSTRAINT match_exception_resolved_how_check;
    ALTER TABLE match_exception ADD CONSTRAINT match_exception_resolved_how_check
      CHECK (resolved_how IN ('corrected', 'accepted', 'rejected', 'inspected'));`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE inspection');
