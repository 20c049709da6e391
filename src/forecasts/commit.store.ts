import type { Tx } from '../platform/db/context.ts';
import { firstOf, rowsOf } from '../platform/db/statements.ts';
import type { Commit, CommitLine } from './commit.ts';

const COMMIT = `
  SELECT one.id, one.forecast_id AS "forecastId", one.forecast_version_id AS "versionId", one.commit_no AS "commitNo",
         one.note, one.revision, one.saved_at AS "savedAt", one.submitted_by AS "submittedBy",
         one.submitted_at AS "submittedAt"
    FROM forecast_commit AS one`;

/** What the supplier has begun and not submitted: nobody else is let see it. */
export const findDraftCommit = (tx: Tx, forecastId: string): Promise<Commit | undefined> =>
  firstOf<Commit>(tx, `${COMMIT} WHERE one.forecast_id = ? AND one.submitted_at IS NULL`, [forecastId]);

/** The last one that was submitted, to this version or to any. */
export const findLastCommit = (
  tx: Tx,
  of: { forecastId: string; versionId: string | null },
): Promise<Commit | undefined> =>
  firstOf<Commit>(
    tx,
    `${COMMIT}
      WHERE one.forecast_id = ? AND one.submitted_at IS NOT NULL
        AND (CAST(? AS uuid) IS NULL OR one.forecast_version_id = ?)
      ORDER BY one.commit_no DESC LIMIT 1`,
    [of.forecastId, of.versionId, of.versionId],
  );

export const findCommitLines = (tx: Tx, commitId: string): Promise<CommitLine[]> =>
  rowsOf<CommitLine>(
    tx,
    `SELECT line.forecast_line_id AS "lineId", line.quantities::text[] AS quantities, line.reason,
            line.capacity_note AS "capacityNote"
       FROM forecast_commit_line AS line
      WHERE line.forecast_commit_id = ?`,
    [commitId],
  );

export const nextCommitNo = async (tx: Tx, forecastId: string): Promise<number> =>
  (
    await firstOf<{ no: number }>(
      tx,
      'SELECT COALESCE(max(one.commit_no), 0) + 1 AS no FROM forecast_commit AS one WHERE one.forecast_id = ?',
      [forecastId],
    )
  )?.no ?? 1;

export async function insertCommit(
  tx: Tx,
  commit: Commit & { supplierId: string; savedBy: string },
): Promise<void> {
  await tx('forecast_commit').insert({
    id: commit.id,
    forecast_id: commit.forecastId,
    forecast_version_id: commit.versionId,
    supplier_id: commit.supplierId,
    commit_no: commit.commitNo,
    note: commit.note,
    revision: commit.revision,
    saved_by: commit.savedBy,
    saved_at: commit.savedAt,
  });
}

/** A draft as it is now; one that was begun for an earlier version goes over to this one. */
export async function saveCommit(tx: Tx, commit: Commit & { savedBy: string }): Promise<void> {
  await tx('forecast_commit').where({ id: commit.id }).update({
    forecast_version_id: commit.versionId,
    note: commit.note,
    revision: commit.revision,
    saved_by: commit.savedBy,
    saved_at: commit.savedAt,
  });
}

export async function saveSubmitted(
  tx: Tx,
  commit: Pick<Commit, 'id' | 'submittedBy' | 'submittedAt'>,
): Promise<void> {
  await tx('forecast_commit')
    .where({ id: commit.id })
    .update({ submitted_by: commit.submittedBy, submitted_at: commit.submittedAt });
}

/** Writes the lines of a draft anew, in one statement. */
export async function replaceCommitLines(
  tx: Tx,
  commitId: string,
  lines: readonly CommitLine[],
): Promise<void> {
  await tx('forecast_commit_line').where({ forecast_commit_id: commitId }).delete();
  const rows = lines.map((line) => ({
    forecast_commit_id: commitId,
    forecast_line_id: line.lineId,
    quantities: line.quantities,
    reason: line.reason,
    capacity_note: line.capacityNote,
  }));
  await rowsOf(
    tx,
    `INSERT INTO forecast_commit_line
     SELECT * FROM jsonb_populate_recordset(NULL::forecast_commit_line, ?::jsonb)`,
    [JSON.stringify(rows)],
  );
}
