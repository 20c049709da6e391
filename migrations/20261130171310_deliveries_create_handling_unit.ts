import type { Knex } from 'knex';

/** How a delivery is packed: pallets and parcels with their SSCC, and what is in each, by lot and serial number. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    ALTER TABLE despatch_advice
      ADD COLUMN packing_no integer NOT NULL DEFAULT 0 CHECK (packing_no >= 0),
      ADD COLUMN packed_at  timestamptz,
      ADD CHECK ((packing_no = 0) = (packed_at IS NULL));

    CREATE TABLE handling_unit (
      id                 uuid        PRIMARY KEY,
      despatch_advice_id uuid        NOT NULL REFERENCES despatch_advice,
      -- Packed anew: the units of earlier packings stay, because their SSCC are not given again.
      packing_no         integer     NOT NULL CHECK (packing_no > 0),
      unit_no            integer     NOT NULL CHECK (unit_no > 0),
      kind               text        NOT NULL CHECK (kind IN ('pallet', 'parcel', 'crate', 'container')),
      sscc               text        NOT NULL CHECK (sscc ~ '^[0-9]{18}$'),
      gross_weight_kg    numeric(12,3) CHECK (gross_weight_kg > 0),
      UNIQUE (despatch_advice_id, packing_no, unit_no)
    );
    CREATE UNIQUE INDEX handling_unit_by_sscc ON handling_unit (sscc);

    CREATE TABLE handling_unit_line (
      id               uuid          PRIMARY KEY,
      handling_unit_id uuid          NOT NULL REFERENCES handling_unit,
      po_line_id       uuid          NOT NULL REFERENCES po_line,
      quantity         numeric(20,6) NOT NULL CHECK (quantity > 0),
      lot_number       text          NOT NULL DEFAULT '' CHECK (length(lot_number) <= 50),
      serial_numbers   text[]        NOT NULL DEFAULT '{}'
    );
    CREATE INDEX handling_unit_line_by_unit ON handling_unit_line (handling_unit_id);

    -- One row for each company prefix: serial references are not used twice, whoever packs.
    CREATE TABLE sscc_counter (
      company_prefix text   PRIMARY KEY CHECK (company_prefix ~ '^[0-9]{7,10}$'),
      value          bigint NOT NULL CHECK (value > 0)
    );`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE sscc_counter, handling_unit_line, handling_unit;
    ALTER TABLE despatch_advice DROP COLUMN packing_no, DROP COLUMN packed_at`);
