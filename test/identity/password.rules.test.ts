import { expect } from 'chai';
import { assertGoodPassword, hashPassword, isPassword } from '../../src/identity/password.ts';
import { AppError } from '../../src/kernel/errors.ts';

const email = 'mei.chen@steel.example';
const codeOf = (password: string): string | null => {
  try {
    assertGoodPassword(password, { email });
    return null;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
};

describe('choosing a password', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    ['eleven characters are too few', 'kf9-wq2-zx7', 'password.too-short'],
    ['twelve are enough', 'kf9-wq2-zx7!', null],
    ['characters count, not their bytes', '钢板采购报价单二零二六年', null],
    ['a sentence is fine', 'the lorry came late again', null],
    ['a well-known one is refused', 'passwordpassword', 'password.too-common'],
    ['also with digits behind it', 'password123456', 'password.too-common'],
    ['also in capitals with signs around it', '!!PROCUREMENT2026!!', 'password.too-common'],
    ['the keyboard is refused', 'qwertyuiop2026', 'password.too-common'],
    ['one character over and over is refused', 'aaaaaaaaaaaaaaaa', 'password.too-common'],
    ['the own address is refused', 'Mei.Chen@steel.example', 'password.too-common'],
    ['the own mailbox with digits is refused', 'mei.chen12345', 'password.too-common'],
  ];
  for (const [why, password, code] of cases) it(why, () => expect(codeOf(password)).to.equal(code));
});

describe('checking a password', () => {
  it('knows the right one, and no other; without a hash none is right', async () => {
    const hash = await hashPassword('kf9-wq2-zx7!');
    expect(hash).to.match(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await isPassword('kf9-wq2-zx7!', hash)).to.equal(true);
    expect(await isPassword('kf9-wq2-zx7?', hash)).to.equal(false);
    expect(await isPassword('kf9-wq2-zx7!', undefined)).to.equal(false);
  });

  it('makes many wait for their turn and refuses when too many wait', async () => {
    const results = await Promise.allSettled(Array.from({ length: 110 }, () => isPassword('x', undefined)));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).to.have.length(6);
    expect(refused.every((result) => (result.reason as AppError).code === 'password.busy')).to.equal(true);
  }).timeout(60_000);
});
