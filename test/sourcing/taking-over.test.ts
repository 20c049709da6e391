import { expect } from 'chai';
import { storeGenerated } from '../../src/documents/index.ts';
import type { Cell, Sheet } from '../../src/platform/sheet/sheet.ts';
import { saveRequirement } from '../../src/sourcing/evaluation-plan.service.ts';
import { createEvent, findEventItems, findLots, findPlan, takeOver } from '../../src/sourcing/index.ts';
import { readRequirements } from '../../src/sourcing/requirements.sheet.ts';
import { someQuestion } from '../support/factories/evaluation.ts';
import { makeCatalog, someItems, someTerms } from '../support/factories/sourcing.ts';
import { makeWorld } from '../support/world.ts';

describe('taking over from an RFI', () => {
  it('gives the files of event, lots and lines that suppliers had, and a lot’s question to the lot of its number', async () => {
    const world = await makeWorld();
    await makeCatalog(world);
    const buyer = await world.staff('buyer');
    await world.runInTx(buyer, async (ctx) => {
      const made = (title: string) =>
        createEvent(ctx, {
          ...someTerms({ title }),
          lots: [
            { title: 'Housings', description: '' },
            { title: 'Shafts', description: '' },
          ],
          items: someItems().map((item, index) => ({ ...item, lotNo: index === 0 ? 1 : 2 })),
        });
      const [fromEventId, toEventId] = [await made('Asked'), await made('Priced')];
      const lots = await findLots(ctx, fromEventId);
      const items = await findEventItems(ctx, fromEventId);
      const give = (type: string, id: string, fileName: string, visibility: 'participants' | 'internal') =>
        storeGenerated(ctx, {
          subject: { type, id },
          kind: 'attachment',
          version: 1,
          fileName,
          mediaType: 'text/plain',
          content: Buffer.from(fileName),
          visibility,
          supplierId: null,
        });
      await give('sourcing_event', fromEventId, 'terms.txt', 'participants');
      await give('sourcing_event', fromEventId, 'our-own.txt', 'internal');
      await give('lot', lots[1]?.id ?? '', 'shafts.txt', 'participants');
      await give('event_item', items[2]?.id ?? '', 'drawing.txt', 'participants');
      await saveRequirement(ctx, {
        eventId: fromEventId,
        version: 0,
        requirementId: null,
        requirement: someQuestion({ prompt: 'Ground?', lotId: lots[1]?.id ?? null }),
      });
      const { requirements } = await findPlan(ctx, fromEventId);
      await takeOver(ctx, { fromEventId, toEventId, requirementIds: requirements.map(({ id }) => id) });
      const [toLots, toItems] = [await findLots(ctx, toEventId), await findEventItems(ctx, toEventId)];
      const { rows } = await ctx.tx.raw('SELECT file_name, subject_id FROM document ORDER BY file_name');
      const target = new Map([toEventId, toLots[1]?.id, toItems[2]?.id].map((id, index) => [id, index]));
      expect(
        rows
          .filter((row: { subject_id: string }) => target.has(row.subject_id))
          .map((row: { file_name: string; subject_id: string }) => [
            row.file_name,
            target.get(row.subject_id),
          ]),
      ).to.deep.equal([
        ['drawing.txt', 2],
        ['shafts.txt', 1],
        ['terms.txt', 0],
      ]);
      expect(
        (await findPlan(ctx, toEventId)).requirements.map(({ prompt, lotId }) => [prompt, lotId]),
      ).to.deep.equal([['Ground?', toLots[1]?.id]]);
    });
    await world.close();
  });
});

describe('questions of lots in a spreadsheet', () => {
  const cell = (text: string): Cell | null => (text === '' ? null : { kind: 'text', text });
  const sheet = (...rows: string[][]): Sheet => ({
    name: 'Questions',
    isPointCertain: true,
    rows: [['Question', 'Kind', 'Envelope', 'Lot'], ...rows].map((cells, index) => ({
      row: index + 1,
      cells: cells.map(cell),
    })),
  });
  const lots = [
    { id: 'one', lotNo: 1, title: 'Housings', description: '' },
    { id: 'two', lotNo: 2, title: 'Shafts', description: '' },
  ];
  const read = (...words: string[]) =>
    readRequirements(sheet(...words.map((word) => ['Ground?', 'Text', 'Technical', word])), {
      criteria: [],
      lots,
    });

  it('are known by the number, the title, or both; empty is everybody', () => {
    expect(read('2', 'Shafts', '2 · Shafts', '').requirements.map((one) => one.lotId)).to.deep.equal([
      'two',
      'two',
      'two',
      null,
    ]);
  });

  it('say at their row that there is no such lot', () => {
    const { errors } = read('1', '3', 'Gears');
    expect(errors.map(({ row, code, params }) => [row, code, params['value']])).to.deep.equal([
      [3, 'sheet.unknown-lot', '3'],
      [4, 'sheet.unknown-lot', 'Gears'],
    ]);
  });
});
