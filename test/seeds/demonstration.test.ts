import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect } from 'chai';
import { parse } from 'csv-parse/sync';
import { demonstrationStaff } from '../../config/demonstration-staff.ts';
import { competitionPlans } from '../../migrations/seeds/competition-plan.ts';
import { loadDemonstration, makeSeedClock, type SignIn } from '../../migrations/seeds/demonstration.ts';
import { pastOrderPlans } from '../../migrations/seeds/past-orders.ts';
import { createPlant } from '../../src/catalog/index.ts';
import { waitingForActor } from '../../src/home/home.queries.ts';
import { type House, openHouse } from '../../src/house.ts';
import { type Actor, supplierRoles, system } from '../../src/kernel/actor.ts';
import { openDatabase } from '../../src/platform/db/database.ts';
import { rowsOf } from '../../src/platform/db/statements.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const root = path.join(import.meta.dirname, '../..');
const NOW = new Date('2026-11-22T04:00:00Z');

type Opened = {
  readonly house: House;
  load(say?: (line: string) => void): Promise<readonly SignIn[]>;
  query<T>(sql: string): Promise<T[]>;
  close(): Promise<void>;
};

async function openForLoading(): Promise<Opened> {
  const database: TestDatabase = await createTestDatabase();
  const data = await mkdtemp(path.join(tmpdir(), 'portico-seed-'));
  const clock = makeSeedClock(NOW);
  const settings = { databaseUrl: database.url, poolMax: 4, applicationName: 'test' };
  const db = openDatabase({ url: database.url, poolMax: 2, applicationName: 'test-owner' });
  const house = openHouse({ ...settings, masterKey: Buffer.alloc(32, 7), folders: { root, data } }, clock);
  return {
    house,
    load: (say = () => {}) =>
      loadDemonstration({
        house,
        clock,
        readNow: async () => NOW,
        origin: 'http://127.0.0.1',
        mailFrom: 'Portico <portico@localhost>',
        say,
      }),
    query: (sql) => db.transaction((tx) => rowsOf(tx, sql)),
    close: async () => {
      await house.close();
      await db.destroy();
      await database.drop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

type CsvRow = {
  readonly event: string;
  readonly bidder: string;
  readonly rank: string;
  readonly quantity: string;
  readonly unit_price: string;
};

/** Each bidder's total in cents, by contract; half a cent rounds up, line by line. */
async function totalsInFile(): Promise<Map<string, Map<string, { cents: bigint; rank: number }>>> {
  const file = path.join(root, 'migrations/seeds/data/bid-tabulations.csv.gz');
  const rows: CsvRow[] = parse(gunzipSync(await readFile(file)), { columns: true });
  const totals = new Map<string, Map<string, { cents: bigint; rank: number }>>();
  for (const row of rows) {
    const bidders = totals.get(row.event) ?? new Map<string, { cents: bigint; rank: number }>();
    totals.set(row.event, bidders);
    const tenThousandths = hundredths(row.quantity) * hundredths(row.unit_price);
    const cents = (tenThousandths + 50n) / 100n + (bidders.get(row.bidder)?.cents ?? 0n);
    bidders.set(row.bidder, { cents, rank: Number(row.rank) });
  }
  return totals;
}

/** The file has at most two decimals. */
function hundredths(decimal: string): bigint {
  const [whole = '', fraction = ''] = decimal.split('.');
  return BigInt(whole + fraction.padEnd(2, '0'));
}

describe('loading the demonstration company', function () {
  this.timeout(300_000);
  let opened: Opened;
  let signIns: readonly SignIn[];
  let stepsBeforeInterruption: number;

  before(async () => {
    opened = await openForLoading();
    // The process ends in the middle, as if it were killed.
    await opened
      .load((line) => {
        if (line.includes('2026-07')) throw new Error('killed');
      })
      .then(
        () => expect.fail('it was not interrupted'),
        (error: Error) => expect(error.message).to.equal('killed'),
      );
    stepsBeforeInterruption = await stepCount();
    signIns = await opened.load();
  });
  after(() => opened.close());

  const stepCount = async (): Promise<number> =>
    (await opened.query(`SELECT 1 FROM event WHERE action = 'demonstration.step-done'`)).length;

  it('goes on after an interruption where it stopped, and does no step twice', async () => {
    const steps = await opened.query<{ step: string }>(
      `SELECT changes ->> 'step' AS step FROM event WHERE action = 'demonstration.step-done'`,
    );
    expect(stepsBeforeInterruption).to.be.greaterThan(5);
    expect(steps.length).to.be.greaterThan(stepsBeforeInterruption);
    expect(new Set(steps.map(({ step }) => step)).size).to.equal(steps.length);
    expect(await opened.query(`SELECT 1 FROM event WHERE action = 'demonstration.loaded'`)).to.have.length(1);
  });

  it('registers every bidder of the public tabulations', async () => {
    const names = new Set([...(await totalsInFile()).values()].flatMap((bidders) => [...bidders.keys()]));
    const suppliers = await opened.query<{ name: string }>('SELECT name FROM supplier');
    expect(names.size).to.equal(45);
    expect(suppliers.map(({ name }) => name)).to.include.members([...names]);
  });

  it('opens every bid at the total that the public tabulation gives, the lowest first', async () => {
    const inFile = await totalsInFile();
    let checked = 0;
    for (const { contract } of competitionPlans.filter((plan) => plan.openedDaysAgo !== undefined)) {
      const bids = await opened.query<{ name: string; total: string }>(
        `SELECT supplier.name, round(bid.total_amount, 2)::text AS total
           FROM bid
           JOIN supplier ON supplier.id = bid.supplier_id
           JOIN sourcing_event AS asked ON asked.id = bid.event_id
          WHERE asked.description LIKE '%contract ${contract},%'
          ORDER BY bid.total_amount`,
      );
      const published = [...(inFile.get(contract) ?? [])].sort(([, a], [, b]) => a.rank - b.rank);
      expect(bids.map(({ name, total }) => [name, hundredths(total)])).to.deep.equal(
        published.map(([name, { cents }]) => [name, cents]),
      );
      checked += bids.length;
    }
    expect(checked).to.be.greaterThan(25);
  });

  it('keeps the unit as its owner wrote it beside the code', async () => {
    const units = await opened.query<{ unit: string; original: string }>(
      `SELECT DISTINCT unit, original_unit AS original FROM event_item WHERE original_unit IS NOT NULL`,
    );
    expect(units).to.deep.include({ unit: 'LF', original: 'L.F.' });
    expect(units).to.deep.include({ unit: 'YDK', original: 'SYS' });
    expect(units).to.deep.include({ unit: 'M4', original: '$' });
  });

  it('leaves events, orders and invoices in many states, so that everybody has something to do', async () => {
    const statesOf = async (table: string): Promise<string[]> =>
      (await opened.query<{ state: string }>(`SELECT DISTINCT state FROM ${table}`)).map((row) => row.state);
    expect(await statesOf('sourcing_event')).to.include.members([
      'draft',
      'pending_approval',
      'open',
      'closed',
      'evaluation',
      'award_approval',
      'awarded',
      'cancelled',
    ]);
    expect(await statesOf('purchase_order')).to.include.members([
      'sent',
      'acknowledged',
      'part_received',
      'received',
      'invoiced',
      'closed',
    ]);
    expect(await statesOf('forecast')).to.have.members(['committed', 'published']);
    expect(await statesOf('invoice')).to.include.members([
      'pending_approval',
      'exception',
      'approved',
      'paid',
    ]);
    const orders = await opened.query('SELECT 1 FROM purchase_order');
    expect(orders.length).to.be.greaterThan(pastOrderPlans.length);
    const late = await opened.query(
      `SELECT 1 FROM purchase_order WHERE next_due_on < '2026-11-22' AND state IN ('acknowledged', 'open', 'part_received')`,
    );
    expect(late).not.to.have.length(0);
  });

  it('lets something wait for every role that acts', async () => {
    for (const nameId of ['li.wei', 'ana.costa', 'zhang.min', 'wang.jun', 'chen.jing'])
      expect(await waitingFor(await staffNamed(nameId)), nameId).not.to.have.length(0);
    const supplier = await opened.query<{ userId: string; supplierId: string }>(
      `SELECT account.id AS "userId", account.supplier_id AS "supplierId"
         FROM user_account AS account
         JOIN supplier ON supplier.id = account.supplier_id
        WHERE supplier.name IN ('RIETH-RILEY CONSTRUCTION', 'E & B PAVING LLC', 'ENNEKING PRESSURE CLEANING INC')`,
    );
    expect(supplier).to.have.length(3);
    for (const { userId, supplierId } of supplier)
      expect(
        await waitingFor({ kind: 'supplier', userId, name: '', roles: supplierRoles, supplierId }),
      ).not.to.have.length(0);
  });

  const waitingFor = (actor: Actor) => opened.house.runInTx({ actor }, waitingForActor);

  async function staffNamed(nameId: string): Promise<Actor> {
    const [account] = await opened.query<{ id: string }>(
      `SELECT id FROM user_account WHERE name_id = '${nameId}' AND idp_entity_id = 'urn:portico:development-idp'`,
    );
    const groups = demonstrationStaff.find((one) => one.nameId === nameId)?.groups ?? [];
    return { kind: 'staff', userId: account?.id ?? '', name: nameId, roles: groups, supplierId: null };
  }

  it('makes each order its document and each message its mail, at the time of the act', async () => {
    expect(
      await opened.query(
        `SELECT purchase_order.reference
           FROM purchase_order
           JOIN po_version ON po_version.order_id = purchase_order.id
          WHERE po_version.document_id IS NULL`,
      ),
    ).to.deep.equal([]);
    const [mails] = await opened.query<{ sent: number; elsewhere: number; old: number }>(
      `SELECT count(*)::int AS sent,
              count(*) FILTER (WHERE to_address NOT LIKE '%.example')::int AS elsewhere,
              count(*) FILTER (WHERE at < '2026-10-22')::int AS old
         FROM mailbox_message`,
    );
    const queued = await opened.query(`SELECT 1 FROM event WHERE action = 'notification.queued'`);
    expect(mails?.sent).to.equal(queued.length);
    expect(mails?.elsewhere).to.equal(0);
    expect(mails?.old).to.be.greaterThan(100);
  });

  it('says who can sign in, staff by single sign-on and suppliers by password', () => {
    expect(signIns.filter(({ how }) => how.includes('single sign-on'))).to.have.length(
      demonstrationStaff.length,
    );
    expect(signIns.filter(({ how }) => how.includes('portico-demo-2026')).length).to.be.greaterThan(2);
  });

  it('loads nothing a second time, and says the same', async () => {
    const before = await opened.query('SELECT max(position) FROM event');
    expect(await opened.load()).to.deep.equal(signIns);
    expect(await opened.query('SELECT max(position) FROM event')).to.deep.equal(before);
  });
});

describe('starting with a company of its own', () => {
  it('leaves the database as it is', async () => {
    const opened = await openForLoading();
    try {
      await opened.house.runInTx({ actor: system('test') }, (ctx) =>
        createPlant(ctx, {
          code: 'P1',
          nameEn: 'Plant',
          nameZh: '工厂',
          addressLines: ['Street 1'],
          timeZone: 'Asia/Shanghai',
        }),
      );
      const before = await opened.query('SELECT max(position) FROM event');
      expect(await opened.load()).to.deep.equal([]);
      expect(await opened.query('SELECT max(position) FROM event')).to.deep.equal(before);
      expect(await opened.query('SELECT 1 FROM user_account')).to.deep.equal([]);
    } finally {
      await opened.close();
    }
  });
});
