import { z } from 'zod';
import { envelopeOrder } from '../sourcing/index.ts';

/** How every file that age encrypted begins, in base64: what is no ciphertext is not taken. */
const AGE_HEAD = Buffer.from('age-encryption.org/v1\n').toString('base64').slice(0, 28);
const ciphertext = (maximum: number) =>
  z
    .string()
    .max(maximum)
    .regex(/^[A-Za-z0-9+/]+={0,2}$/, 'bid.not-sealed')
    .startsWith(AGE_HEAD, 'bid.not-sealed')
    .transform((text) => Buffer.from(text, 'base64'));
const recipient = z.string().regex(/^age1[0-9a-z]{58}$/, 'bid.not-sealed');
const hash = z.string().regex(/^[0-9a-f]{64}$/, 'bid.not-sealed');

/** A draft as the bidder's browser sealed it, to the bidder alone. */
export const sealedDraftForm = z.strictObject({
  revision: z.coerce.number().int().positive(),
  recipient,
  sealed: ciphertext(3_000_000),
});

/** The draft's key as the bidder's browser wrapped it by a passphrase. */
export const wrappedKeyForm = z.strictObject({ wrapped: ciphertext(5000) });

const envelope = z.strictObject({
  envelope: z.enum(envelopeOrder),
  recipient,
  sealed: ciphertext(3_000_000),
  contentSha256: hash,
  timeShare: ciphertext(2000),
  houseShare: ciphertext(2000).nullable(),
  openerShares: z
    .array(z.strictObject({ openerId: z.uuid(), sealed: ciphertext(2000), shareSha256: hash }))
    .max(20),
  bidderKey: ciphertext(8000),
  fileIds: z.array(z.uuid()).max(100),
});
export type SentEnvelope = z.infer<typeof envelope>;

/** A bid as the bidder's browser sealed it: JSON in one field. */
export const sealedSubmissionForm = z.strictObject({
  revision: z.coerce.number().int().positive(),
  idempotencyKey: z.uuid(),
  envelopes: z
    .string()
    .max(9_000_000)
    .transform((text, context) => {
      try {
        return z.array(envelope).min(1).max(3).parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'bid.not-sealed' });
        return z.NEVER;
      }
    }),
});
