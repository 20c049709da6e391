import { randomUUID } from 'node:crypto';
import { loadavg } from 'node:os';
import pg from 'pg';
import { receiveOnOrder } from '../src/deliveries/index.ts';
import { type Actor, system } from '../src/kernel/actor.ts';
import { dayIn } from '../src/kernel/time.ts';
import { findOrderLines, issueOrder, type OrderToIssue } from '../src/orders/index.ts';
import { orderLine } from '../test/support/factories/orders.ts';
import { fillReceiver, LINES_OF_A_LONG_ORDER } from './data.ts';
import { compare } from './measure.ts';
import { type Answer, sendOne } from './one-request.ts';
import { recordSql, type Statement } from './recorded-sql.ts';
import { asAnother, type Found, idsIn, inTurns, replay } from './replay.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Cluster, type Stage } from './stage.ts';

const CLIENTS = 8;
/** Five pairs and a warm-up of each side are 1,000 orders and more of ours. */
const ORDERS_A_RUN = 170;
const ORDERS_BEFORE = 10_000;
const RECEIPTS = 400;
const LINES_OF_A_RECEIPT = 10;
const PLANT_ZONE = 'Asia/Shanghai';

const issuer = system('orders/on-award-approved-issue-orders');

/** Among orders that are there: PostgreSQL plans for an empty table what it plans once a connection. */
const stageOfReceiver = (cluster: Cluster): Promise<Stage> =>
  cluster.stage('ordering', (fresh) => fillReceiver(fresh.db, ORDERS_BEFORE));

/** Orders of 50 lines: numbered, hashed, recorded, and their supplier to be told; eight at once. */
export const issuing: Bench = async (cluster, report) => {
  const stage = await stageOfReceiver(cluster);
  const order = await orderOf(stage, LINES_OF_A_LONG_ORDER);
  const issue = (): Promise<string> =>
    stage.house.runInTx({ actor: issuer }, (ctx) => issueOrder(ctx, order));
  const pool = new pg.Pool({ connectionString: stage.url, max: CLIENTS });
  const kept = await idsIn(pool, ['supplier', 'user_account', 'plant']);
  const statements = await recordSql(issue);
  const compared = await compare(
    { name: 'portal', run: () => inTurns([...Array(ORDERS_A_RUN).keys()], CLIENTS, issue) },
    { name: 'plain pg', run: () => replay(pool, many(statements, kept, ORDERS_A_RUN), CLIENTS) },
  );
  await pool.end();
  report({
    title: `Orders of ${LINES_OF_A_LONG_ORDER} lines made and issued, ${CLIENTS} at once`,
    data: `${ORDERS_A_RUN} a run, beside ${ORDERS_BEFORE} orders that are there; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    oursIs:
      'the use-case in its transaction: content frozen and hashed, lines and schedules written, recorded',
    baselineIs: 'the very same SQL, recorded from one and sent again message by message',
    compared,
    notes: [
      `${statements.length} messages to PostgreSQL; 1,000 orders take ${(1000 / compared.ours.perSecond).toFixed(1)} s`,
    ],
  });
};

const many = (statements: readonly Statement[], kept: Found, count: number): Statement[][] =>
  Array.from({ length: count }, () => asAnother(statements, kept));

async function orderOf(stage: Stage, lines: number): Promise<OrderToIssue> {
  const { id: supplierId } = await stage.db('supplier').first('id');
  const { userId } = await actorNamed(stage, 'Buyer en');
  return {
    awardId: null,
    eventId: null,
    supplierId,
    plantCode: 'QD01',
    buyerId: userId ?? '',
    title: 'Brackets & plates',
    currency: 'USD',
    incoterm: 'DAP',
    incotermPlace: 'Qingdao',
    paymentTermsDays: 30,
    lines: Array.from({ length: lines }, (_, index) =>
      orderLine({ description: `Bracket, 6061-T6, drawing ${index + 1}`, dueOn: '2027-01-15' }),
    ),
  };
}

/** A goods receipt as the phone sends it, on an order of ten lines, to the redirect; eight receivers at once. */
export const receipt: Bench = async (cluster, report) => {
  const stage = await stageOfReceiver(cluster);
  const receiver = await actorNamed(stage, 'Receiver');
  const session = await stage.signIn(receiver);
  const portal = await stage.startPortal();
  const forms = await receiptForms(stage, RECEIPTS + 50);
  const post = (form: Form): Promise<Answer> =>
    sendOne(portal.answer.origin, {
      path: `/orders/${form.orderId}/receipts`,
      cookie: session.cookie,
      form: { _csrf: session.csrfToken, ...form.fields },
    });
  for (const form of forms.splice(0, 50)) await post(form);
  const answers: Answer[] = [];
  const before = await portal.usage();
  const ours = await inTurns(forms, CLIENTS, async (form) => answers.push(await post(form)));
  const after = await portal.usage();
  await portal.stop();
  const refused = answers.filter((answer) => answer.status !== 303).length;
  if (refused > 0)
    throw new Error(`${refused} receipts were not posted, the first was answered ${answers[0]?.status}`);
  const times = answers.map((answer) => answer.milliseconds);
  const plain = await replayReceipts(stage, receiver);
  report({
    title: `Goods receipts of ${LINES_OF_A_RECEIPT} lines posted, ${CLIENTS} at once`,
    data: `${RECEIPTS} receipts, each of an order of its own; load average ${(loadavg()[0] ?? 0).toFixed(1)}`,
    oursIs: `the form posted, signed in, to the redirect: p50 ${at(times, 0.5)} ms, p99 ${at(times, 0.99)} ms`,
    baselineIs: `the very same SQL by plain pg, no HTTP: p50 ${at(plain.times, 0.5)} ms, p99 ${at(plain.times, 0.99)} ms`,
    compared: {
      ours: { perSecond: ours.perSecond, cpuMs: (after.cpuMs - before.cpuMs) / RECEIPTS },
      baseline: { perSecond: plain.perSecond },
      ratio: ours.perSecond / plain.perSecond,
    },
  });
};

type Form = { readonly orderId: string; readonly fields: Readonly<Record<string, string>> };

/** The form of all that is open on each of so many new orders. */
async function receiptForms(stage: Stage, count: number): Promise<Form[]> {
  const order = await orderOf(stage, LINES_OF_A_RECEIPT);
  const forms: Form[] = [];
  for (let made = 0; made < count; made += 1)
    forms.push(
      await stage.house.runInTx({ actor: issuer }, async (ctx) => {
        const orderId = await issueOrder(ctx, order);
        await ctx
          .tx('purchase_order')
          .where({ id: orderId })
          .update({ state: 'acknowledged', sent_at: ctx.now });
        const lines = await findOrderLines(ctx, orderId);
        const rows = lines.flatMap((line, index) => [
          [`lines[${index}][poLineId]`, line.id] as const,
          [`lines[${index}][quantity]`, line.quantity] as const,
        ]);
        const receivedOn = dayIn(ctx.now, PLANT_ZONE);
        return { orderId, fields: { idempotencyKey: randomUUID(), receivedOn, ...Object.fromEntries(rows) } };
      }),
    );
  return forms;
}

/** The SQL of one receipt, sent again for as many new orders: their ids and lines stand where the recorded one's do. */
async function replayReceipts(
  stage: Stage,
  receiver: Actor,
): Promise<{ perSecond: number; times: number[] }> {
  const [recordedForm, ...forms] = await receiptForms(stage, RECEIPTS / 2 + 1);
  if (recordedForm === undefined) throw new Error('No order to receive on');
  const linesOf = ({ fields }: Form): string[] =>
    Object.entries(fields).flatMap(([field, value]) => (field.endsWith('[poLineId]') ? [value] : []));
  const recorded = await recordSql(() =>
    stage.house.runInTx({ actor: receiver }, (ctx) =>
      receiveOnOrder(ctx, {
        orderId: recordedForm.orderId,
        idempotencyKey: randomUUID(),
        receivedOn: recordedForm.fields['receivedOn'] ?? '',
        note: '',
        lines: linesOf(recordedForm).map((poLineId) => ({
          poLineId,
          quantity: '10',
          shortfallReason: '',
          rejectedQuantity: '0',
          rejectionReason: '',
          defectCount: null,
        })),
      }),
    ),
  );
  const pool = new pg.Pool({ connectionString: stage.url, max: CLIENTS });
  const kept = await idsIn(pool, ['supplier', 'user_account', 'plant']);
  const schedules = new Map(
    (await stage.db('po_schedule').select<{ id: string; po_line_id: string }[]>('id', 'po_line_id')).map(
      (row) => [row.po_line_id, row.id],
    ),
  );
  const acts = forms.map((form) => {
    const was = linesOf(recordedForm);
    const pairs = linesOf(form).flatMap((id, index) => [
      [was[index] ?? '', id] as const,
      [schedules.get(was[index] ?? '') ?? '', schedules.get(id) ?? ''] as const,
    ]);
    return asAnother(recorded, kept, new Map([[recordedForm.orderId, form.orderId], ...pairs]));
  });
  const times: number[] = [];
  const run = await inTurns(acts, CLIENTS, async (act) => {
    const from = performance.now();
    await replay(pool, [act], 1);
    times.push(performance.now() - from);
  });
  await pool.end();
  return { perSecond: run.perSecond, times };
}

const at = (times: readonly number[], share: number): string => {
  const sorted = times.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN).toFixed(0);
};
