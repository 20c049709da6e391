import type { Tx } from '../platform/db/context.ts';
import { firstOf, named, rowsOf } from '../platform/db/statements.ts';
import type { PageView } from './page-view.ts';

/** Adds a batch, in its order, in one statement. False when it is there already: a commit whose answer was lost. */
export async function insertPageViews(tx: Tx, batchId: string, views: readonly PageView[]): Promise<boolean> {
  const rows = await named<{ one: number }>(tx, {
    name: 'page_view.insert',
    text: `
      INSERT INTO page_view (batch_id, line_no, at, user_id, supplier_id, session, route, subject_type, subject_id,
                             request_id)
      SELECT $1, view.line_no, view.at, view.user_id, view.supplier_id, view.session, view.route, view.subject_type,
             view.subject_id, view.request_id
        FROM UNNEST($2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[], $9::uuid[])
             WITH ORDINALITY
          AS view (at, user_id, supplier_id, session, route, subject_type, subject_id, request_id, line_no)
          ON CONFLICT (batch_id, line_no) DO NOTHING
   RETURNING 1 AS one`,
    values: [
      batchId,
      views.map((view) => view.at),
      views.map((view) => view.userId),
      views.map((view) => view.supplierId),
      views.map((view) => view.session),
      views.map((view) => view.route),
      views.map((view) => view.subject?.type ?? null),
      views.map((view) => view.subject?.id ?? null),
      views.map((view) => view.requestId),
    ],
  });
  return rows.length > 0;
}

/** Until when views were removed so far; null when none were. */
export async function findRemovedBefore(tx: Tx): Promise<Date | null> {
  const row = await firstOf<{ before: Date | null }>(
    tx,
    `SELECT max(CAST(event.changes ->> 'before' AS timestamptz)) AS before
       FROM event
      WHERE event.action = 'page_view.removed'`,
  );
  return row?.before ?? null;
}

/** Removes whole batches that were recorded in this time; says how many views that were. */
export async function removePageViews(
  tx: Tx,
  recorded: { readonly from: Date | null; readonly before: Date },
): Promise<number> {
  const [row] = await rowsOf<{ count: number }>(
    tx,
    `WITH removed AS (
       DELETE FROM page_view
        WHERE page_view.batch_id IN (
                SELECT event.subject_id
                  FROM event
                 WHERE event.action = 'page_view.recorded'
                   AND event.at >= COALESCE(CAST(:from AS timestamptz), '-infinity')
                   AND event.at < :before)
       RETURNING 1)
     SELECT count(*) AS count FROM removed`,
    { from: recorded.from, before: recorded.before },
  );
  return row?.count ?? 0;
}

/** A batch that is not what was recorded of it; a count is null where there is nothing. */
export type BentBatch = {
  readonly batchId: string;
  readonly position: number | null;
  readonly keptCount: number | null;
  readonly recordedCount: number | null;
};

/**
 * Batches of views that differ from what the record says of them, the oldest first: each is hashed again as
 * `hashOfBatch` does. What was removed when its time was over is recorded as well, and expected to be gone.
 */
export const findBentBatches = (tx: Tx): Promise<BentBatch[]> =>
  rowsOf<BentBatch>(
    tx,
    `WITH kept AS (
       SELECT page_view.batch_id, count(*) AS count,
              encode(sha256(convert_to(string_agg(concat(
                page_view.line_no, '|', to_char(page_view.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '|',
                page_view.user_id, '|', page_view.supplier_id, '|', page_view.session, '|', page_view.route, '|',
                page_view.subject_type, '|', page_view.subject_id, '|', page_view.request_id
              ), E'\\n' ORDER BY page_view.line_no), 'UTF8')), 'hex') AS hash
         FROM page_view
        GROUP BY page_view.batch_id
     ), recorded AS (
       SELECT event.subject_id AS batch_id, event.position, event.at,
              CAST(event.changes ->> 'count' AS bigint) AS count, event.changes ->> 'sha256' AS hash
         FROM event
        WHERE event.action = 'page_view.recorded'
     ), removed AS (
       SELECT max(CAST(event.changes ->> 'before' AS timestamptz)) AS before
         FROM event
        WHERE event.action = 'page_view.removed'
     )
     SELECT COALESCE(kept.batch_id, recorded.batch_id) AS "batchId", recorded.position,
            kept.count AS "keptCount", recorded.count AS "recordedCount"
       FROM recorded
       FULL JOIN kept ON kept.batch_id = recorded.batch_id
      CROSS JOIN removed
      WHERE kept.hash IS DISTINCT FROM recorded.hash
        AND NOT (kept.batch_id IS NULL AND COALESCE(recorded.at < removed.before, false))
      ORDER BY recorded.position NULLS FIRST
      LIMIT 100`,
  );
