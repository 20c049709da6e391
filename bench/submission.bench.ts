import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { submitBid } from '../src/bids/index.ts';
import { pad, sealEnvelope } from '../src/bids/sealing.ts';
import type { Actor } from '../src/kernel/actor.ts';
import { nodeRecipient } from '../src/platform/crypto/age-recipient.ts';
import { sha256Hex } from '../src/platform/crypto/key-ring.ts';
import { draftBid } from '../test/support/factories/bids.ts';
import type { World } from '../test/support/world.ts';
import { fillEvents, LINES_OF_AN_EVENT } from './data.ts';
import { type Request, sendLoad } from './load.ts';
import { compare, type Run } from './measure.ts';
import { recordSql, type Statement } from './recorded-sql.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, type Session, type Stage } from './stage.ts';

const CLIENTS = 8;
const EVENTS = 4;
const BIDDERS = 40;

type Draft = {
  readonly bidId: string;
  readonly revision: number;
  readonly actor: Actor;
  readonly session: Session;
};
type Recorded = { readonly bidId: string; readonly statements: readonly Statement[] };

/** Submitting a bid of 50 lines: sealed, receipt signed, one durable commit, and the redirect to the receipt. */
export const submission: Bench = async (cluster, report) => {
  const stage = await cluster.stage('bids', (fresh) => fillEvents(fresh.db, EVENTS, BIDDERS));
  const drafts = await makeDrafts(stage);
  const portal = await stage.startPortal();
  const pool = new pg.Pool({ connectionString: stage.url, max: CLIENTS });
  const recorded = await recordAll(stage, drafts);
  const compared = await compare(
    { name: 'portal', run: () => submitAll(stage, portal, drafts) },
    { name: 'plain pg', run: () => replayAll(pool, recorded) },
  );
  const cryptoMs = await costOfCrypto(stage, 7_000);
  report({
    title: `Bid submission, ${LINES_OF_AN_EVENT} lines`,
    data: `${drafts.length} bids of ${BIDDERS} suppliers for ${EVENTS} requirements, each again and again; 8 at once; commits are durable`,
    oursIs: 'the form posted, signed in, to the redirect: lines read, sealed, receipt signed, one commit',
    baselineIs:
      'the same SQL by plain pg, one message after the other: no HTTP, no session, nothing sealed or checked',
    compared,
    target: 0.4,
    notes: [
      `${messagesOf(recorded)} messages to PostgreSQL from BEGIN to COMMIT`,
      `sealing, hashing and signing take ${cryptoMs.toFixed(2)} ms, ${((100 * cryptoMs) / (compared.ours.cpuMs ?? Number.NaN)).toFixed(0)} % of the portal's processor time`,
    ],
  });
  await pool.end();
  await portal.stop();
};

async function makeDrafts(stage: Stage): Promise<Draft[]> {
  const world: Pick<World, 'runInTx'> = { runInTx: (actor, work) => stage.house.runInTx({ actor }, work) };
  const events = await stage.db('sourcing_event').pluck<string[]>('id');
  const names = await stage.db('user_account').where({ kind: 'supplier' }).pluck<string[]>('name');
  const drafts: Draft[] = [];
  for (const name of names) {
    const actor = await actorNamed(stage, name);
    const session = await stage.signIn(actor);
    for (const eventId of events) {
      const items = await stage.db('event_item').where({ event_id: eventId }).orderBy('line_no').select('id');
      const prices = items.map((_, index) => `${12 + index}.45`);
      drafts.push({
        actor,
        session,
        ...(await draftBid(world, { supplier: { actor }, eventId, items, prices })),
      });
    }
  }
  return drafts;
}

/** Posts every draft once. A draft that was submitted counts as changed again before the clock starts. */
async function submitAll(stage: Stage, portal: Server, drafts: readonly Draft[]): Promise<Run> {
  await stage.db('bid_draft').update({ submitted_revision: null });
  const posts = drafts.map(submissionOf);
  const before = await portal.usage();
  const load = await sendLoad(portal.answer.origin, {
    clients: CLIENTS,
    status: 303,
    next: () => posts.pop(),
  });
  const after = await portal.usage();
  return { perSecond: load.answers / load.seconds, cpuMs: (after.cpuMs - before.cpuMs) / load.answers };
}

const submissionOf = ({ bidId, revision, session }: Draft): Request => ({
  path: `/bids/${bidId}/submission`,
  cookie: session.cookie,
  form: { _csrf: session.csrfToken, revision: String(revision), idempotencyKey: randomUUID() },
});

const messagesOf = (recorded: readonly Recorded[]): number => recorded[0]?.statements.length ?? 0;

/**
 * The SQL of one submission of each draft, from BEGIN to COMMIT, as the portal sends it today. Each has been submitted
 * before, as in the portal's runs: the first time moves the invitation as well.
 */
async function recordAll(stage: Stage, drafts: readonly Draft[]): Promise<Recorded[]> {
  const recorded: Recorded[] = [];
  for (const { bidId, revision, actor } of drafts) {
    const submit = async (): Promise<unknown> => {
      await stage.db('bid_draft').where({ bid_id: bidId }).update({ submitted_revision: null });
      const form = { bidId, revision, idempotencyKey: randomUUID(), isFreeMeant: false };
      return stage.house.runInTx({ actor }, (ctx) => submitBid(ctx, form));
    };
    await submit();
    // The first message is our own update of the draft.
    const [, ...statements] = await recordSql(submit);
    recorded.push({ bidId, statements });
  }
  return recorded;
}

/** Sends all that was recorded by plain pg, each as its bid's next version. */
async function replayAll(pool: pg.Pool, recorded: readonly Recorded[]): Promise<Run> {
  await pool.query('UPDATE bid_draft SET submitted_revision = NULL');
  const { rows } = await pool.query<{ id: string; version: number }>(
    'SELECT id, current_version AS version FROM bid',
  );
  const versions = new Map(rows.map((row) => [row.id, row.version]));
  const waiting = recorded.map(({ bidId, statements }) => {
    const version = (versions.get(bidId) ?? 0) + 1;
    return statements.map((statement) => asNext(statement, version));
  });
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = await pool.connect();
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop())
        for (const statement of next) await client.query(statement as pg.QueryConfig);
      client.release();
    }),
  );
  return { perSecond: (1000 * recorded.length) / (performance.now() - from) };
}

/** The statement with what must be its own: the rows' ids, the form's key, the version. */
function asNext(statement: Statement, version: number): Statement {
  if (typeof statement === 'string') return statement;
  const values = [...statement.values];
  // Before the name stands the letter of the role it was prepared under.
  switch (statement.name?.split(':').at(-1)) {
    case 'bid_version.by-key':
      values[1] = randomUUID();
      break;
    case 'bid_version.save-submission':
      values[0] = randomUUID();
      values[2] = version;
      values[7] = randomUUID();
      values[10] = (values[10] as string[]).map(() => randomUUID());
      break;
    case 'event.insert-one':
      values[0] = randomUUID();
      break;
  }
  return { ...statement, values };
}

/** The processor time of all the cryptography of one submission: the envelope and its key's halves, our own seals, hashes, signature. */
async function costOfCrypto(stage: Stage, bytes: number): Promise<number> {
  const recipients = await stage.db('event_key').pluck<string[]>('recipient');
  const [timeRecipient = '', houseRecipient = ''] = recipients;
  const keys = { timeRecipient, houseRecipient, openers: [], threshold: null };
  const { keyRing } = stage.house.ports;
  const content = randomBytes(bytes);
  const once = async (): Promise<void> => {
    const { sealed, identity } = await sealEnvelope(content, keys, nodeRecipient);
    sha256Hex(content);
    sha256Hex(sealed);
    keyRing.seal(Buffer.from(identity), 'key');
    keyRing.unseal(keyRing.seal(pad(content), 'draft'), 'draft');
    keyRing.seal(pad(content), 'copy');
    keyRing.seal(pad(content.subarray(0, 700)), 'receipt');
    keyRing.sign(content.subarray(0, 700));
  };
  const times = 100;
  for (let count = 0; count < times; count += 1) await once();
  const { user, system } = process.cpuUsage();
  for (let count = 0; count < times; count += 1) await once();
  const used = process.cpuUsage({ user, system });
  return (used.user + used.system) / 1000 / times;
}
