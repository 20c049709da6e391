import { verifyRecord } from '../src/audit/index.ts';
import { sealNextRows } from '../src/audit/seal.service.ts';
import { system } from '../src/kernel/actor.ts';
import { rowsOf } from '../src/platform/db/statements.ts';
import { usageOfThis } from './child.ts';
import { fillOrders } from './data.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import type { Cluster, Stage } from './stage.ts';

const ROWS = 1_000_000;
const ORDERS = 50_000;
const VIEWS = 200_000;
const actor = system('bench');

type Bend = {
  readonly kind: string;
  readonly bend: string;
  readonly mend?: string;
  readonly at: number | null;
};

/**
 * How long it takes to recompute the record, beside reading the same rows and throwing them away; then whether each
 * way to bend it is found in a record of that size, and its row named.
 */
export const verify: Bench = async (cluster, report) => {
  const stage = await stageOfRecord(cluster);
  const idleMb = usageOfThis().rssMb;
  let peakMb = idleMb;
  const compared = await compare(
    {
      name: 'verify',
      run: () => timed(() => expectWhole(stage, () => (peakMb = Math.max(peakMb, usageOfThis().rssMb)))),
    },
    { name: 'read', run: () => timed(() => readAll(stage)) },
    2,
  );
  const notes = await bendAndFind(stage);
  report({
    title: 'Verifying the record',
    data: `${ROWS} acts, half of them on ${ORDERS} orders; ${Math.ceil(ROWS / 2000)} checkpoints; ${VIEWS} page views`,
    oursIs: 'every row, seal, root, signature and batch of views, and every document against its last act',
    baselineIs: 'the same rows read by a cursor, nothing computed',
    compared,
    notes: [
      `takes ${(1 / compared.ours.perSecond).toFixed(1)} s (wanted: at most 60 s), ${(peakMb - idleMb).toFixed(0)} MB of memory above idle`,
      ...notes,
    ],
  });
};

/** A record of a million acts, sealed as it would have been. Made once a run. */
export const stageOfRecord = (cluster: Cluster): Promise<Stage> => cluster.stage('record', fillRecord);

async function fillRecord({ db, house }: Stage): Promise<void> {
  await fillOrders(db, ORDERS);
  await inLongTransaction(db, [
    `INSERT INTO event (id, at, actor_kind, actor_id, actor_name, request_id, action, subject_type, subject_id,
                        supplier_id, from_state, to_state, reason, changes)
     SELECT uuidv7(), now() - (${ROWS} - n) * interval '20 seconds', 'staff', person.id, person.name, uuidv7()::text,
            'purchase_order.acknowledged', 'purchase_order', po.id, po.supplier_id, 'sent', po.state,
            CASE WHEN n % 100 = 0 THEN 'agreed by telephone ' || n END,
            jsonb_build_object('reference', po.reference, 'version', 1)
       FROM generate_series(1, ${ROWS}, 2) AS n
       JOIN (SELECT id, supplier_id, state, reference, row_number() OVER (ORDER BY id) AS place
               FROM purchase_order) AS po ON po.place = 1 + n / 2 % ${ORDERS}
       JOIN (SELECT id, name, row_number() OVER (ORDER BY id) AS place FROM user_account) AS person
         ON person.place = 1 + n % 2`,
    `INSERT INTO event (id, at, actor_kind, actor_name, request_id, action, subject_type, subject_id, to_state, changes)
     SELECT uuidv7(), now() - (${ROWS} - n) * interval '20 seconds', 'system', 'jobs', uuidv7()::text,
            'notification.queued', 'notification', uuidv7(), 'queued',
            jsonb_build_object('template', 'order-acknowledged', 'eventId', uuidv7())
       FROM generate_series(2, ${ROWS}, 2) AS n`,
    `INSERT INTO event (id, at, actor_kind, actor_name, action, subject_type, subject_id, supplier_id, to_state)
     SELECT uuidv7(), now(), 'system', 'bench', 'supplier.registered', 'supplier', id, id, state FROM supplier`,
    `INSERT INTO page_view (batch_id, line_no, at, user_id, session, route, subject_type, subject_id, request_id)
     SELECT batch.id, line_no, now() - batch.n * interval '10 minutes', person.id, repeat('a', 16), '/orders/:orderId',
            'purchase_order', batch.order_id, uuidv7()
       FROM (SELECT uuidv7() AS id, n, (SELECT id FROM purchase_order ORDER BY id LIMIT 1) AS order_id
               FROM generate_series(1, ${VIEWS / 20}) AS n) AS batch
      CROSS JOIN generate_series(1, 20) AS line_no
      CROSS JOIN (SELECT id FROM user_account ORDER BY id LIMIT 1) AS person`,
    `INSERT INTO event (id, at, actor_kind, actor_name, action, subject_type, subject_id, changes)
     SELECT uuidv7(), now(), 'system', 'audit/page-views', 'page_view.recorded', 'page_view_batch', batch_id,
            jsonb_build_object('count', count(*), 'sha256', encode(sha256(convert_to(string_agg(concat(
              line_no, '|', to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), '|', user_id, '||', session,
              '|', route, '|', subject_type, '|', subject_id, '|', request_id), E'\\n' ORDER BY line_no), 'UTF8')), 'hex'))
       FROM page_view
      GROUP BY batch_id`,
  ]);
  await db.raw('VACUUM ANALYZE event, page_view');
  while ((await house.runInTx({ actor }, (ctx) => sealNextRows(ctx, 'visible'))) > 0);
  await db.raw('VACUUM ANALYZE event, event_seal, event_checkpoint');
}

/** Each way to bend a record as the database's superuser can, found, named, and mended again; the last is not mended. */
async function bendAndFind(stage: Stage): Promise<string[]> {
  const { db } = stage;
  for (const table of ['event', 'event_seal', 'event_checkpoint', 'event_tree_node'])
    await db.raw(`ALTER TABLE ${table} DISABLE TRIGGER ALL`);
  await db.raw('ALTER TABLE event ALTER position SET GENERATED BY DEFAULT');
  const at = await positionOf(stage, 600_000);
  const other = await positionOf(stage, 800_000);
  const mailed = await db('event_checkpoint')
    .orderBy('tree_size', 'desc')
    .first<{ signed_note: string }>('signed_note');
  const cutAt = await positionOf(stage, 900_000);
  const exchange = `
    UPDATE event SET position = -1 WHERE position = ${at};
    UPDATE event SET position = ${at} WHERE position = ${other};
    UPDATE event SET position = ${other} WHERE position = -1`;
  const bends: readonly Bend[] = [
    {
      kind: 'edited',
      bend: `UPDATE event SET reason = reason || '.', actor_name = actor_name || ' ' WHERE position = ${at}`,
      mend: `UPDATE event SET reason = left(reason, -1), actor_name = left(actor_name, -1) WHERE position = ${at}`,
      at,
    },
    {
      kind: 'deleted',
      bend: `CREATE TABLE bench_kept AS SELECT * FROM event WHERE position = ${at}; DELETE FROM event WHERE position = ${at}`,
      mend: 'INSERT INTO event SELECT * FROM bench_kept',
      at,
    },
    {
      kind: 'inserted',
      bend: `INSERT INTO event (position, id, transaction_id, at, actor_kind, actor_name, action, subject_type, subject_id)
             SELECT 0, uuidv7(), transaction_id, at, actor_kind, actor_name, 'notification.queued', 'notification',
                    uuidv7()
               FROM event WHERE position = ${at}`,
      mend: 'DELETE FROM event WHERE position = 0',
      at: 0,
    },
    { kind: 'reordered', bend: exchange, mend: exchange, at },
    {
      kind: 'restored',
      bend: `DELETE FROM event WHERE position >= ${cutAt};
             DELETE FROM event_seal WHERE leaf_index >= 900000;
             DELETE FROM event_tree_node WHERE (node_index + 1) * power(2, level) > 900000;
             DELETE FROM event_checkpoint WHERE tree_size > 900000`,
      at: null,
    },
  ];
  const notes: string[] = [];
  for (const { kind, bend, mend, at: expected } of bends) {
    await inLongTransaction(db, [bend]);
    const from = performance.now();
    const outside = kind === 'restored' ? [{ name: 'mailed.txt', note: mailed?.signed_note ?? '' }] : [];
    const { findings } = await verifyRecord(db, stage.house.ports.keyRing, { outside });
    const first = findings.find((finding) => finding.kind !== 'contradiction');
    const isFound = first?.kind === kind && first.position === expected;
    notes.push(
      `${kind}: ${isFound ? 'found' : 'NOT FOUND'} in ${((performance.now() - from) / 1000).toFixed(1)} s, row ${first?.position ?? 'none'}, leaf ${first?.leafIndex ?? 'none'}`,
    );
    if (mend !== undefined) await inLongTransaction(db, [mend]);
  }
  return notes;
}

async function positionOf({ db }: Stage, leafIndex: number): Promise<number> {
  const row = await db('event_seal').where({ leaf_index: leafIndex }).first<{ event_position: number }>();
  return row.event_position;
}

async function expectWhole({ db, house }: Stage, onProgress: () => void): Promise<void> {
  const { findings } = await verifyRecord(db, house.ports.keyRing, { onProgress });
  if (findings.length > 0) throw new Error(`The bench's own record is bent: ${JSON.stringify(findings[0])}`);
}

const readAll = ({ db }: Stage): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw('SET LOCAL statement_timeout = 0');
    await tx.raw(`DECLARE everything NO SCROLL CURSOR FOR
      SELECT event.*, seal.* FROM event_seal AS seal JOIN event ON event.position = seal.event_position
       ORDER BY seal.leaf_index`);
    while ((await rowsOf(tx, 'FETCH 5000 FROM everything')).length > 0);
  });

const inLongTransaction = (db: Stage['db'], statements: readonly string[]): Promise<void> =>
  db.transaction(async (tx) => {
    await tx.raw('SET LOCAL statement_timeout = 0');
    for (const statement of statements) await tx.raw(statement);
  });

async function timed(work: () => Promise<void>): Promise<Run> {
  const from = performance.now();
  await work();
  return { perSecond: 1000 / (performance.now() - from) };
}
