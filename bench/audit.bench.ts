import { record, startSealer, verifyRecord } from '../src/audit/index.ts';
import { sealNextRows } from '../src/audit/seal.service.ts';
import { system } from '../src/kernel/actor.ts';
import { newId } from '../src/kernel/id.ts';
import type { Ctx } from '../src/platform/db/context.ts';
import { named, rowsOf } from '../src/platform/db/statements.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import type { Stage } from './stage.ts';

const CLIENTS = 8;
const SECONDS = 3;
const ROWS = 1_000_000;
const actor = system('bench');

/** What recording costs a write, with the sealer at work, and how soon an act is sealed. */
export const recording: Bench = async (cluster, report) => {
  const stage = await cluster.stage('recording', async ({ db }) => {
    await db.raw(`
      CREATE TABLE bench_document (id uuid PRIMARY KEY, reference text NOT NULL UNIQUE, version integer NOT NULL);
      CREATE TABLE bench_line (document_id uuid NOT NULL REFERENCES bench_document, line_no integer NOT NULL,
                               description text NOT NULL, quantity numeric(20,6) NOT NULL, price numeric(20,6) NOT NULL,
                               PRIMARY KEY (document_id, line_no))`);
  });
  const sealer = startSealer({ db: stage.db, runInTx: stage.house.runInTx, onError: fail });
  const compared = await compare(
    { name: 'recorded', run: () => writeFor(stage, writeAndRecord) },
    { name: 'not recorded', run: () => writeFor(stage, write) },
    7,
  );
  const lag = await lagOf(stage);
  await sealer.stop();
  report({
    title: 'Recording an act',
    data: 'a document of 50 lines in one durable transaction, 8 clients',
    oursIs: 'with its event row, the sealer running',
    baselineIs: 'the same write without it',
    compared,
    notes: [
      `costs ${((1 - compared.ratio) * 100).toFixed(1)} % of the writes (wanted: at most 10 %)`,
      `an act is sealed after ${lag.median} s at the median, ${lag.p99} s at p99 (wanted: at most 5 s)`,
    ],
    target: 0.9,
  });
};

/** How long it takes to recompute the record, beside reading the same rows and throwing them away. */
export const verify: Bench = async (cluster, report) => {
  const stage = await cluster.stage('verify', fillRecord);
  const compared = await compare(
    {
      name: 'verify',
      run: () => timed(async () => void (await verifyRecord(stage.db, stage.house.ports.keyRing))),
    },
    { name: 'read', run: () => timed(() => readAll(stage)) },
    2,
  );
  report({
    title: 'Verifying the record',
    data: `${ROWS} acts, ${ROWS / 2000} checkpoints`,
    oursIs: 'every row, seal, root and signature',
    baselineIs: 'the same rows read by a cursor, nothing computed',
    compared,
    notes: [`takes ${(1 / compared.ours.perSecond).toFixed(1)} s (wanted: at most 60 s)`],
  });
};

async function write(ctx: Ctx): Promise<string> {
  const id = newId();
  await named(ctx.tx, {
    name: 'bench.document',
    text: `
      WITH document AS (INSERT INTO bench_document (id, reference, version) VALUES ($1, $2, 1))
      SELECT 1`,
    values: [id, `DOC-${id}`],
  });
  await named(ctx.tx, {
    name: 'bench.lines',
    text: `
      INSERT INTO bench_line (document_id, line_no, description, quantity, price)
      SELECT $1, line_no, 'Deep groove ball bearing 6204-2RS, ' || line_no, 100, 12.345600
        FROM generate_series(1, 50) AS line_no`,
    values: [id],
  });
  return id;
}

async function writeAndRecord(ctx: Ctx): Promise<string> {
  const id = await write(ctx);
  return record(ctx, {
    action: 'purchase_order.issued',
    subject: { type: 'purchase_order', id },
    supplierId: id,
    to: 'sent',
    changes: { reference: `DOC-${id}`, lines: 50 },
  });
}

async function writeFor(stage: Stage, act: (ctx: Ctx) => Promise<unknown>): Promise<Run> {
  const from = performance.now();
  let count = 0;
  const client = async (): Promise<void> => {
    while (performance.now() - from < SECONDS * 1000) {
      await stage.house.runInTx({ actor }, act);
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { perSecond: count / ((performance.now() - from) / 1000) };
}

/** From the act to the checkpoint that covers it. */
async function lagOf(stage: Stage): Promise<{ median: string; p99: string }> {
  const { rows } = await stage.db.raw<{ rows: { median: number; p99: number }[] }>(`
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS median,
           percentile_cont(0.99) WITHIN GROUP (ORDER BY lag) AS p99
      FROM (SELECT extract(epoch FROM checkpoint.created_at - event.at)::float8 AS lag
              FROM event
              JOIN event_seal AS seal ON seal.event_position = event.position
              JOIN LATERAL (SELECT created_at FROM event_checkpoint
                             WHERE tree_size > seal.leaf_index
                             ORDER BY tree_size LIMIT 1) AS checkpoint ON true) AS sealed`);
  return { median: (rows[0]?.median ?? NaN).toFixed(2), p99: (rows[0]?.p99 ?? NaN).toFixed(2) };
}

/** A record of a million acts, sealed as it would have been. */
async function fillRecord({ db, house }: Stage): Promise<void> {
  await db.raw(
    `SET statement_timeout = 0;
     INSERT INTO event (id, at, actor_kind, actor_id, actor_name, request_id, action, subject_type, subject_id,
                        from_state, to_state, reason, changes)
     SELECT gen_random_uuid(), now() - (${ROWS} - n) * interval '1 second', 'staff', gen_random_uuid(), 'Li Na',
            gen_random_uuid()::text, 'notification.queued', 'notification', gen_random_uuid(), NULL, 'queued',
            CASE WHEN n % 10 = 0 THEN 'agreed by telephone' END,
            jsonb_build_object('reference', 'PO-2026-' || n, 'lines', n % 50, 'eventId', gen_random_uuid())
       FROM generate_series(1, ${ROWS}) AS n;
     RESET statement_timeout`,
  );
  await db.raw('VACUUM ANALYZE event');
  while ((await house.runInTx({ actor }, (ctx) => sealNextRows(ctx, 'visible'))) > 0);
  await db.raw('VACUUM ANALYZE event, event_seal, event_checkpoint');
}

const readAll = ({ db }: Stage): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw('SET LOCAL statement_timeout = 0');
    await tx.raw(`DECLARE everything NO SCROLL CURSOR FOR
      SELECT event.*, seal.* FROM event_seal AS seal JOIN event ON event.position = seal.event_position
       ORDER BY seal.leaf_index`);
    while ((await rowsOf(tx, 'FETCH 5000 FROM everything')).length > 0);
  });

async function timed(work: () => Promise<void>): Promise<Run> {
  const from = performance.now();
  await work();
  return { perSecond: 1000 / (performance.now() - from) };
}

const fail = (error: unknown): void => {
  throw error;
};
