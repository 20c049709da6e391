import { expect } from 'chai';
import { record } from '../../src/audit/index.ts';
import { hashOfBatch, isAskedByMachine, type PageView, subjectOf } from '../../src/audit/page-view.ts';
import { type NotedView, removeOldPageViews, startPageViews } from '../../src/audit/page-views.service.ts';
import { verifyRecord } from '../../src/audit/verify.service.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { rowsOf } from '../../src/platform/db/statements.ts';
import { registerSupplier } from '../../src/suppliers/index.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const robot = system('test');

describe('what a page is about', () => {
  const id = newId();
  const fileId = newId();
  const cases: Readonly<Record<string, [Record<string, string>, PageView['subject']]>> = {
    '/orders': [{}, null],
    '/orders/:orderId': [{ orderId: id }, { type: 'purchase_order', id }],
    '/events/:eventId/comparison': [{ eventId: id }, { type: 'sourcing_event', id }],
    '/events/:eventId/opening/bids/:bidId/files/:fileId/:fileName': [
      { eventId: newId(), bidId: id, fileId, fileName: 'secret.pdf' },
      { type: 'bid', id },
    ],
    '/documents/:documentId/:fileName': [
      { documentId: id, fileName: 'secret.pdf' },
      { type: 'document', id },
    ],
    '/audit/events/:eventId': [{ eventId: id }, { type: 'event', id }],
    '/orders/:orderId/despatches/new': [{ orderId: id.toUpperCase() }, { type: 'purchase_order', id }],
    '/invoices/:invoiceId': [{ invoiceId: 'no id' }, null],
    '/messages/:subjectType/:subjectId': [
      { subjectType: 'invoice', subjectId: id },
      { type: 'invoice', id },
    ],
    '/messages/:subjectType/:subjectId/summary': [{ subjectType: 'x y', subjectId: id }, null],
  };
  for (const [route, [params, subject]] of Object.entries(cases))
    it(`is read from the parameters of ${route}`, () =>
      expect(subjectOf(route, params)).to.deep.equal(subject));

  it('is nobody’s look when a page that waits asks again', () =>
    expect(isAskedByMachine('/reports/exports/:exportId/progress')).to.equal(true));
});

describe('noting page views', () => {
  let world: World;
  let buyer: Actor;
  let visitor: Visitor;
  let supplierId: string;

  beforeEach(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    supplierId = await world.runInTx(buyer, (ctx) =>
      registerSupplier(ctx, {
        name: 'Adler Antriebe GmbH',
        country: 'DE',
        addressLines: ['Werkstraße 1'],
        taxId: 'DE1',
        language: 'en',
      }),
    );
    visitor = await world.as(buyer);
  });
  afterEach(() => world.close());

  type Row = { route: string; user_id: string; supplier_id: string | null; subject_id: string; at: Date };
  const read = <Found>(sql: string): Promise<Found[]> => world.db.transaction((tx) => rowsOf<Found>(tx, sql));
  const views = async (): Promise<Row[]> => {
    await world.flushPageViews();
    return read<Row>('SELECT * FROM page_view ORDER BY batch_id, line_no');
  };
  const verify = async () =>
    (await verifyRecord(world.db, world.house.ports.keyRing)).findings.map(({ kind, position }) => ({
      kind,
      position,
    }));

  it('keeps who was shown which page about what, and nothing of what stood in the address', async () => {
    await visitor.get('/suppliers?search=Geheimnis');
    await visitor.get(`/suppliers/${supplierId}`);
    const rows = await views();
    expect(rows.map(({ route, user_id, subject_id }) => ({ route, user_id, subject_id }))).to.deep.equal([
      { route: '/suppliers', user_id: buyer.userId, subject_id: null },
      { route: '/suppliers/:supplierId', user_id: buyer.userId, subject_id: supplierId },
    ]);
    expect(Math.abs((rows[0]?.at.getTime() ?? 0) - world.now().getTime())).to.be.lessThan(60_000);
    expect(JSON.stringify(rows)).not.to.include('Geheimnis');
  });

  it('says whose user a supplier’s person is', async () => {
    const supplier = await world.as(await world.supplierUser(supplierId, 'supplier_sales'));
    await supplier.get('/orders');
    expect((await views())[0]).to.include({ route: '/orders', supplier_id: supplierId });
  });

  it('keeps nothing of visitors, of refusals, of redirects, and of what does not exist', async () => {
    await world.visitor().get('/sign-in');
    await visitor.get('/audit');
    await visitor.get(`/suppliers/${newId()}`);
    await visitor.get('/nowhere');
    await visitor.post('/preferences', { locale: 'en' });
    expect(await views()).to.deep.equal([]);
    expect(await read(`SELECT FROM event WHERE action = 'page_view.recorded'`)).to.have.lengthOf(0);
  });

  it('records each batch with its count and its hash, so that it is sealed with the record', async () => {
    await visitor.get('/suppliers');
    await visitor.get('/orders');
    await world.flushPageViews();
    const [act] = await read<{ changes: { count: number; sha256: string }; subject_id: string }>(
      `SELECT changes, subject_id FROM event WHERE action = 'page_view.recorded'`,
    );
    expect(act?.changes.count).to.equal(2);
    expect(act?.changes.sha256).to.match(/^[0-9a-f]{64}$/);
    expect(await verify()).to.deep.equal([]);
  });

  describe('when a superuser bends them', () => {
    let position: number;
    beforeEach(async () => {
      await visitor.get('/suppliers');
      await visitor.get(`/suppliers/${supplierId}`);
      await world.flushPageViews();
      await visitor.get('/orders');
      await world.flushPageViews();
      const [first] = await read<{ position: number }>(
        `SELECT min(position) AS position FROM event WHERE action = 'page_view.recorded'`,
      );
      position = first?.position as number;
      await world.db.raw('ALTER TABLE page_view DISABLE TRIGGER ALL');
    });
    const firstBatch = `batch_id = (SELECT min(batch_id::text)::uuid FROM page_view)`;

    const bends: Readonly<Record<string, [sql: string, kind: string]>> = {
      'an edited view': [
        `UPDATE page_view SET user_id = gen_random_uuid() WHERE ${firstBatch} AND line_no = 2`,
        'edited',
      ],
      'a view moved by a millisecond': [
        `UPDATE page_view SET at = at + interval '1 millisecond' WHERE ${firstBatch} AND line_no = 1`,
        'edited',
      ],
      'a deleted view': [`DELETE FROM page_view WHERE ${firstBatch} AND line_no = 1`, 'deleted'],
      'a deleted batch': [`DELETE FROM page_view WHERE ${firstBatch}`, 'deleted'],
      'a view put in': [
        `INSERT INTO page_view SELECT batch_id, 3, at, user_id, NULL, session, route, NULL, NULL, request_id
           FROM page_view WHERE ${firstBatch} AND line_no = 1`,
        'inserted',
      ],
      'two views exchanged': [
        `UPDATE page_view SET line_no = 10 WHERE ${firstBatch} AND line_no = 1;
         UPDATE page_view SET line_no = 1 WHERE ${firstBatch} AND line_no = 2;
         UPDATE page_view SET line_no = 2 WHERE ${firstBatch} AND line_no = 10`,
        'edited',
      ],
    };
    for (const [what, [sql, kind]] of Object.entries(bends))
      it(`finds ${what} and names the row that recorded its batch`, async () => {
        expect(await verify()).to.deep.equal([]);
        await world.db.raw(sql);
        expect(await verify()).to.deep.equal([{ kind, position }]);
      });

    it('finds a whole batch that nobody recorded', async () => {
      await world.db.raw(
        `INSERT INTO page_view SELECT gen_random_uuid(), 1, at, user_id, NULL, session, route, NULL, NULL, request_id
           FROM page_view WHERE ${firstBatch} AND line_no = 1`,
      );
      expect(await verify()).to.deep.equal([{ kind: 'inserted', position: null }]);
    });
  });

  it('lets nobody change a view, and remove none that is younger than 90 days', async () => {
    await visitor.get('/suppliers');
    await world.flushPageViews();
    const attempts = ['UPDATE page_view SET line_no = 7', 'TRUNCATE page_view'];
    for (const sql of attempts)
      expect(await world.db.raw(sql).catch((error: Error) => error.message)).to.include('append-only');
    await world.db.raw('ALTER TABLE page_view DISABLE TRIGGER page_view_is_append_only');
    await world.db.raw('UPDATE page_view SET at = now()');
    await world.db.raw('ALTER TABLE page_view ENABLE TRIGGER page_view_is_append_only');
    const refusal = await world.db.raw('DELETE FROM page_view').catch((error: Error) => error.message);
    expect(refusal).to.include('kept at least 90 days');
    expect(await views()).to.have.lengthOf(1);
  });

  it('removes whole batches when their time is over, once, and the record says so', async () => {
    world.setNow('2024-01-10T10:00:00Z');
    await visitor.get('/suppliers');
    await world.flushPageViews();
    world.setNow('2024-03-10T10:00:00Z');
    visitor = await world.as(buyer);
    await visitor.get('/orders');
    await world.flushPageViews();
    world.setNow('2025-03-01T10:00:00Z');
    for (const _ of [1, 2]) await world.runInTx(robot, removeOldPageViews);
    expect((await views()).map((view) => view.route)).to.deep.equal(['/orders']);
    const acts = await read<{ changes: object }>(
      `SELECT changes FROM event WHERE action = 'page_view.removed'`,
    );
    expect(acts).to.deep.equal([{ changes: { before: '2024-01-25T16:00:00.000Z', count: 1 } }]);
    expect(await verify()).to.deep.equal([]);
  });

  describe('while the database gives trouble', () => {
    const view = (route = '/orders'): NotedView => ({
      notedMs: performance.now(),
      userId: buyer.userId as string,
      supplierId: null,
      sessionId: 'session',
      route,
      subject: null,
      requestId: newId(),
    });
    const start = (runInTx: World['house']['runInTx']) => {
      const errors: unknown[] = [];
      const pageViews = startPageViews({ runInTx, onError: (error) => errors.push(error), everyMs: null });
      return { pageViews, errors };
    };

    it('keeps what it could not write, and writes a batch once though the answer to its commit was lost', async () => {
      let count = 0;
      const { pageViews, errors } = start(async (who, work) => {
        count += 1;
        if (count === 1) throw new Error('connection refused');
        const result = await world.house.runInTx(who, work);
        if (count === 2) throw new Error('connection lost');
        return result;
      });
      pageViews.note(view());
      for (const _ of [1, 2, 3]) await pageViews.flush();
      expect(errors).to.have.lengthOf(2);
      expect(await views()).to.have.lengthOf(1);
      expect(await read(`SELECT FROM event WHERE action = 'page_view.recorded'`)).to.have.lengthOf(1);
    });

    it('writes everything that waits before the process ends', async () => {
      const { pageViews } = start(world.house.runInTx);
      for (let one = 0; one < 1201; one += 1) pageViews.note(view());
      await pageViews.close();
      expect(await views()).to.have.lengthOf(1201);
      expect(await verify()).to.deep.equal([]);
    });

    it('leaves to the next second what comes in while it writes, so that batches stay few', async () => {
      const { pageViews } = start(async (who, work) => {
        const result = await world.house.runInTx(who, work);
        pageViews.note(view());
        return result;
      });
      pageViews.note(view());
      await pageViews.flush();
      expect(await read('SELECT FROM page_view')).to.have.lengthOf(1);
      await pageViews.flush();
      expect(await read('SELECT FROM page_view')).to.have.lengthOf(2);
    });

    it('holds 20,000 at most, and the record says how many were missed', async () => {
      const { pageViews } = start(world.house.runInTx);
      for (let one = 0; one < 20_003; one += 1) pageViews.note(view());
      await pageViews.close();
      const [row] = await read<{ missed: string }>(
        `SELECT changes ->> 'missed' AS missed FROM event WHERE changes ? 'missed'`.replace('?', '\\?'),
      );
      expect(row?.missed).to.equal('3');
    });

    it('does not let a view that the database refuses stand before all others', async () => {
      const { pageViews, errors } = start(world.house.runInTx);
      pageViews.note(view('no route'));
      await pageViews.flush();
      pageViews.note(view());
      await pageViews.flush();
      expect(errors).to.have.lengthOf(1);
      expect((await views()).map(({ route }) => route)).to.deep.equal(['/orders']);
    });
  });

  it('hashes a batch as verify does, whatever is missing in it', async () => {
    expect(hashOfBatch([])).to.match(/^[0-9a-f]{64}$/);
    await world.runInTx(robot, (ctx) =>
      record(ctx, { action: 'user.signed-in', subject: { type: 'user', id: newId() } }),
    );
    expect(await verify()).to.deep.equal([]);
  });
});
