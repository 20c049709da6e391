import { expect } from 'chai';
import { changeCalendar } from '../../src/catalog/calendars.service.ts';
import {
  calendarAt,
  createCalendar,
  listCalendars,
  type NamedCalendar,
  setPlantCalendar,
} from '../../src/catalog/index.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeWorld, type World } from '../support/world.ts';

const holiday = (day: string, isWorking = false) => ({ day, isWorking, nameEn: 'Holiday', nameZh: '假日' });
const china: NamedCalendar = {
  code: 'CN',
  nameEn: 'China',
  nameZh: '中国',
  workingWeekdays: [1, 2, 3, 4, 5],
  isCompany: false,
  days: [holiday('2026-10-01'), holiday('2026-10-10', true)],
};

describe('keeping calendars', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  afterEach(() => world.close());

  it('counts by the plant’s calendar, else the company’s, else Monday to Friday', async () => {
    const buyer = await world.staff('buyer');
    const at = (code: string | null) => world.runInTx(buyer, (ctx) => calendarAt(ctx, code));
    expect(await at('QD01')).to.deep.equal({ workingWeekdays: [1, 2, 3, 4, 5], days: {} });
    await world.runInTx(buyer, async (ctx) => {
      await createCalendar(ctx, china);
      await createCalendar(ctx, { ...china, code: 'DE', days: [holiday('2026-10-03')], isCompany: true });
    });
    expect(Object.keys((await at('QD01')).days)).to.deep.equal(['2026-10-03']);
    await world.runInTx(buyer, (ctx) => setPlantCalendar(ctx, { plantCode: 'QD01', calendarCode: 'CN' }));
    expect((await at('QD01')).days).to.deep.equal({ '2026-10-01': false, '2026-10-10': true });
    expect(Object.keys((await at(null)).days)).to.deep.equal(['2026-10-03']);
  });

  it('keeps one calendar of the company, and says to the second of two editors that it changed', async () => {
    const buyer = await world.staff('buyer');
    await world.runInTx(buyer, async (ctx) => {
      await createCalendar(ctx, { ...china, isCompany: true });
      await createCalendar(ctx, { ...china, code: 'DE', isCompany: true });
    });
    const list = await world.runInTx(buyer, listCalendars);
    expect(list.map(({ code, isCompany }) => [code, isCompany])).to.deep.equal([
      ['CN', false],
      ['DE', true],
    ]);
    await world.runInTx(buyer, (ctx) => changeCalendar(ctx, { ...china, days: [], version: 1 }));
    const refused = await world
      .runInTx(buyer, (ctx) => changeCalendar(ctx, { ...china, version: 1 }))
      .catch((error: { code: string }) => error.code);
    expect(refused).to.equal('calendar.changed-meanwhile');
    expect(await world.db('calendar_day').where({ calendar_code: 'CN' })).to.deep.equal([]);
  });
});
