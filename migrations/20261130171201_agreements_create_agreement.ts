import type { Knex } from 'knex';

/**
 * Long-term terms with a supplier. A version is written, approved and signed as a whole; its terms and lines stand in
 * `agreement_line` from when it is in force, so that orders are traced to lines and prices are found by a search.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE agreement (
      id                 uuid          PRIMARY KEY,
      reference          text          NOT NULL UNIQUE,
      kind               text          NOT NULL CHECK (kind IN ('contract', 'blanket', 'framework')),
      supplier_id        uuid          NOT NULL REFERENCES supplier,
      owner_id           uuid          NOT NULL REFERENCES user_account,
      title              text          NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
      category_code      text          NOT NULL REFERENCES category,
      plant_codes        text[]        NOT NULL CHECK (cardinality(plant_codes) > 0),
      currency           text          NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
      incoterm           text          NOT NULL,
      incoterm_place     text          NOT NULL DEFAULT '',
      payment_terms_days integer       NOT NULL CHECK (payment_terms_days BETWEEN 0 AND 365),
      valid_from         date          NOT NULL,
      valid_until        date          NOT NULL,
      notice_days        integer       NOT NULL CHECK (notice_days BETWEEN 0 AND 730),
      value_limit        numeric(20,4) CHECK (value_limit > 0),
      state              text          NOT NULL
                         CHECK (state IN ('draft', 'pending_approval', 'pending_signature', 'active',
                                          'expired', 'exhausted', 'terminated')),
      offered_at         timestamptz,
      in_force_version   integer,
      terminates_on      date,
      termination_reason text,
      terminated_by      uuid          REFERENCES user_account,
      next_due_on        date,
      reminded_days      integer,
      created_at         timestamptz   NOT NULL,
      version            integer       NOT NULL DEFAULT 1,
      CHECK (valid_until >= valid_from),
      CHECK (state NOT IN ('active', 'expired', 'exhausted') OR in_force_version IS NOT NULL),
      CHECK ((terminates_on IS NULL) = (termination_reason IS NULL))
    );
    CREATE INDEX agreement_by_end ON agreement (valid_until, id);
    CREATE INDEX agreement_by_supplier ON agreement (supplier_id, valid_until, id);
    CREATE INDEX agreement_due ON agreement (next_due_on) WHERE state = 'active';

    CREATE TABLE agreement_version (
      id             uuid        PRIMARY KEY,
      agreement_id   uuid        NOT NULL REFERENCES agreement,
      version        integer     NOT NULL CHECK (version > 0),
      state          text        NOT NULL
                     CHECK (state IN ('draft', 'pending_approval', 'pending_signature', 'in_force', 'superseded',
                                      'discarded')),
      terms          jsonb       NOT NULL,
      reason         text        NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      author_id      uuid        REFERENCES user_account,
      submitted_by   uuid        REFERENCES user_account,
      approved_by    uuid        REFERENCES user_account,
      approved_at    timestamptz,
      offered_at     timestamptz,
      -- Its supplier will not sign; then a job hands it back to who wrote it.
      refused_at     timestamptz,
      content        jsonb,
      sha256         text        CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      in_force_at    timestamptz,
      created_at     timestamptz NOT NULL,
      row_version    integer     NOT NULL DEFAULT 1,
      UNIQUE (agreement_id, version),
      CHECK ((content IS NULL) = (sha256 IS NULL)),
      CHECK (state IN ('draft', 'discarded') OR content IS NOT NULL)
    );
    -- One version at a time is being written, approved or signed, and one is in force.
    CREATE UNIQUE INDEX agreement_version_open ON agreement_version (agreement_id)
      WHERE state IN ('draft', 'pending_approval', 'pending_signature');
    CREATE UNIQUE INDEX agreement_version_in_force ON agreement_version (agreement_id) WHERE state = 'in_force';

    CREATE TABLE agreement_signature (
      agreement_id uuid        NOT NULL REFERENCES agreement,
      version      integer     NOT NULL,
      side         text        NOT NULL CHECK (side IN ('buyer', 'supplier')),
      sha256       text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      user_id      uuid        NOT NULL REFERENCES user_account,
      name         text        NOT NULL,
      signed_at    timestamptz NOT NULL,
      -- A content that was taken back and changed is signed anew; what was signed stays.
      PRIMARY KEY (agreement_id, version, side, sha256),
      FOREIGN KEY (agreement_id, version) REFERENCES agreement_version (agreement_id, version)
    );

    CREATE TABLE agreement_line (
      id                  uuid          PRIMARY KEY,
      agreement_id        uuid          NOT NULL REFERENCES agreement,
      line_no             integer       NOT NULL CHECK (line_no > 0),
      item_code           text,
      description         text          NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
      unit                text          NOT NULL,
      price_base_quantity numeric(20,6) NOT NULL DEFAULT 1 CHECK (price_base_quantity > 0),
      tiers               jsonb         NOT NULL CHECK (jsonb_array_length(tiers) > 0),
      quantity_limit      numeric(20,6) CHECK (quantity_limit > 0),
      valid_from          date          NOT NULL,
      valid_until         date          NOT NULL,
      -- What a later version left out stays for the orders made from it.
      is_current          boolean       NOT NULL DEFAULT true,
      UNIQUE (agreement_id, line_no),
      UNIQUE (id, agreement_id),
      CHECK (valid_until >= valid_from)
    );

    CREATE TABLE call_off (
      id           uuid        PRIMARY KEY,
      agreement_id uuid        NOT NULL REFERENCES agreement,
      supplier_id  uuid        NOT NULL REFERENCES supplier,
      order_id     uuid        NOT NULL UNIQUE REFERENCES purchase_order,
      called_by    uuid        NOT NULL REFERENCES user_account,
      called_at    timestamptz NOT NULL,
      UNIQUE (id, agreement_id)
    );
    CREATE INDEX call_off_by_agreement ON call_off (agreement_id, called_at);

    CREATE TABLE call_off_line (
      po_line_id        uuid          PRIMARY KEY REFERENCES po_line,
      call_off_id       uuid          NOT NULL,
      agreement_id      uuid          NOT NULL,
      agreement_line_id uuid          NOT NULL,
      quantity          numeric(20,6) NOT NULL CHECK (quantity >= 0),
      amount            numeric(20,4) NOT NULL CHECK (amount >= 0),
      FOREIGN KEY (call_off_id, agreement_id) REFERENCES call_off (id, agreement_id),
      FOREIGN KEY (agreement_line_id, agreement_id) REFERENCES agreement_line (id, agreement_id)
    );
    CREATE INDEX call_off_line_by_agreement ON call_off_line (agreement_id, agreement_line_id);`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(
    `DROP TABLE call_off_line, call_off, agreement_line, agreement_signature, agreement_version, agreement`,
  );
