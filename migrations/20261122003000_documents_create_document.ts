import type { Knex } from 'knex';

/**
 * Files of every document: what was uploaded and what was made, each written once and never changed.
 * A removed file keeps its row, because somebody may have seen it; its name is free again. Names are counted
 * for each supplier by itself: a version number must not tell one supplier what another has sent.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE document (
      id           uuid        PRIMARY KEY,
      subject_type text        NOT NULL,
      subject_id   uuid        NOT NULL,
      kind         text        NOT NULL CHECK (kind ~ '^[a-z-]+$'),
      version      integer     NOT NULL DEFAULT 1 CHECK (version > 0),
      file_name    text        NOT NULL CHECK (length(file_name) BETWEEN 1 AND 255),
      media_type   text        NOT NULL,
      size_bytes   bigint      NOT NULL CHECK (size_bytes >= 0),
      sha256       text        NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
      storage_key  text        NOT NULL UNIQUE,
      visibility   text        NOT NULL CHECK (visibility IN ('internal', 'participants', 'supplier')),
      supplier_id  uuid,
      state        text        NOT NULL CHECK (state IN ('checking', 'clean', 'quarantined')),
      uploaded_by  uuid        REFERENCES user_account,
      created_at   timestamptz NOT NULL,
      removed_at   timestamptz,
      CHECK (visibility <> 'supplier' OR supplier_id IS NOT NULL)
    );
    CREATE UNIQUE INDEX document_by_subject
        ON document (subject_type, subject_id, kind, version, file_name, visibility, supplier_id)
           NULLS NOT DISTINCT
     WHERE removed_at IS NULL`);

export const down = (db: Knex): Promise<unknown> => db.raw('DROP TABLE document');
