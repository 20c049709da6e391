import type { Knex } from 'knex';

/** An export asked for: what, filtered how, and how far it has come. */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE report_export (
      id            uuid        PRIMARY KEY,
      reference     text        NOT NULL UNIQUE,
      report        text        NOT NULL CHECK (report IN ('purchase-orders')),
      format        text        NOT NULL CHECK (format IN ('csv', 'xlsx', 'pdf')),
      filters       jsonb       NOT NULL,
      state         text        NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed')),
      row_count     integer     NOT NULL DEFAULT 0,
      total_count   integer,
      document_id   uuid        REFERENCES document,
      failure       text,
      requested_by  uuid        NOT NULL REFERENCES user_account,
      requested_at  timestamptz NOT NULL,
      finished_at   timestamptz
    );
    CREATE INDEX report_export_by_person ON report_export (requested_by, requested_at DESC);`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE report_export');
