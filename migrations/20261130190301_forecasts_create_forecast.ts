import type { Knex } from 'knex';

/**
 * What a plant will need of a supplier, by item and week, in versions; and what the supplier says it can deliver of each.
 * Quantities stand week by week from the version's first week on. What was published or submitted is never changed.
 */
export const up = (db: Knex): Promise<unknown> =>
  db.raw(`
    CREATE TABLE forecast (
      id              uuid        PRIMARY KEY,
      reference       text        NOT NULL UNIQUE,
      supplier_id     uuid        NOT NULL REFERENCES supplier,
      plant_code      text        NOT NULL REFERENCES plant,
      category_code   text        NOT NULL REFERENCES category,
      state           text        NOT NULL CHECK (state IN ('draft', 'published', 'committed', 'ended')),
      owner_id        uuid        NOT NULL REFERENCES user_account,
      current_version integer     NOT NULL DEFAULT 0 CHECK (current_version >= 0),
      commit_due_at   timestamptz,
      next_due_at     timestamptz,
      reminded_at     timestamptz,
      escalated_at    timestamptz,
      created_at      timestamptz NOT NULL,
      CHECK (state <> 'draft' OR current_version = 0),
      CHECK (state NOT IN ('published', 'committed') OR current_version > 0),
      CHECK (state <> 'published' OR commit_due_at IS NOT NULL)
    );
    CREATE UNIQUE INDEX forecast_once ON forecast (supplier_id, plant_code, category_code) WHERE state <> 'ended';
    CREATE INDEX forecast_uncommitted ON forecast (next_due_at) WHERE state = 'published';

    CREATE TABLE forecast_version (
      id              uuid        PRIMARY KEY,
      forecast_id     uuid        NOT NULL REFERENCES forecast,
      version         integer     NOT NULL CHECK (version > 0),
      from_week       date        NOT NULL CHECK (EXTRACT(isodow FROM from_week) = 1),
      weeks           integer     NOT NULL CHECK (weeks >= 4 AND weeks <= 52),
      firm_weeks      integer     NOT NULL CHECK (firm_weeks >= 0),
      trade_off_weeks integer     NOT NULL CHECK (trade_off_weeks >= 0),
      note            text        NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
      revision        integer     NOT NULL DEFAULT 1,
      saved_by        uuid        NOT NULL REFERENCES user_account,
      saved_at        timestamptz NOT NULL,
      published_by    uuid        REFERENCES user_account,
      published_at    timestamptz,
      UNIQUE (forecast_id, version),
      CHECK (firm_weeks + trade_off_weeks <= weeks),
      CHECK ((published_by IS NULL) = (published_at IS NULL))
    );
    CREATE UNIQUE INDEX forecast_version_one_draft ON forecast_version (forecast_id) WHERE published_at IS NULL;

    CREATE TABLE forecast_line (
      id                  uuid      PRIMARY KEY,
      forecast_version_id uuid      NOT NULL REFERENCES forecast_version,
      line_no             integer   NOT NULL CHECK (line_no > 0),
      item_code           text      NOT NULL CHECK (length(item_code) BETWEEN 1 AND 60),
      description         text      NOT NULL CHECK (length(description) BETWEEN 1 AND 500),
      unit                text      NOT NULL CHECK (unit ~ '^[A-Z0-9]{2,3}$'),
      supplier_item_code  text,
      quantities          numeric[] NOT NULL CHECK (0 <= ALL (quantities) AND array_position(quantities, NULL) IS NULL),
      UNIQUE (forecast_version_id, line_no),
      UNIQUE (forecast_version_id, item_code)
    );

    CREATE TABLE forecast_commit (
      id                  uuid        PRIMARY KEY,
      forecast_id         uuid        NOT NULL REFERENCES forecast,
      forecast_version_id uuid        NOT NULL REFERENCES forecast_version,
      supplier_id         uuid        NOT NULL REFERENCES supplier,
      commit_no           integer     NOT NULL CHECK (commit_no > 0),
      note                text        NOT NULL DEFAULT '' CHECK (length(note) <= 2000),
      revision            integer     NOT NULL DEFAULT 1,
      saved_by            uuid        NOT NULL REFERENCES user_account,
      saved_at            timestamptz NOT NULL,
      submitted_by        uuid        REFERENCES user_account,
      submitted_at        timestamptz,
      UNIQUE (forecast_id, commit_no),
      CHECK ((submitted_by IS NULL) = (submitted_at IS NULL))
    );
    CREATE UNIQUE INDEX forecast_commit_one_draft ON forecast_commit (forecast_id) WHERE submitted_at IS NULL;
    CREATE INDEX forecast_commit_by_version ON forecast_commit (forecast_version_id, commit_no);

    CREATE TABLE forecast_commit_line (
      forecast_commit_id uuid      NOT NULL REFERENCES forecast_commit,
      forecast_line_id   uuid      NOT NULL REFERENCES forecast_line,
      quantities         numeric[] NOT NULL CHECK (0 <= ALL (quantities)),
      reason             text      NOT NULL DEFAULT '' CHECK (length(reason) <= 1000),
      capacity_note      text      NOT NULL DEFAULT '' CHECK (length(capacity_note) <= 500),
      PRIMARY KEY (forecast_commit_id, forecast_line_id)
    );

    CREATE FUNCTION forecast_keep_published() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT version.published_at FROM forecast_version AS version
           WHERE version.id = COALESCE(NEW.forecast_version_id, OLD.forecast_version_id)) IS NOT NULL THEN
        RAISE EXCEPTION 'The lines of a published forecast are never changed';
      END IF;
      RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER forecast_line_kept BEFORE INSERT OR UPDATE OR DELETE ON forecast_line
      FOR EACH ROW EXECUTE FUNCTION forecast_keep_published();

    CREATE FUNCTION forecast_keep_submitted() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT one.submitted_at FROM forecast_commit AS one
           WHERE one.id = COALESCE(NEW.forecast_commit_id, OLD.forecast_commit_id)) IS NOT NULL THEN
        RAISE EXCEPTION 'The lines of a submitted commit are never changed';
      END IF;
      RETURN COALESCE(NEW, OLD);
    END $$;
    CREATE TRIGGER forecast_commit_line_kept BEFORE INSERT OR UPDATE OR DELETE ON forecast_commit_line
      FOR EACH ROW EXECUTE FUNCTION forecast_keep_submitted()`);

export const down = (db: Knex): Promise<unknown> =>
  db.raw(`
    DROP TABLE forecast_commit_line, forecast_commit, forecast_line, forecast_version, forecast;
    DROP FUNCTION forecast_keep_published(), forecast_keep_submitted()`);
