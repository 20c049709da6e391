import { expect } from 'chai';
import fc from 'fast-check';
import { readDays, writeDays } from '../../src/catalog/calendar-days.ts';
import { addDays } from '../../src/kernel/time.ts';
import { draftEvent, makeCatalog } from '../support/factories/sourcing.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const NATIONAL = '2026-10-01..2026-10-07 off National Day | 国庆节';
const daysIn = (text: string) => {
  const read = readDays(text);
  if ('fault' in read) throw new Error(read.fault.text);
  return read.days;
};

describe('the days of a calendar, as they are typed', () => {
  it('are days or spans, off or worked, in both languages', () => {
    const days = daysIn(`${NATIONAL}\n\n2026-10-10 班 调休`);
    expect(days).to.have.length(8);
    expect(days[0]).to.deep.equal({
      day: '2026-10-01',
      isWorking: false,
      nameEn: 'National Day',
      nameZh: '国庆节',
    });
    expect(days[7]).to.include({ day: '2026-10-10', isWorking: true, nameZh: '调休' });
  });
  for (const text of [
    '2026-10-01',
    '2026-13-01 off',
    '2026-10-07..2026-10-01 off',
    '1.10. off',
    '2026-10-01 maybe',
  ])
    it(`cannot be read from “${text}”, which is said with its line`, () => {
      expect(readDays(`2026-01-01 off\n${text}`)).to.deep.equal({ fault: { line: 2, text } });
    });
  it('are the same when they are written and read again', () => {
    const day = fc.record({
      offset: fc.integer({ min: 0, max: 700 }),
      isWorking: fc.boolean(),
      name: fc.constantFrom('Holiday', '假日', ''),
    });
    fc.assert(
      fc.property(fc.uniqueArray(day, { selector: (one) => one.offset, maxLength: 40 }), (all) => {
        const days = all
          .toSorted((a, b) => a.offset - b.offset)
          .map(({ offset, isWorking, name }) => ({
            day: addDays('2026-01-01', offset),
            isWorking,
            nameEn: name,
            nameZh: name,
          }));
        expect(daysIn(writeDays(days))).to.deep.equal(days);
      }),
    );
  });
});

describe('the pages of calendars', () => {
  let world: World;
  let buyer: Visitor;
  const form = {
    code: 'cn',
    nameEn: 'China',
    nameZh: '中国',
    weekday: ['1', '2', '3', '4', '5'],
    plant: 'QD01',
    isCompany: 'yes',
    days: NATIONAL,
  };
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    buyer = await world.as(await world.staff('buyer'));
  });
  after(() => world.close());

  it('enter a calendar for a plant, and change it for the one who saw its last version', async () => {
    const refused = await buyer.post('/catalog/calendars', { ...form, days: 'next Monday' }).expect(422);
    expect(refused.text).to.include('A line cannot be read').and.include('next Monday');
    expect(await world.db('calendar')).to.have.length(0);
    await buyer.post('/catalog/calendars', form).expect(303);
    await buyer.post('/catalog/calendars', form).expect(422, /already a calendar CN/);
    expect(await world.db('plant').pluck('calendar_code')).to.deep.equal(['CN']);
    const list = await buyer.get('/catalog/calendars').expect(200);
    expect(list.text).to.include('7 days differ').and.include('Qingdao plant');

    const page = await buyer.get('/catalog/calendars/CN').expect(200);
    expect(page.text).to.include(NATIONAL);
    const { code: _, plant: __, ...change } = { ...form, version: '1', days: `${NATIONAL}\n2026-10-10 work` };
    await buyer.post('/catalog/calendars/CN', change).expect(303);
    const stale = await buyer
      .post('/catalog/calendars/CN', { ...change, days: '2026-12-25 off' })
      .expect(409, /2026-12-25 off/);
    expect(stale.text, 'what is stored now').to.include('2026-10-10 work');
    expect(await world.db('calendar_day')).to.have.length(8);
    expect(await world.db('plant').pluck('calendar_code')).to.deep.equal([null]);
    const acts = await world
      .db('event')

      .where({ action: 'calendar.changed' })
      .pluck('changes');
    expect(acts[0]?.days).to.deep.equal(['2026-10-10']);
  });

  it('are looked at by others of the staff, and changed by nobody else', async () => {
    const approver = await world.as(await world.staff('approver'));
    expect((await approver.get('/catalog/calendars').expect(200)).text).not.to.include(
      '/catalog/calendars/new',
    );
    await approver.get('/catalog/calendars/CN').expect(403);
    await buyer.get('/catalog/calendars/NONE').expect(404);
  });

  it('say until when holidays are announced, and mark an event that lies beyond', async () => {
    const { eventId } = await draftEvent(world, { buyer: buyer.actor });
    const { code: _, ...known } = form;
    const announce = async (confirmedUntil: string) => {
      const { version } = await world.db('calendar').where({ code: 'CN' }).first();
      return buyer.post('/catalog/calendars/CN', { ...known, version: String(version), confirmedUntil });
    };
    expect((await announce('2026-13-01')).status).to.equal(422);
    expect((await announce('2026-03-08')).status).to.equal(303);
    expect((await buyer.get('/catalog/calendars').expect(200)).text).to.include('announced until 8 Mar 2026');
    expect((await buyer.get(`/events/${eventId}`).expect(200)).text).to.include(
      'knows holidays until 8 Mar 2026',
    );
    // The closing is on the ninth.
    await announce('2026-03-09');
    expect((await buyer.get(`/events/${eventId}`)).text).not.to.include('knows holidays');
    await announce('');
    expect((await buyer.get(`/events/${eventId}`)).text).not.to.include('knows holidays');
  });
});
