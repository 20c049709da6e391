import { expect } from 'chai';
import { failureOf, maskAddress, maskEmail } from '../../src/identity/people/sign-in-failure.ts';
import { AppError, ruleBroken } from '../../src/kernel/errors.ts';

describe('what is kept of a failed sign-in', () => {
  for (const [typed, kept] of [
    ['petra.lang@hawkins.example', 'p***@h***.example'],
    ['P@X.DE', 'p***@x***.de'],
    ['Petra@Mail.Hawkins.De', 'p***@m***.de'],
    ['my secret password', '***'],
    ['P@ssw0rd!', '***'],
    ['two words@mail.example', '***'],
    ['', '***'],
  ] as const)
    it(`masks the address "${typed}" as ${kept}`, () => {
      expect(maskEmail(typed)).to.equal(kept);
    });

  for (const [address, kept] of [
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:41:7::9', '2001:db8:41::/48'],
    ['2001:DB8::9', '2001:db8:0::/48'],
    ['::1', '0:0:0::/48'],
    ['', '***'],
  ] as const)
    it(`shortens ${address} to ${kept}`, () => {
      expect(maskAddress(address)).to.equal(kept);
    });

  it('is the check that refused, in one word, and never a text from outside', () => {
    const refused = (reason: string) =>
      new AppError('forbidden', 'sign-in.response-refused', '', { params: { reason } });
    expect(failureOf(refused('bad-signature'))?.reason).to.equal('bad-signature');
    expect(failureOf(refused('<script>'))?.reason).to.equal('refused');
    expect(failureOf(ruleBroken('sign-in.not-recognised', ''))?.reason).to.equal('not-recognised');
  });

  it('is nothing where a form was filled in wrongly, or a fault happened', () => {
    expect(failureOf(ruleBroken('password.busy', ''))).to.equal(null);
    expect(failureOf(new Error('the database is away'))).to.equal(null);
  });
});
