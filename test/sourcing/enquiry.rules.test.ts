import { expect } from 'chai';
import { ordinaryWeek } from '../../src/kernel/working-days.ts';
import {
  assertMayAnswer,
  assertMayAsk,
  assertTellsNotWhoAsked,
  enquiriesEndAt,
} from '../../src/sourcing/enquiry.ts';

// A Monday, 17:00 in Qingdao.
const CLOSES = new Date('2026-03-09T09:00:00Z');
const event = {
  state: 'open',
  closesAt: CLOSES,
  timeZone: 'Asia/Shanghai',
  publishedAt: new Date('2026-03-02T01:00:00Z'),
  enquiriesUntil: null,
  calendar: ordinaryWeek,
} as const;
const codeOf = (act: () => void): string | null => {
  try {
    act();
    return null;
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('until when questions are taken', () => {
  it('is two working days before closing, at the same time of day, over a weekend', () => {
    expect(enquiriesEndAt(event)).to.deep.equal(new Date('2026-03-05T09:00:00Z'));
  });
  it('passes over a holiday, and counts a Sunday that is worked', () => {
    const calendar = { ...ordinaryWeek, days: { '2026-03-06': false, '2026-03-08': true } };
    expect(enquiriesEndAt({ ...event, calendar })).to.deep.equal(new Date('2026-03-05T09:00:00Z'));
  });
  it('is the same time of day where summer time begins in between', () => {
    const berlin = { ...event, timeZone: 'Europe/Berlin', closesAt: new Date('2026-03-30T15:00:00Z') };
    expect(enquiriesEndAt(berlin)).to.deep.equal(new Date('2026-03-26T16:00:00Z'));
  });
  it('is what the buyer said, also when closing moves on', () => {
    const enquiriesUntil = new Date('2026-03-04T09:00:00Z');
    expect(enquiriesEndAt({ ...event, enquiriesUntil })).to.deep.equal(enquiriesUntil);
  });
  it('is closing itself in an event of less than two working days', () => {
    expect(enquiriesEndAt({ ...event, publishedAt: new Date('2026-03-06T01:00:00Z') })).to.deep.equal(CLOSES);
  });
  it('is open for a draft without closing time', () => {
    expect(enquiriesEndAt({ ...event, closesAt: null })).to.equal(null);
  });
});

describe('whether a supplier may ask', () => {
  const by = {
    invitation: { state: 'viewed' },
    askedCount: 0,
    clock: new Date('2026-03-05T08:59:59.999Z'),
  } as const;
  const ask = (over: object, of: object = {}) =>
    codeOf(() => assertMayAsk({ ...event, ...of }, { ...by, ...over }));
  const cases = [
    { it: 'until just before the cut-off', code: null, over: {} },
    {
      it: 'not at the cut-off',
      code: 'enquiry.cut-off-passed',
      over: { clock: new Date('2026-03-05T09:00:00Z') },
    },
    { it: 'not after closing', code: 'enquiry.event-not-open', over: { clock: CLOSES } },
    {
      it: 'not after declining',
      code: 'enquiry.not-taking-part',
      over: { invitation: { state: 'declined' } },
    },
    { it: 'the hundredth time', code: null, over: { askedCount: 99 } },
    { it: 'not more often', code: 'enquiry.too-many', over: { askedCount: 100 } },
  ];
  for (const one of cases) it(one.it, () => expect(ask(one.over)).to.equal(one.code));
  it('not while the event is paused', () =>
    expect(ask({}, { state: 'paused' })).to.equal('enquiry.event-not-open'));
});

describe('whether a question may be answered', () => {
  const answer = (state: 'open' | 'paused' | 'closed', clock: Date, isAnswered = false) =>
    codeOf(() => assertMayAnswer({ state, closesAt: CLOSES }, { isAnswered, clock }));
  const before = new Date(CLOSES.getTime() - 1);
  it('after the cut-off, just before closing', () => expect(answer('open', before)).to.equal(null));
  it('not at closing', () => expect(answer('open', CLOSES)).to.equal('enquiry.event-is-over'));
  it('while paused, though its closing time has passed', () =>
    expect(answer('paused', CLOSES)).to.equal(null));
  it('not when closed', () => expect(answer('closed', before)).to.equal('enquiry.event-is-over'));
  it('not twice', () => expect(answer('open', before, true)).to.equal('enquiry.already-answered'));
});

describe('what everybody reads', () => {
  const names = ['Hailan Castings Co., Ltd.', '海蓝铸件', 'Sun'];
  const told = [
    { it: 'names the company however it is written', text: 'As HAILAN  castings Co., Ltd asks', of: true },
    { it: 'names it in a file’s name', text: 'hailan_castings_co.,_ltd.-drawing.pdf', of: true },
    { it: 'names it in Chinese, where words have no spaces', text: '请问海蓝铸件的图纸', of: true },
    { it: 'names a person', text: 'Mr. Sun would like to know', of: true },
    { it: 'does not when the name is part of another word', text: 'Until Sunday', of: false },
    { it: 'does not', text: 'Which alloy?', of: false },
  ];
  for (const one of told)
    it(one.it, () =>
      expect(codeOf(() => assertTellsNotWhoAsked(['Which?', one.text], names))).to.equal(
        one.of ? 'enquiry.names-asker' : null,
      ),
    );
});
