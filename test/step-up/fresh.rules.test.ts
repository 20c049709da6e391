import { expect } from 'chai';
import { isFresh } from '../../src/identity/step-up/fresh.ts';
import { fieldsOf, mayBeKept } from '../../src/identity/step-up/interrupted-form.ts';

describe('a fresh proof', () => {
  const signedInAt = '2026-03-02T10:00:00.000Z';
  const at = (iso: string) => new Date(iso);

  it('is the sign-in itself until, and not at, the end of five minutes', () => {
    expect(isFresh({ signedInAt }, at('2026-03-02T10:04:59.999Z'))).to.equal(true);
    expect(isFresh({ signedInAt }, at('2026-03-02T10:05:00.000Z'))).to.equal(false);
  });

  it('is counted from the proof given after it', () => {
    const proofs = { signedInAt, freshAt: '2026-03-02T11:00:00.000Z' };
    expect(isFresh(proofs, at('2026-03-02T11:04:59.999Z'))).to.equal(true);
    expect(isFresh(proofs, at('2026-03-02T11:05:00.000Z'))).to.equal(false);
  });

  it('is none where no time is known', () => {
    expect(isFresh({}, at(signedInAt))).to.equal(false);
    expect(isFresh({ signedInAt: 'never' }, at(signedInAt))).to.equal(false);
  });
});

describe('a form that waits', () => {
  it('has the names that a browser gives its fields, lines and lists too', () => {
    const body = {
      reason: 'a\r\nb',
      lines: [{ quantity: '1' }, { quantity: '' }],
      roles: ['buyer'],
      none: null,
    };
    expect(fieldsOf(body)).to.deep.equal([
      { name: 'reason', value: 'a\r\nb' },
      { name: 'lines[0][quantity]', value: '1' },
      { name: 'lines[1][quantity]', value: '' },
      { name: 'roles[0]', value: 'buyer' },
    ]);
  });

  it('holds no password and no code: those are typed again', () => {
    expect(mayBeKept(fieldsOf({ reason: 'x' }))).to.equal(true);
    for (const name of ['password', 'current', 'repeated', 'code', 'response'])
      expect(mayBeKept(fieldsOf({ reason: 'x', [name]: 's' })), name).to.equal(false);
  });
});
