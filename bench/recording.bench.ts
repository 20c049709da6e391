import { startSealer } from '../src/audit/index.ts';
import { hasUnsealed } from '../src/audit/seal.store.ts';
import type { Actor } from '../src/kernel/actor.ts';
import { acknowledgeOrder } from '../src/orders/index.ts';
import type { Ctx } from '../src/platform/db/context.ts';
import { fillOrders } from './data.ts';
import { sendLoad } from './load.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import type { Server, Session, Stage } from './stage.ts';
import { unrecorded } from './unrecorded.ts';

const CLIENTS = 8;
const ORDERS = 40_000;
const ORDERS_A_RUN = 1_000;
const PAIRS = 9;

type Order = { readonly id: string; readonly actor: Actor; readonly session: Session };

/**
 * What recording costs a write, and how soon an act is sealed: suppliers acknowledge orders, with the event row and
 * the sealer at work, and the same without either. Through the portal, and then by the use-case alone.
 */
export const recording: Bench = async (cluster, report) => {
  const stage = await cluster.stage('recording', ({ db }) => fillAcknowledgeable(db));
  const orders = await ordersToAcknowledge(stage);
  const portal = await stage.startPortal();
  const recordless = await stage.startPortal('record');
  const compared = await compare(
    { name: 'recorded', run: () => withSealer(stage, () => postAll(portal, orders)) },
    { name: 'not recorded', run: () => postAll(recordless, orders) },
    PAIRS,
  );
  await portal.stop();
  await recordless.stop();
  const bare = await compare(
    { name: 'recorded', run: () => withSealer(stage, () => callAll(stage, orders, (ctx) => ctx)) },
    { name: 'not recorded', run: () => callAll(stage, orders, unrecorded) },
    PAIRS,
  );
  const lag = await lagOf(stage);
  report({
    title: 'Recording an act',
    data: `${ORDERS_A_RUN} orders acknowledged a run, ${CLIENTS} at once; commits are durable`,
    oursIs: 'the form posted, signed in, to the redirect; with the event row, the sealer running',
    baselineIs: 'the same without either',
    compared,
    notes: [
      `costs ${cost(compared.ratio)} of the writes (wanted: at most 10 %)`,
      `by the use-case alone, without HTTP: ${bare.ours.perSecond.toFixed(0)}/s beside ${bare.baseline.perSecond.toFixed(0)}/s, costs ${cost(bare.ratio)}`,
      `${lag.count} acts were sealed after ${lag.median} s at the median, ${lag.p99} s at p99, ${lag.most} s at most (wanted: p99 at most 5 s)`,
    ],
    target: 0.9,
  });
};

const cost = (ratio: number): string => `${((1 - ratio) * 100).toFixed(1)} %`;

async function fillAcknowledgeable(db: Stage['db']): Promise<void> {
  await fillOrders(db, ORDERS);
  await db.raw(`
    UPDATE purchase_order SET state = 'sent';
    INSERT INTO user_account (id, kind, name, email, supplier_id, created_at)
    SELECT uuidv7(), 'supplier', 'Sales of ' || reference, reference || '@supplier.example', id, now() FROM supplier;
    INSERT INTO user_role (user_id, role, granted_at)
    SELECT id, 'supplier_administrator', now() FROM user_account WHERE kind = 'supplier'`);
  await db.raw('VACUUM ANALYZE');
}

async function ordersToAcknowledge(stage: Stage): Promise<Order[]> {
  const { rows } = await stage.db.raw<{
    rows: { id: string; supplierId: string; userId: string; name: string }[];
  }>(`
    SELECT po.id, po.supplier_id AS "supplierId", person.id AS "userId", person.name
      FROM purchase_order AS po
      JOIN user_account AS person ON person.supplier_id = po.supplier_id
     ORDER BY po.id`);
  const people = new Map<string, { actor: Actor; session: Session }>();
  const orders: Order[] = [];
  for (const { id, supplierId, userId, name } of rows) {
    const actor: Actor = { kind: 'supplier', userId, name, roles: ['supplier_administrator'], supplierId };
    const person = people.get(userId) ?? { actor, session: await stage.signIn(actor) };
    people.set(userId, person);
    orders.push({ id, ...person });
  }
  return orders;
}

function take(orders: Order[]): Order[] {
  const taken = orders.splice(0, ORDERS_A_RUN);
  if (taken.length < ORDERS_A_RUN) throw new Error('Too few orders for so many runs');
  return taken;
}

async function postAll(portal: Server, orders: Order[]): Promise<Run> {
  const posts = take(orders).map(({ id, session }) => ({
    path: `/orders/${id}/acknowledgement`,
    cookie: session.cookie,
    form: { _csrf: session.csrfToken, version: '1', note: 'Confirmed as ordered.' },
  }));
  const before = await portal.usage();
  const load = await sendLoad(portal.answer.origin, {
    clients: CLIENTS,
    status: 303,
    next: () => posts.pop(),
  });
  const after = await portal.usage();
  return { perSecond: load.answers / load.seconds, cpuMs: (after.cpuMs - before.cpuMs) / load.answers };
}

async function callAll(stage: Stage, orders: Order[], within: (ctx: Ctx) => Ctx): Promise<Run> {
  const waiting = take(orders);
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let order = waiting.pop(); order !== undefined; order = waiting.pop()) {
        const { id, actor } = order;
        await stage.house.runInTx({ actor }, (ctx) =>
          acknowledgeOrder(within(ctx), { orderId: id, version: 1, note: 'Confirmed as ordered.' }),
        );
      }
    }),
  );
  return { perSecond: (1000 * ORDERS_A_RUN) / (performance.now() - from) };
}

async function withSealer(stage: Stage, work: () => Promise<Run>): Promise<Run> {
  const sealer = startSealer({
    db: stage.db,
    runInTx: stage.house.runInTx,
    onError: (error) => {
      throw error;
    },
  });
  try {
    const run = await work();
    // What was acknowledged last is sealed before the sealer rests, so that its lag is the sealer's and not the turn's.
    while (await hasUnsealed(stage.db)) await new Promise((resolve) => setTimeout(resolve, 100));
    return run;
  } finally {
    await sealer.stop();
  }
}

/** From the act to the checkpoint that covers it. */
async function lagOf(stage: Stage): Promise<{ count: number; median: string; p99: string; most: string }> {
  const { rows } = await stage.db.raw<{
    rows: { count: number; median: number; p99: number; most: number }[];
  }>(`
    SELECT count(*) AS count, percentile_cont(0.5) WITHIN GROUP (ORDER BY lag) AS median,
           percentile_cont(0.99) WITHIN GROUP (ORDER BY lag) AS p99, max(lag) AS most
      FROM (SELECT extract(epoch FROM checkpoint.created_at - event.at)::float8 AS lag
              FROM event
              JOIN event_seal AS seal ON seal.event_position = event.position
              JOIN LATERAL (SELECT created_at FROM event_checkpoint
                             WHERE tree_size > seal.leaf_index
                             ORDER BY tree_size LIMIT 1) AS checkpoint ON true
             WHERE event.actor_kind = 'supplier') AS sealed`);
  const { count = 0, median = Number.NaN, p99 = Number.NaN, most = Number.NaN } = rows[0] ?? {};
  return { count, median: median.toFixed(2), p99: p99.toFixed(2), most: most.toFixed(2) };
}
