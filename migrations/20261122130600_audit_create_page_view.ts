import type { Knex } from 'knex';

/**
 * What people looked at: who, when, which page, about what; never what stood in the address behind the question
 * mark. Written in batches off the request's way; each batch's hash is an act of the record (`page_view.recorded`),
 * so that it is sealed with it. Rows are never changed; a row may be removed only when it is older than 90 days,
 * whatever the retention is set to.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE page_view (
      batch_id     uuid           NOT NULL,
      line_no      integer        NOT NULL CHECK (line_no > 0),
      at           timestamptz(3) NOT NULL,
      user_id      uuid           NOT NULL,
      supplier_id  uuid,
      session      text           NOT NULL CHECK (session ~ '^[0-9a-f]{16}$'),
      route        text           NOT NULL CHECK (route ~ '^/[^|[:space:]]*$' AND length(route) <= 200),
      subject_type text           CHECK (subject_type ~ '^[a-z_]+$'),
      subject_id   uuid,
      request_id   uuid           NOT NULL,
      PRIMARY KEY (batch_id, line_no),
      CHECK ((subject_type IS NULL) = (subject_id IS NULL))
    );
    CREATE INDEX page_view_by_user ON page_view (user_id, at, batch_id, line_no);

    CREATE TRIGGER page_view_is_append_only
      BEFORE UPDATE OR TRUNCATE ON page_view
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    CREATE FUNCTION refuse_early_removal() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF OLD.at > now() - interval '90 days' THEN
        RAISE EXCEPTION 'a row of % is kept at least 90 days', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
      END IF;
      RETURN OLD;
    END $$;
    CREATE TRIGGER page_view_is_kept
      BEFORE DELETE ON page_view
      FOR EACH ROW EXECUTE FUNCTION refuse_early_removal();`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw('DROP TABLE page_view; DROP FUNCTION refuse_early_removal');
