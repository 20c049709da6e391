import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import {
  addFiles,
  findOpenedBids,
  type Minutes,
  openBids,
  removeFile,
  saveDraft,
  submitBid,
} from '../../src/bids/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { draftBid, submittedBid, typedLines } from '../support/factories/bids.ts';
import { closeEvent, type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { refusal } from '../support/refusal.ts';
import { scratchFolder } from '../support/scratch-files.ts';
import { makeWorld, type World } from '../support/world.ts';

type Supplier = PublishedEvent['suppliers'][number];

describe('opening bids', () => {
  let world: World;
  let event: PublishedEvent;
  let first: Supplier;
  let second: Supplier;
  beforeEach(async () => {
    world = await makeWorld();
    event = await publishedEvent(world);
    [first, second] = event.suppliers as [Supplier, Supplier];
  });
  afterEach(() => world.close());

  const submitted = (supplier: Supplier, prices: string[]) =>
    submittedBid(world, { supplier, ...event, prices });
  const close = async (): Promise<void> => {
    await closeEvent(world, event.event);
    await world.drainJobs();
  };
  /** Somebody else than the owner of the event opens its bids. */
  const opens = async (): Promise<Minutes> => {
    const opener = await world.staff('bid_opener');
    return world.runInTx(opener, (ctx) => openBids(ctx, event.eventId));
  };
  const minutes = async (): Promise<Minutes> => (await world.db('opening').first()).minutes;
  /** As somebody with the rights of the database's owner would. */
  const tamper = async (bidId: string, column: string, sql: string): Promise<void> => {
    const table = column.startsWith('receipt') ? 'bid_version' : 'bid_envelope';
    await world.db.raw(`ALTER TABLE ${table} DISABLE TRIGGER ${table}_is_append_only`);
    await world.db.raw(`UPDATE ${table} SET ${column} = ${sql} WHERE bid_id = ?`, [bidId]);
    await world.db.raw(`ALTER TABLE ${table} ENABLE TRIGGER ${table}_is_append_only`);
  };

  it('opens all at once after closing: lines, totals, states and minutes', async () => {
    const a = await submitted(first, ['2.40', '11', '0.12']);
    const b = await submitted(second, ['2.60', '', '0.11']);
    await close();
    expect(await world.db('bid').pluck('state')).to.deep.equal(['sealed', 'sealed']);
    const buyer = await world.as(event.buyer);
    const before = await buyer.get(`/events/${event.eventId}/opening`).expect(200, /2 sealed bids/);
    expect(before.text).to.include(first.name).and.not.to.include('240.00');
    await buyer.post(`/events/${event.eventId}/opening`).expect(422, /opening\.opened-by-event-owner/);
    expect(await world.db('opening')).to.have.length(0);
    expect((await world.db('sourcing_event').first()).state).to.equal('closed');
    const opener = await world.as(await world.staff('bid_opener'));
    await opener.post(`/events/${event.eventId}/opening`).expect(303);
    await buyer.get(`/events/${event.eventId}/opening`).expect(200, /920\.00 USD/);

    const opened = await world.runInTx(event.buyer, (ctx) => findOpenedBids(ctx, event.eventId));
    expect(opened.map((bid) => [bid.id, bid.state, bid.totalAmount])).to.deep.equal([
      [b.bidId, 'valid', '480.0000'],
      [a.bidId, 'valid', '920.0000'],
    ]);
    const line = opened[1]?.lines.get(event.items[0]?.id as string);
    expect(line).to.include({ unitPrice: '2.4', amount: '240.0000', priceBaseQuantity: '1' });
    expect([...(opened[0]?.lines.keys() ?? [])]).to.have.length(2);
    expect((await world.db('sourcing_event').first()).state).to.equal('evaluation');
    expect((await world.db('event_key').first()).released_at).not.to.equal(null);
    expect((await minutes()).bids.map((bid) => [bid.supplierName, bid.fault, bid.totalAmount])).to.deep.equal(
      [
        [first.name, null, '920.00'],
        [second.name, null, '480.00'],
      ],
    );
    expect(await world.db('event').where({ action: 'bid.opened' })).to.have.length(2);
  });

  it('counts the last version only, and no draft that was not submitted', async () => {
    const { bidId, revision } = await submitted(first, ['2.40']);
    await world.runInTx(first.actor, async (ctx) => {
      const saved = await saveDraft(ctx, {
        bidId,
        revision,
        note: '',
        lines: typedLines(event.items, ['2.20']),
      });
      await submitBid(ctx, { bidId, revision: saved.revision, idempotencyKey: newId(), isFreeMeant: false });
    });
    await world.runInTx(first.actor, (ctx) =>
      saveDraft(ctx, { bidId, revision: revision + 1, note: '', lines: typedLines(event.items, ['1']) }),
    );
    await draftBid(world, { supplier: second, ...event, prices: ['0.5'] });
    await close();
    await opens();
    expect((await minutes()).bids.map((bid) => [bid.version, bid.totalAmount])).to.deep.equal([
      [2, '220.00'],
    ]);
    const told = world.mails.map((mail) => mail.subject).filter((subject) => subject.includes('has closed'));
    expect(told).to.have.length(2);
    expect(told.some((subject) => /NOT submitted/.test(subject))).to.equal(true);
    expect(told.some((subject) => /version 2 of your bid .* counts/.test(subject))).to.equal(true);
  });

  it('opens also when the job that seals has not run yet', async () => {
    await submitted(first, ['1']);
    await closeEvent(world, event.event);
    await opens();
    expect((await minutes()).bids).to.have.length(1);
    await world.drainJobs();
    expect(await world.db('bid').pluck('state')).to.deep.equal(['valid']);
  });

  it('is refused before closing, and its page then tells nobody who has bid or how many', async () => {
    await submitted(first, ['1']);
    const buyer = await world.as(event.buyer);
    const page = await buyer.get(`/events/${event.eventId}/opening`).expect(200, /Bids are still sealed/);
    expect(page.text).not.to.include(first.name).and.not.to.include('One sealed bid');
    await buyer.post(`/events/${event.eventId}/opening`).expect(422, /opening\.event-not-closed/);
    expect(await world.db('opening')).to.have.length(0);
    expect(await world.db('bid_line')).to.have.length(0);
    expect((await world.db('event_key').first()).released_at).to.equal(null);
  });

  it('is done once: the second opener is refused', async () => {
    await submitted(first, ['1']);
    await close();
    const attempts = await Promise.allSettled([opens(), opens()]);
    expect(attempts.map((attempt) => attempt.status).sort()).to.deep.equal(['fulfilled', 'rejected']);
    expect(await world.db('opening')).to.have.length(1);
    expect(await world.db('bid_line')).to.have.length(1);
  });

  it('is refused when nobody bid', async () => {
    await close();
    const error = await refusal(opens());
    expect(error.code).to.equal('opening.no-bids');
    expect((await world.db('sourcing_event').first()).state).to.equal('closed');
  });

  for (const role of ['auditor', 'approver'] as const)
    it(`lets an ${role} read the minutes, and not open`, async () => {
      await submitted(first, ['1']);
      await close();
      const visitor = await world.as(await world.staff(role));
      await visitor.get(`/events/${event.eventId}/opening`).expect(200, /One sealed bid/);
      await visitor.post(`/events/${event.eventId}/opening`).expect(403);
      expect(await world.db('opening')).to.have.length(0);
    });

  it('shows nothing to administrators, and no supplier that there is an opening', async () => {
    await submitted(first, ['1']);
    await close();
    await (await world.as(await world.staff('administrator')))
      .get(`/events/${event.eventId}/opening`)
      .expect(403);
    await (await world.as(first.actor)).get(`/events/${event.eventId}/opening`).expect(404);
  });

  const attacks: [string, string, string, string][] = [
    [
      'flips one byte of a sealed bid',
      'sealed',
      'set_byte(sealed, 500, get_byte(sealed, 500) # 1)',
      'does-not-open',
    ],
    ['swaps a half of its key', 'time_share', 'house_share', 'does-not-open'],
    ['gives it another key', 'recipient', `'age1' || repeat('q', 58)`, 'receipt-differs'],
    ['changes the hash of the content', 'content_sha256', `repeat('0', 64)`, 'receipt-differs'],
    ['puts a bid and hash of its own in its place', 'sealed_sha256', `repeat('1', 64)`, 'receipt-differs'],
    ['changes the receipt', 'receipt', 'set_byte(receipt, 60, get_byte(receipt, 60) # 1)', 'receipt-differs'],
    [
      'changes the signature',
      'receipt_signature',
      `encode(repeat('x', 64)::bytea, 'base64')`,
      'receipt-differs',
    ],
  ];
  for (const [what, column, sql, fault] of attacks)
    it(`names the bid in the minutes when somebody ${what}, and opens the others`, async () => {
      const a = await submitted(first, ['2.40']);
      await submitted(second, ['2.60']);
      await close();
      await tamper(a.bidId, column, sql);
      await opens();
      expect((await minutes()).bids.map((bid) => bid.fault)).to.deep.equal([fault, null]);
      const opened = await world.runInTx(event.buyer, (ctx) => findOpenedBids(ctx, event.eventId));
      expect(opened.map((bid) => [bid.state, bid.totalAmount, bid.lines.size])).to.deep.equal([
        ['valid', '260.0000', 1],
        ['opened', null, 0],
      ]);
      const page = await (await world.as(event.buyer)).get(`/events/${event.eventId}/opening`).expect(200);
      expect(page.text).to.include(`data-fault="${fault}"`);
    });

  it('changes nothing when the key of the event cannot be read', async () => {
    await submitted(first, ['1']);
    await close();
    await world.db('event_key').update({ sealed_identity: Buffer.alloc(100, 1) });
    const error = await refusal(opens());
    expect(error.code).to.equal('opening.key-damaged');
    expect(await world.db('bid').pluck('state')).to.deep.equal(['sealed']);
    expect((await world.db('sourcing_event').first()).state).to.equal('closed');
  });

  it('gives the buyer the files of the opened version, and not those that were never submitted', async () => {
    const { bidId, revision } = await draftBid(world, { supplier: first, ...event, prices: ['1'] });
    const pdf = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n');
    const scratch = await scratchFolder();
    const upload = async (fileName: string) => {
      const file = {
        field: 'files',
        fileName,
        path: await scratch.write(fileName, pdf),
        sizeBytes: pdf.length,
      };
      await world.runInTx(first.actor, (ctx) => addFiles(ctx, bidId, [file]));
    };
    await upload('sent.pdf');
    await world.runInTx(first.actor, (ctx) =>
      submitBid(ctx, { bidId, revision: revision + 1, idempotencyKey: newId(), isFreeMeant: false }),
    );
    const [sent] = await world.db('bid_file').pluck('id');
    await world.runInTx(first.actor, (ctx) => removeFile(ctx, bidId, sent));
    await upload('later.pdf');
    const later = (await world.db('bid_file').whereNot({ id: sent }).pluck('id'))[0];
    let buyer = await world.as(event.buyer);
    const url = (fileId: string) => `/events/${event.eventId}/opening/bids/${bidId}/files/${fileId}/x.pdf`;
    await buyer.get(url(sent)).expect(404);
    await close();
    buyer = await world.as(event.buyer);
    await buyer.get(url(sent)).expect(404);
    await opens();
    const answer = await buyer.get(url(sent)).buffer(true).expect(200);
    expect(Buffer.from(answer.body).equals(pdf)).to.equal(true);
    expect(answer.headers['content-disposition']).to.include('sent.pdf');
    await buyer.get(url(later)).expect(404);
    await scratch.remove();
  });
});

describe('sealed content before the opening', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  const canaries = [
    '7391.284617',
    '73912846',
    '313373133733',
    'CANARY-LINE-NOTE',
    'CANARY-BID-NOTE',
    'CANARY-FILE-NAME',
    'CANARY-FILE-TEXT',
  ];

  /** Every way a canary could stand in a text: as it is, without its point, and inside hex or base64 at any offset. */
  const traces = (canary: string): string[] => {
    const plain = [canary, canary.replace('.', '')];
    const hex = plain.map((text) => Buffer.from(text).toString('hex'));
    const base64 = plain.flatMap((text) =>
      [0, 1, 2].map((offset) => {
        const encoded = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]).toString('base64');
        // Without the characters that its neighbours would change.
        return encoded.slice(Math.ceil((offset * 8) / 6), -4);
      }),
    );
    return [...plain, ...hex, ...base64];
  };
  const findIn = (text: string): string[] =>
    canaries.filter((canary) => traces(canary).some((trace) => trace.length >= 8 && text.includes(trace)));
  const everything = async (): Promise<string> => {
    const { rows } = await world.db.raw(
      `SELECT table_schema || '."' || table_name || '"' AS name FROM information_schema.tables
        WHERE table_type = 'BASE TABLE' AND table_schema NOT IN ('pg_catalog', 'information_schema')`,
    );
    const dumps = await Promise.all(
      rows.map(async ({ name }: { name: string }) => {
        const table = await world.db.raw(`SELECT "all"::text AS line FROM ${name} AS "all"`);
        return table.rows.map((row: { line: string }) => `${name} ${row.line}`).join('\n');
      }),
    );
    return dumps.join('\n');
  };
  const files = (folder: string): string =>
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(path.join(entry.parentPath, entry.name)).toString('latin1'))
      .join('\n');

  it('stands in no table, mail, job or file; after the opening it does, so that this test can find it', async () => {
    const supplier = await makeSupplier(world);
    const event = await publishedEvent(world, { suppliers: [supplier] });
    const visitor = await world.as(supplier.actor);
    const started = await visitor.post(`/bids/invitations/${event.eventId}/bid`);
    const bidId = (started.headers['location'] as string).split('/')[2] as string;
    const lines = typedLines(event.items, ['7391.284617'], { note: 'CANARY-LINE-NOTE' });
    const form = {
      revision: 1,
      note: 'CANARY-BID-NOTE',
      lines: {
        ...lines,
        [event.items[1]?.id as string]: { unitPrice: '313373133733', leadTimeDays: '7', note: '' },
      },
    };
    await visitor.post(`/bids/${bidId}/draft`, form).expect(303);
    // A form that is refused keeps what was typed on the page, and nowhere else.
    await visitor
      .post(`/bids/${bidId}/draft`, { ...form, note: `CANARY-BID-NOTE${'x'.repeat(5000)}` })
      .expect(422);
    await visitor
      .upload(
        `/bids/${bidId}/files`,
        {},
        { files: ['CANARY-FILE-NAME.txt', Buffer.from('CANARY-FILE-TEXT 7391.284617')] },
      )
      .expect(303);
    await visitor.post(`/bids/${bidId}/submission`, { revision: 3, idempotencyKey: newId() }).expect(303);
    await visitor
      .post(`/bids/${bidId}/draft`, { ...form, revision: 3, note: 'CANARY-BID-NOTE again' })
      .expect(303);
    await world.drainJobs();
    expect(findIn(await everything())).to.deep.equal([]);
    expect(findIn(files(world.house.folders.data))).to.deep.equal([]);
    expect(findIn(JSON.stringify(world.mails))).to.deep.equal([]);

    await closeEvent(world, event.event);
    await world.drainJobs();
    expect(findIn(await everything())).to.deep.equal([]);
    expect(findIn(JSON.stringify(world.mails))).to.deep.equal([]);

    await world.runInTx(await world.staff('bid_opener'), (ctx) => openBids(ctx, event.eventId));
    expect(findIn(await everything())).to.include.members([
      '7391.284617',
      '313373133733',
      'CANARY-LINE-NOTE',
      'CANARY-FILE-NAME',
    ]);
  });

  it('is found by this test in hex and base64 as well', () => {
    for (const offset of ['', 'a', 'ab', 'abc'])
      for (const encoding of ['hex', 'base64'] as const)
        expect(
          findIn(Buffer.from(`${offset}7391.284617 etc`).toString(encoding)),
          `${encoding} ${offset}`,
        ).to.include('7391.284617');
  });
});
