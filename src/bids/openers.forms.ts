import { z } from 'zod';
import { envelopeOrder, sealingLevels } from '../sourcing/index.ts';

const recipient = z.string().regex(/^age1[0-9a-z]{58}$/, 'opener_key.made-in-browser');
const base64 = z.string().regex(/^[A-Za-z0-9+/]*={0,2}$/);
const list = <T extends z.ZodType>(one: T) =>
  z.preprocess(
    (value) => (value === undefined ? [] : Array.isArray(value) ? value : [value]),
    z.array(one).max(20),
  );

/** A key as the opener's browser made it. */
export const openerKeyForm = z.strictObject({
  recipient,
  wrapped: base64.min(100, 'opener_key.made-in-browser').max(4000),
});

/** How an event is sealed and who opens it. */
export const appointmentForm = z.strictObject({
  version: z.coerce.number().int().positive(),
  sealingLevel: z.enum(sealingLevels),
  allowsSealingOnArrival: z.literal('yes').optional(),
  envelopes: list(z.enum(envelopeOrder)),
  openerIds: list(z.uuid()),
  threshold: z.coerce.number().int().min(1).max(10).default(2),
});

const shares = z.array(z.strictObject({ envelopeId: z.uuid(), share: base64.max(400) })).max(1000);

/** An opener's shares, as its browser opened them: JSON in one field. */
export const partForm = z.strictObject({
  shares: z
    .string()
    .max(1_000_000)
    .transform((text, context) => {
      try {
        return shares.parse(JSON.parse(text));
      } catch {
        context.addIssue({ code: 'custom', message: 'opening.made-in-browser' });
        return z.NEVER;
      }
    }),
});

/** The key file as it was kept, or the key alone. */
export const rescueForm = z.strictObject({ key: z.string().trim().min(1, 'form.required').max(2000) });
