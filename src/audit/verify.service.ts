import type { Tx } from '../platform/db/context.ts';
import type { Database } from '../platform/db/database.ts';
import { firstOf } from '../platform/db/statements.ts';
import { type Checkpoint, isSignedBy, readCheckpoint, type Signer } from './checkpoint.ts';
import type { Finding } from './finding.ts';
import { type BentBatch, findBentBatches } from './page-view.store.ts';
import { findHead } from './seal.store.ts';
import { findActsAboutNothing, findContradictions, findUnsealedRows } from './verify.queries.ts';
import { type VerifyKeys, type Walked, walkRecord } from './verify-walk.service.ts';

/** How many rows were looked at, and how many there are by the newest checkpoint. */
export type VerifyProgress = { readonly done: number; readonly of: number };
/** A checkpoint from outside the database, e.g. of a mail, and what to call it. */
export type OutsideCheckpoint = { readonly name: string; readonly note: string };
export type Verdict = {
  readonly sealedCount: number;
  readonly waitingCount: number;
  readonly checkpointCount: number;
  readonly outsideCount: number;
  /** The newest root, base64. */
  readonly root: string;
  readonly findings: readonly Finding[];
};

/**
 * Reads the whole record in one snapshot, without trusting it: each row against its seal, each seal against the
 * sealer's key, the tree against every signed checkpoint and those from outside, and the documents against their
 * acts. Changes nothing.
 */
export const verifyRecord = (
  db: Database,
  keys: VerifyKeys,
  options: { outside?: readonly OutsideCheckpoint[]; onProgress?: (progress: VerifyProgress) => void } = {},
): Promise<Verdict> =>
  db.transaction(
    async (tx) => {
      await tx.raw(`SET LOCAL statement_timeout = 0; SET LOCAL work_mem = '64MB'`);
      const outside = readOutside(options.outside ?? [], keys);
      const { onProgress } = options;
      const of = (await findHead(tx))?.treeSize ?? 0;
      const walked = await walkRecord(tx, keys, {
        sizes: new Set(outside.known.map(({ checkpoint }) => checkpoint.treeSize)),
        onProgress: (done) => onProgress?.({ done, of }),
      });
      const unsealed = await findUnsealedRows(tx);
      const findings = [
        ...walked.findings,
        ...unsealed.passed.map(
          (row): Finding => ({
            kind: 'inserted',
            position: row.position,
            leafIndex: null,
            what: `row ${row.id} came in behind the sealer`,
          }),
        ),
        ...outside.findings,
        ...(await judgeOutside(tx, outside.known, walked)),
        ...(await findBentBatches(tx)).map(judgeBatch),
        ...(await judgeDocuments(tx)),
      ];
      return {
        sealedCount: walked.size,
        waitingCount: unsealed.waiting,
        checkpointCount: walked.checkpointCount,
        outsideCount: options.outside?.length ?? 0,
        root: walked.root.toString('base64'),
        findings,
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );

type Known = { readonly name: string; readonly checkpoint: Checkpoint };

function readOutside(outside: readonly OutsideCheckpoint[], keys: Signer) {
  const known: Known[] = [];
  const findings: Finding[] = [];
  for (const { name, note } of outside) {
    const checkpoint = readCheckpoint(note);
    if (checkpoint !== null && isSignedBy(note, keys)) known.push({ name, checkpoint });
    else
      findings.push({
        kind: 'checkpoint',
        position: null,
        leafIndex: null,
        what: `${name}: ${checkpoint === null ? 'no checkpoint' : 'not signed by this key'}`,
      });
  }
  known.sort((a, b) => a.checkpoint.treeSize - b.checkpoint.treeSize);
  return { known, findings };
}

/**
 * What was signed and sent away must still be there. If it is not, an old state of the database took its place:
 * the first row sealed after that checkpoint, in the room of those it covers, is the first wrong one.
 */
async function judgeOutside(tx: Tx, known: readonly Known[], walked: Walked): Promise<Finding[]> {
  let fittingSize = 0;
  for (const { name, checkpoint } of known) {
    const { treeSize, rootHash, at } = checkpoint;
    if (walked.roots.get(treeSize)?.equals(rootHash) === true) {
      fittingSize = treeSize;
      continue;
    }
    const sealedBefore = walked.reached.filter((one) => one.at <= at && one.size < treeSize).at(-1);
    const leafIndex = Math.max(fittingSize, sealedBefore?.size ?? 0);
    const position = await positionAt(tx, leafIndex);
    const lastGood = await positionAt(tx, leafIndex - 1);
    const what =
      position === null
        ? `${name} was signed over ${treeSize} rows and there are ${walked.size}: an older state was restored`
        : `${name} was signed over another row here: an older state was restored and written on`;
    return [
      {
        kind: 'restored',
        position,
        leafIndex,
        what: `${what}; the last row that fits is at ${lastGood ?? 'none'}`,
      },
    ];
  }
  return [];
}

async function positionAt(tx: Tx, leafIndex: number): Promise<number | null> {
  const row = await firstOf<{ position: number }>(
    tx,
    'SELECT event_position AS position FROM event_seal WHERE leaf_index = ?',
    [leafIndex],
  );
  return row?.position ?? null;
}

/** Page views are sealed by the batch: the row named is the act that recorded it. */
function judgeBatch({ batchId, position, keptCount, recordedCount }: BentBatch): Finding {
  const [kept, recorded] = [keptCount ?? 0, recordedCount ?? 0];
  const kind = kept === recorded ? 'edited' : kept < recorded ? 'deleted' : 'inserted';
  const what = `page views of batch ${batchId}: ${kept} are there, ${recorded} were recorded`;
  return { kind, position, leafIndex: null, what };
}

async function judgeDocuments(tx: Tx): Promise<Finding[]> {
  const contradictions = await findContradictions(tx);
  const aboutNothing = await findActsAboutNothing(tx);
  return [
    ...contradictions.map(
      ({ type, id, state, recorded }): Finding => ({
        kind: 'contradiction',
        position: null,
        leafIndex: null,
        what: `${type} ${id} is ${state}, its last act says ${recorded ?? 'nothing'}`,
      }),
    ),
    ...aboutNothing.map(
      (act): Finding => ({
        kind: 'contradiction',
        position: act.position,
        leafIndex: null,
        what: `the ${act.type} of act ${act.id} does not exist`,
      }),
    ),
  ];
}
