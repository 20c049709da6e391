import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect } from 'chai';
import {
  attachUploads,
  type Document,
  documentsOf,
  findDocument,
  type MayRead,
  openDocument,
  removeAttachment,
  storeGenerated,
  type Visibility,
} from '../../src/documents/index.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { AppError } from '../../src/kernel/errors.ts';
import { newId } from '../../src/kernel/id.ts';
import type { UploadedFile } from '../../src/platform/web/uploads.ts';
import { draftEvent } from '../support/factories/sourcing.ts';
import { scratchFolder } from '../support/scratch-files.ts';
import { makeWorld, type World } from '../support/world.ts';

const PDF = '%PDF-1.7\n1 0 obj <<>> endobj\n';

describe('files', () => {
  let world: World;
  let files: Awaited<ReturnType<typeof scratchFolder>>;
  let buyer: Actor;
  const subject = { type: 'work_order', id: newId() };
  const [supplierA, supplierB] = [newId(), newId()];

  before(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    for (const [index, id] of [supplierA, supplierB].entries())
      await world.db('supplier').insert({
        id,
        reference: `SUP-2026-000${index}`,
        name: `Supplier ${index}`,
        state: 'registered',
        created_at: world.now(),
      });
  });
  after(() => world.close());
  beforeEach(async () => {
    files = await scratchFolder();
    Object.assign(subject, { type: 'work_order', id: newId() });
  });
  afterEach(() => files.remove());

  const uploaded = async (fileName: string, content: string): Promise<UploadedFile> => {
    const file = await files.write(`${newId()}.upload`, content);
    return { field: 'files', fileName, path: file, sizeBytes: content.length };
  };
  const attach = async (
    actor: Actor,
    uploads: UploadedFile[],
    more: { visibility?: Visibility; supplierId?: string } = {},
  ): Promise<Document[]> =>
    world.runInTx(actor, (ctx) =>
      attachUploads(ctx, { subject, visibility: more.visibility ?? 'participants', files: uploads, ...more }),
    );
  const rows = () => world.db('document').where({ subject_id: subject.id }).orderBy('created_at');
  /** Makes the subject an event that these suppliers take part in: the database lets it see the files of no other. */
  const invite = async (...supplierIds: string[]): Promise<void> => {
    const suppliers = supplierIds.map((supplierId) => ({ supplierId }));
    subject.type = 'sourcing_event';
    subject.id = (await draftEvent(world, { suppliers })).eventId;
    await world.db('sourcing_event').where({ id: subject.id }).update({ published_at: world.now() });
    await world.db('invitation').where({ event_id: subject.id }).update({ invited_at: world.now() });
  };
  const acts = () => world.db('event').where({ subject_id: subject.id }).orderBy('position').pluck('action');
  const refusal = async (work: Promise<unknown>): Promise<AppError> => {
    const outcome = await work.catch((error: unknown) => error);
    if (outcome instanceof AppError) return outcome;
    throw new Error(`Not refused: ${String(outcome)}`);
  };

  describe('attaching', () => {
    it('stores the content under a random key with its SHA-256, and records who added it', async () => {
      const [document] = await attach(buyer, [await uploaded('图纸.pdf', PDF)]);
      expect(document).to.include({
        fileName: '图纸.pdf',
        mediaType: 'application/pdf',
        sizeBytes: PDF.length,
      });
      const [row] = await rows();
      expect(row).to.include({
        state: 'clean',
        uploaded_by: buyer.userId,
        visibility: 'participants',
        version: 1,
      });
      expect(row.storage_key).not.to.include('图纸');
      expect(await acts()).to.deep.equal(['document.added']);
    });

    it('makes a file of the same name its next version, and does not add the very same file twice', async () => {
      await attach(buyer, [await uploaded('a.pdf', PDF)]);
      await attach(buyer, [await uploaded('a.pdf', PDF)]);
      expect(await rows()).to.have.length(1);
      await attach(buyer, [await uploaded('a.pdf', `${PDF}more`)]);
      expect((await rows()).map((row) => row.version)).to.deep.equal([1, 2]);
      expect(await acts()).to.deep.equal(['document.added', 'document.added']);
    });

    it('names every refused file, and then adds none', async () => {
      const error = await refusal(
        attach(buyer, [
          await uploaded('good.pdf', PDF),
          await uploaded('bad.exe', 'MZ'),
          await uploaded('x.pdf', 'MZ'),
        ]),
      );
      expect(error).to.include({ kind: 'invalid', code: 'document.refused' });
      expect(error.fields.map((field) => [field.path, field.code, field.params?.['file']])).to.deep.equal([
        ['files', 'document.kind-not-accepted', 'bad.exe'],
        ['files', 'document.content-differs', 'x.pdf'],
      ]);
      expect(await rows()).to.deep.equal([]);
      expect(await acts()).to.deep.equal([]);
    });

    it('refuses more files than a document may have, counting those that are there', async () => {
      const maximum = world.house.ports.policies.limits.uploadsPerDocument;
      const all = await Promise.all(
        Array.from({ length: maximum }, (_, index) => uploaded(`${index}.txt`, `${index}`)),
      );
      await attach(buyer, all);
      const error = await refusal(attach(buyer, [await uploaded('one-more.txt', 'x')]));
      expect(error.code).to.equal('document.too-many');
      expect(await rows()).to.have.length(maximum);
    });

    it('gives two uploads at once a version each', async () => {
      const [first, second] = [await uploaded('a.txt', 'one'), await uploaded('a.txt', 'two')];
      await Promise.all([attach(buyer, [first]), attach(buyer, [second])]);
      expect((await rows()).map((row) => row.version).sort((a, b) => a - b)).to.deep.equal([1, 2]);
    });

    it("keeps the name of a supplier's own file out of the record, because its bid may be sealed", async () => {
      await attach(buyer, [await uploaded('our price 12.txt', 'x')], {
        visibility: 'supplier',
        supplierId: supplierA,
      });
      const [event] = await world.db('event').where({ subject_id: subject.id });
      expect(JSON.stringify(event)).not.to.include('our price');
      expect(event.supplier_id).to.equal(supplierA);
    });
  });

  it("counts versions for each supplier by itself, so that a number tells nothing of another's files", async () => {
    await attach(buyer, [await uploaded('quote.txt', 'A')], {
      visibility: 'supplier',
      supplierId: supplierA,
    });
    const [own] = await attach(buyer, [await uploaded('quote.txt', 'B')], {
      visibility: 'supplier',
      supplierId: supplierB,
    });
    expect(own).to.include({ version: 1, supplierId: supplierB });
  });

  describe('keeping a file that the portal made', () => {
    const generate = (actor: Actor, content = PDF): Promise<Document> =>
      world.runInTx(actor, (ctx) =>
        storeGenerated(ctx, {
          subject,
          kind: 'order-pdf',
          version: 1,
          fileName: 'PO-2026-0001.pdf',
          mediaType: 'application/pdf',
          content: Buffer.from(content),
          visibility: 'supplier',
          supplierId: supplierA,
        }),
      );

    it('adds it once, however often the job runs, and gives the first one', async () => {
      const first = await generate(buyer);
      expect((await generate(buyer, 'other')).id).to.equal(first.id);
      const both = await Promise.all([generate(buyer), generate(buyer)]);
      expect(both.map((document) => document.id)).to.deep.equal([first.id, first.id]);
      expect(await acts()).to.deep.equal(['document.added']);
    });

    it('adds it once when two jobs make it at the same moment', async () => {
      const both = await Promise.all([generate(buyer, 'one'), generate(buyer, 'two')]);
      expect(new Set(both.map((document) => document.id)).size).to.equal(1);
      expect(await rows()).to.have.length(1);
    });
  });

  describe('downloading', () => {
    const add = async (visibility: Visibility, supplierId?: string): Promise<Document> => {
      const name = `${visibility}-${supplierId === undefined ? 'all' : 'one'}.pdf`;
      const more = supplierId === undefined ? { visibility } : { visibility, supplierId };
      return (await attach(buyer, [await uploaded(name, `${PDF}${newId()}`)], more))[0] as Document;
    };
    const linkTo = (document: Document): string =>
      `/documents/${document.id}/${encodeURIComponent(document.fileName)}`;

    it('gives the file as an attachment in a sandbox, under its own name', async () => {
      const [document] = await attach(buyer, [await uploaded('图纸 1.pdf', PDF)]);
      const reader = await world.as(buyer);
      const response = await reader.get(linkTo(document as Document)).expect(200);
      expect(response.headers['content-disposition']).to.equal(
        'attachment; filename="__ 1.pdf"; filename*=UTF-8\'\'%E5%9B%BE%E7%BA%B8%201.pdf',
      );
      expect(response.headers['content-security-policy']).to.equal("sandbox; default-src 'none'");
      expect(response.headers['x-content-type-options']).to.equal('nosniff');
      expect(response.headers['cache-control']).to.equal('private, no-store');
      expect(response.headers['content-length']).to.equal(String(PDF.length));
      expect((response.body as Buffer).toString()).to.equal(PDF);
    });

    it('opens in the page only what the portal made', async () => {
      const uploadedPdf = await add('participants');
      const made = await world.runInTx(buyer, (ctx) =>
        storeGenerated(ctx, {
          subject,
          kind: 'report',
          version: 1,
          fileName: 'r.pdf',
          mediaType: 'application/pdf',
          content: Buffer.from(PDF),
          visibility: 'internal',
        }),
      );
      const reader = await world.as(buyer);
      const inline = await reader.get(`${linkTo(made)}?inline=1`).expect(200);
      expect(inline.headers['content-disposition']).to.match(/^inline/);
      const attached = await reader.get(`${linkTo(uploadedPdf)}?inline=1`).expect(200);
      expect(attached.headers['content-disposition']).to.match(/^attachment/);
    });

    it("shows a supplier its own files, and says of everybody else's that there are none", async () => {
      const [own, others, internal, shared] = [
        await add('supplier', supplierA),
        await add('supplier', supplierB),
        await add('internal'),
        await add('participants'),
      ];
      const sales = await world.as(await world.supplierUser(supplierA, 'supplier_sales'));
      await sales.get(linkTo(own)).expect(200);
      // No domain has said who takes part, so nobody does.
      for (const hidden of [others, internal, shared]) await sales.get(linkTo(hidden)).expect(404);
      await sales.get(`/documents/${newId()}/x.pdf`).expect(404);
      await sales.get('/documents/not-an-id/x.pdf').expect(404);
      await world.visitor().get(linkTo(own)).expect(303);
    });

    it('asks the domain of the subject about participants and about staff', async () => {
      await invite(supplierA);
      const [shared, own] = [await add('participants'), await add('supplier', supplierA)];
      const sales = await world.supplierUser(supplierA, 'supplier_sales');
      const mayRead = (answer: boolean): MayRead => ({ [subject.type]: async () => answer });
      const find = (actor: Actor, document: Document, says: boolean) =>
        world.runInTx(actor, (ctx) => findDocument(ctx, document.id, mayRead(says)));
      expect((await find(sales, shared, true)).id).to.equal(shared.id);
      expect((await refusal(find(sales, shared, false))).code).to.equal('document.not-found');
      expect((await refusal(find(buyer, own, false))).code).to.equal('document.not-found');
      expect((await find(sales, own, false)).id).to.equal(own.id);
    });

    it('gives nothing that is in quarantine', async () => {
      const document = await add('internal');
      await world.db('document').where({ id: document.id }).update({ state: 'quarantined' });
      const error = await refusal(world.runInTx(buyer, (ctx) => openDocument(ctx, document.id)));
      expect(error.code).to.equal('document.not-released');
      await (await world.as(buyer)).get(linkTo(document)).expect(422);
    });
  });

  describe('listing', () => {
    it('gives a supplier its own and those for participants, oldest first', async () => {
      await invite(supplierA, supplierB);
      await attach(buyer, [await uploaded('b.txt', 'b')]);
      await attach(buyer, [await uploaded('i.txt', 'i')], { visibility: 'internal' });
      await attach(buyer, [await uploaded('s.txt', 's')], { visibility: 'supplier', supplierId: supplierA });
      const namesFor = async (actor: Actor): Promise<string[]> =>
        (await world.runInTx(actor, (ctx) => documentsOf(ctx, subject.type, subject.id))).map(
          (one) => one.fileName,
        );
      expect(await namesFor(buyer)).to.deep.equal(['b.txt', 'i.txt', 's.txt']);
      expect(await namesFor(await world.supplierUser(supplierA))).to.deep.equal(['b.txt', 's.txt']);
      expect(await namesFor(await world.supplierUser(supplierB))).to.deep.equal(['b.txt']);
    });
  });

  describe('removing', () => {
    const remove = (actor: Actor, id: string, from = subject) =>
      world.runInTx(actor, (ctx) => removeAttachment(ctx, from, id));

    it('takes it off, records it, and frees its name', async () => {
      const [document] = await attach(buyer, [await uploaded('a.txt', 'a')]);
      await remove(buyer, document?.id as string);
      expect(await world.runInTx(buyer, (ctx) => documentsOf(ctx, subject.type, subject.id))).to.deep.equal(
        [],
      );
      expect(await acts()).to.deep.equal(['document.added', 'document.removed']);
      expect((await attach(buyer, [await uploaded('a.txt', 'a')]))[0]?.version).to.equal(1);
    });

    it("refuses another subject's file, another supplier's, and one that the portal made", async () => {
      const [document] = await attach(buyer, [await uploaded('a.txt', 'a')], {
        visibility: 'supplier',
        supplierId: supplierA,
      });
      const id = document?.id as string;
      const other = await world.supplierUser(supplierB);
      const attempts = [
        () => remove(other, id),
        () => remove(buyer, id, { type: 'bid', id: subject.id }),
        () => remove(buyer, newId()),
      ];
      for (const attempt of attempts) expect((await refusal(attempt())).code).to.equal('document.not-found');
      expect((await rows())[0]?.removed_at).to.equal(null);
      expect(await acts()).to.deep.equal(['document.added']);
    });
  });

  it('reads what was written, byte for byte', async () => {
    const [document] = await attach(buyer, [await uploaded('a.txt', 'content')]);
    const copy = path.join(path.dirname(await files.write('x', '')), 'copy');
    const { content } = await world.runInTx(buyer, (ctx) => openDocument(ctx, document?.id as string));
    await writeFile(copy, content);
    expect(await readFile(copy, 'utf8')).to.equal('content');
  });
});
