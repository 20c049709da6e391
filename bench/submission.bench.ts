import { randomBytes, randomUUID } from 'node:crypto';
import pg from 'pg';
import { pad, sealContent } from '../src/bids/sealing.ts';
import { sha256Hex } from '../src/platform/crypto/key-ring.ts';
import { draftBid } from '../test/support/factories/bids.ts';
import type { World } from '../test/support/world.ts';
import { fillEvents, LINES_OF_AN_EVENT } from './data.ts';
import { type Request, sendLoad } from './load.ts';
import { compare, type Run } from './measure.ts';
import type { Bench } from './report.ts';
import { actorNamed, type Server, type Session, type Stage } from './stage.ts';

const CLIENTS = 8;
const EVENTS = 4;
const BIDDERS = 40;

type Draft = { readonly bidId: string; readonly revision: number; readonly session: Session };

/** Submitting a bid of 50 lines: sealed, receipt signed, one durable commit, and the redirect to the receipt. */
export const submission: Bench = async (cluster, report) => {
  const stage = await cluster.stage('bids', (fresh) => fillEvents(fresh.db, EVENTS, BIDDERS));
  const drafts = await makeDrafts(stage);
  const portal = await stage.startPortal();
  const sizes = await sizesOfOne(stage, portal, drafts);
  const pool = new pg.Pool({ connectionString: stage.url, max: CLIENTS });
  const compared = await compare(
    { name: 'portal', run: () => submitAll(stage, portal, drafts) },
    { name: 'plain pg', run: () => insertAll(pool, drafts, sizes) },
  );
  const cryptoMs = await costOfCrypto(stage, sizes.content);
  report({
    title: `Bid submission, ${LINES_OF_AN_EVENT} lines`,
    data: `${drafts.length} bids of ${BIDDERS} suppliers for ${EVENTS} requirements, each again and again; 8 at once; commits are durable`,
    oursIs: 'the form posted, signed in, to the redirect',
    baselineIs: 'plain pg without HTTP: version, event row and states of the same size in one transaction',
    compared,
    target: 0.4,
    notes: [
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
      drafts.push({ session, ...(await draftBid(world, { supplier: { actor }, eventId, items, prices })) });
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

type Sizes = {
  readonly content: number;
  readonly sealed: number;
  readonly copy: number;
  readonly receipt: number;
};

/** How large what the portal writes is: the baseline writes as much. */
async function sizesOfOne(stage: Stage, portal: Server, drafts: readonly Draft[]): Promise<Sizes> {
  await submitAll(stage, portal, drafts.slice(0, 1));
  const row = await stage.db('bid_version').first();
  return {
    content: 7_000,
    sealed: row.sealed.length,
    copy: row.supplier_copy.length,
    receipt: row.receipt.length,
  };
}

/** Writes as many versions by plain pg: the same rows in the same tables, nothing sealed, checked or locked. */
async function insertAll(pool: pg.Pool, drafts: readonly Draft[], sizes: Sizes): Promise<Run> {
  const { rows } = await pool.query<{ id: string; version: number; user: string }>(
    `SELECT bid.id, bid.current_version AS version, user_account.id AS user
       FROM bid JOIN user_account ON user_account.supplier_id = bid.supplier_id`,
  );
  const waiting = rows.slice(0, drafts.length);
  const count = waiting.length;
  const from = performance.now();
  await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      for (let bid = waiting.pop(); bid !== undefined; bid = waiting.pop()) await insertOne(pool, bid, sizes);
    }),
  );
  return { perSecond: (1000 * count) / (performance.now() - from) };
}

async function insertOne(
  pool: pg.Pool,
  bid: { id: string; version: number; user: string },
  sizes: Sizes,
): Promise<void> {
  const sha256 = sha256Hex(bid.id);
  const version = bid.version + 1;
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO bid_version (id, bid_id, version, sealed, sealed_sha256, content_sha256, supplier_copy,
                                received_at, receipt, receipt_signature, submitted_by, idempotency_key)
       VALUES ($1, $2, $3, $4, $5, $5, $6, now(), $7, $8, $9, $10)`,
      [
        randomUUID(),
        bid.id,
        version,
        randomBytes(sizes.sealed),
        sha256,
        randomBytes(sizes.copy),
        randomBytes(sizes.receipt),
        'A'.repeat(88),
        bid.user,
        randomUUID(),
      ],
    );
    await client.query(
      `INSERT INTO event (id, at, actor_kind, actor_id, actor_name, request_id, action, subject_type, subject_id,
                          from_state, to_state, changes)
       VALUES ($1, now(), 'supplier', $2, 'Bidder', $3, 'bid.submitted', 'bid', $4, 'draft', 'submitted', $5)`,
      [
        randomUUID(),
        bid.user,
        randomUUID(),
        bid.id,
        { version, contentSha256: sha256, sealedSha256: sha256 },
      ],
    );
    await client.query(
      `UPDATE bid SET state = 'submitted', current_version = $2, submitted_at = now() WHERE id = $1`,
      [bid.id, version],
    );
    await client.query('UPDATE bid_draft SET submitted_revision = revision WHERE bid_id = $1', [bid.id]);
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}

/** The processor time of all the cryptography of one submission: seal for the event, two seals of ours, hashes, signature. */
async function costOfCrypto(stage: Stage, bytes: number): Promise<number> {
  const { recipient } = await stage.db('event_key').first('recipient');
  const { keyRing } = stage.house.ports;
  const content = randomBytes(bytes);
  const once = async (): Promise<void> => {
    const sealed = await sealContent(content, recipient);
    sha256Hex(content);
    sha256Hex(sealed);
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
