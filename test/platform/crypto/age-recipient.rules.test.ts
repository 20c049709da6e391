import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from 'age-encryption';
import { expect } from 'chai';
import fc from 'fast-check';
import { nodeRecipient } from '../../../src/platform/crypto/age-recipient.ts';

const sealFor = (recipient: string, content: Uint8Array): Promise<Uint8Array> => {
  const encrypter = new Encrypter();
  encrypter.addRecipient(nodeRecipient(recipient));
  return encrypter.encrypt(content);
};
const openWith = (identity: string, sealed: Uint8Array): Promise<Uint8Array> => {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return decrypter.decrypt(sealed);
};

describe('an age file whose key Node agreed on', () => {
  it('is opened by the library with the right key, whatever is in it, and by no other key', async () => {
    const other = await generateX25519Identity();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 70_000 }), async (content) => {
        const identity = await generateX25519Identity();
        const sealed = await sealFor(await identityToRecipient(identity), content);
        expect(Buffer.from(await openWith(identity, sealed)).equals(Buffer.from(content))).to.equal(true);
        let refused: unknown;
        await openWith(other, sealed).catch((error: unknown) => {
          refused = error;
        });
        expect(String(refused)).to.include('no identity matched');
      }),
      { numRuns: 20 },
    );
  });

  it('is another file each time', async () => {
    const recipient = await identityToRecipient(await generateX25519Identity());
    const [one, two] = [
      await sealFor(recipient, new Uint8Array(9)),
      await sealFor(recipient, new Uint8Array(9)),
    ];
    expect(Buffer.from(one ?? []).equals(Buffer.from(two ?? []))).to.equal(false);
  });

  it('is refused for what is no recipient', () => {
    for (const wrong of ['age1', 'AGE-SECRET-KEY-1', 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'])
      expect(() => nodeRecipient(wrong), wrong).to.throw();
  });
});
