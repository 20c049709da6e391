import { expect } from 'chai';
import { isOver, isStale, sessionLimits } from '../../src/identity/session.ts';
import { isUsable, LINK_LASTS_MS } from '../../src/identity/sign-in-link.ts';
import { rolesOfGroups } from '../../src/identity/user.ts';
import { isOwnPath } from '../../src/platform/web/return-to.ts';

const START = new Date('2026-03-02T10:00:00Z');
const later = (ms: number): Date => new Date(START.getTime() + ms);
const MINUTE = 60_000;

describe('the life of a session', () => {
  const cases = [
    ['staff', 'idle', 30 * MINUTE],
    ['supplier', 'idle', 20 * MINUTE],
    ['staff', 'absolute', 12 * 60 * MINUTE],
    ['supplier', 'absolute', 8 * 60 * MINUTE],
  ] as const;
  for (const [kind, limit, ms] of cases)
    it(`of ${kind} ends at its ${limit} limit, and not a millisecond before`, () => {
      const timesAt = (now: Date) => ({
        signedInAt: START.toISOString(),
        seenAt: (limit === 'idle' ? START : now).toISOString(),
      });
      expect(isOver(timesAt(later(ms - 1)), sessionLimits[kind], later(ms - 1))).to.equal(false);
      expect(isOver(timesAt(later(ms)), sessionLimits[kind], later(ms))).to.equal(true);
    });

  it('is over when it does not say when it began', () => {
    const seenAt = START.toISOString();
    expect(isOver({ signedInAt: undefined, seenAt }, sessionLimits.staff, START)).to.equal(true);
    expect(isOver({ signedInAt: seenAt, seenAt: 'never' }, sessionLimits.staff, START)).to.equal(true);
  });

  it('is noted as used once a minute, so that most requests write nothing', () => {
    const times = { signedInAt: START.toISOString(), seenAt: START.toISOString() };
    expect(isStale(times, later(MINUTE - 1))).to.equal(false);
    expect(isStale(times, later(MINUTE))).to.equal(true);
  });
});

describe('the life of a sign-in link', () => {
  const link = {
    id: 'l',
    userId: 'u',
    purpose: 'invitation',
    returnTo: null,
    expiresAt: later(LINK_LASTS_MS),
    usedAt: null,
    revokedAt: null,
    isForAddress: true,
  };
  it('ends 72 hours later, at that instant', () => {
    expect(LINK_LASTS_MS).to.equal(72 * 60 * MINUTE);
    expect(isUsable(link, later(LINK_LASTS_MS - 1))).to.equal(true);
    expect(isUsable(link, later(LINK_LASTS_MS))).to.equal(false);
  });
  it('ends with its first use', () => expect(isUsable({ ...link, usedAt: START }, START)).to.equal(false));
  it('ends when it is taken back', () =>
    expect(isUsable({ ...link, revokedAt: START }, START)).to.equal(false));
  it('ends when its user has another address', () =>
    expect(isUsable({ ...link, isForAddress: false }, START)).to.equal(false));
  it('never began for a token nobody issued', () => expect(isUsable(undefined, START)).to.equal(false));
});

describe('reading groups as roles', () => {
  const byGroup = { purchasing: 'buyer', chiefs: 'approver', 'chiefs-asia': 'approver' } as const;
  it('gives each role once and ignores groups nobody mapped', () => {
    expect(rolesOfGroups(['chiefs', 'canteen', 'chiefs-asia', 'purchasing'], byGroup)).to.deep.equal([
      'buyer',
      'approver',
    ]);
    expect(rolesOfGroups(['canteen', 'constructor', '__proto__'], byGroup)).to.deep.equal([]);
  });
});

describe('the way back after signing in', () => {
  for (const path of ['/', '/bids/1?after=2', '/events/0198#lines'])
    it(`may be ${path}`, () => expect(isOwnPath(path)).to.equal(true));
  const elsewhere = [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/a b',
    '/x\r\nSet-Cookie: a=b',
    '',
    '/a\\b',
  ];
  for (const path of elsewhere)
    it(`may not be ${JSON.stringify(path)}`, () => expect(isOwnPath(path)).to.equal(false));
});
