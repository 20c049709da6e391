import ExcelJS from '@protobi/exceljs';
import { expect } from 'chai';
import type { Test } from 'supertest';
import { getDraft } from '../../src/bids/index.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { draftBid } from '../support/factories/bids.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { publishedEvent } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const asBuffer: Parameters<Test['parse']>[0] = (res, done) => {
  const chunks: Buffer[] = [];
  res.on('data', (chunk: Buffer) => chunks.push(chunk));
  res.on('end', () => done(null, Buffer.concat(chunks)));
};
const [QUESTION, HOW, ANSWER, ID, BID] = [2, 3, 4, 5, 6] as const;

describe('answering questions by spreadsheet', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('goes out with what is answered, comes back as a preview, and is taken over when it is told to', async () => {
    const questions = [
      someQuestion({ prompt: 'ISO 9001?' }),
      someQuestion({ kind: 'number', prompt: 'Scrap rate', minimum: '0', maximum: '5', unit: '%' }),
      someQuestion({ kind: 'text', prompt: 'Concept', isRequired: false }),
      someQuestion({ kind: 'file', prompt: 'Certificate', isRequired: false }),
    ];
    const made = await publishedEvent(world, {
      prepare: async (ctx, eventId) => {
        for (const [version, requirement] of questions.entries())
          await saveRequirement(ctx, { eventId, version, requirementId: null, requirement });
      },
    });
    const [supplier] = made.suppliers;
    if (supplier === undefined) throw new Error('A supplier is invited');
    const { bidId, revision } = await draftBid(world, { supplier, ...made, prices: ['1', '2', '3'] });
    const visitor = await world.as(supplier.actor);
    expect((await visitor.get(`/bids/${bidId}/edit`).expect(200)).text).to.include(`/bids/${bidId}/answers"`);
    await visitor.get(`/bids/${bidId}/answers`).expect(200);

    const answer = await visitor.get(`/bids/${bidId}/answers.xlsx`).buffer(true).parse(asBuffer).expect(200);
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(answer.body as never);
    const sheet = book.worksheets[0] as ExcelJS.Worksheet;
    const first = Array.from({ length: 20 }, (_, row) => row + 1).find(
      (row) => sheet.getCell(row, QUESTION).text === 'ISO 9001?',
    ) as number;
    expect([0, 1, 2, 3].map((row) => sheet.getCell(first + row, QUESTION).text)).to.deep.equal([
      'ISO 9001?',
      'Scrap rate',
      'Concept',
      '',
    ]);
    expect(sheet.getCell(first + 1, HOW).text).to.include('0 – 5 %');
    expect(sheet.getCell(first, ANSWER).protection.locked).to.equal(false);
    expect([ID, BID].map((column) => sheet.getColumn(column).hidden)).to.deep.equal([true, true]);

    const upload = async () =>
      visitor.upload(
        `/bids/${bidId}/answers`,
        {},
        { sheet: ['answers.xlsx', Buffer.from(await book.xlsx.writeBuffer())] },
      );
    // A yes in another of our languages is a yes; what cannot be an answer is said with its cell.
    sheet.getCell(first, ANSWER).value = '是';
    sheet.getCell(first + 1, ANSWER).value = 7;
    const wrong = await upload();
    expect([
      wrong.status,
      wrong.text.includes('At most 5.'),
      wrong.text.includes(`D${first + 1}`),
    ]).to.deep.equal([422, true, true]);
    sheet.getCell(first + 1, ANSWER).value = 2.5;
    const right = await upload();
    expect(right.status).to.equal(200);
    expect(right.text).to.include('2 answers change').and.include('<ins>2.5</ins>');
    expect((await world.db('bid_draft').first()).revision).to.equal(revision);
    const typed = Object.fromEntries(
      [...right.text.matchAll(/name="(answers\[[^"]+)" value="([^"]*)"/g)].map(
        ([, name = '', value = '']) => [name, value],
      ),
    );
    await visitor.post(`/bids/${bidId}/draft`, { revision: String(revision), ...typed }).expect(303);
    const page = await world.runInTx(supplier.actor, (ctx) => getDraft(ctx, bidId));
    expect(page.responses.map((one) => one.answer)).to.deep.equal(['yes', '2.5', null, null]);
    expect(page.draft.lines[made.items[0]?.id ?? '']?.unitPrice).to.equal('1');

    sheet.getCell(first, BID).value = 'BID-2026-0999';
    expect((await upload()).text).to.include('BID-2026-0999');
    await visitor.upload(`/bids/${bidId}/answers`, {}, {}).expect(422);
  });
});
