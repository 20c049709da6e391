import { z } from 'zod';
import { compareDecimals, type DecimalString, lineAmount, sumMoney } from '../kernel/money.ts';
import type { AskedLine, BidDraft, ReadDraft, ReadLine } from './bid-draft.ts';
import { canonicalJson } from './canonical-json.ts';
import { lineContent, type OpenedAlternate, offerContent, offersUnasked, openedAlternates } from './offer.ts';
import { isStorableAmount } from './read-typed.ts';

/** What is written. The first format, without capacities, tiers, alternates and validity, is read as well. */
const FORMAT = 'portico-bid/2';
const price = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/);
const contentSchema = z.strictObject({
  format: z.enum(['portico-bid/1', FORMAT]),
  eventId: z.uuid(),
  supplierId: z.uuid(),
  version: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  lines: z
    .array(
      z.strictObject({
        eventItemId: z.uuid(),
        unitPrice: price.nullable(),
        priceBaseQuantity: price,
        leadTimeDays: z.int().min(0).max(3650).nullable(),
        note: z.string().max(1000),
        ...lineContent,
      }),
    )
    .max(10_000),
  ...offerContent,
  note: z.string().max(5000),
  files: z
    .array(
      z.strictObject({
        fileId: z.uuid(),
        fileName: z.string().max(255),
        sizeBytes: z.int().nonnegative(),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(100),
  // Prices are few digits: without it, whoever has the hash could find them by trying.
  nonce: z.string().min(32).max(100),
});

/** What is sealed: the offer itself, and what it is an offer for, so that it cannot pass for another's. */
export type BidContent = z.infer<typeof contentSchema>;

/** The bytes that are hashed and sealed: the same for the same content, always. */
export const contentBytes = (content: BidContent): Uint8Array => Buffer.from(canonicalJson(content));

/** Puts a draft that can be read into its final form. `nonce` is 32 random bytes, base64. */
export const toContent = (
  draft: { typed: BidDraft; read: ReadDraft },
  of: { eventId: string; supplierId: string; version: number; nonce: string },
): BidContent => ({
  format: FORMAT,
  ...of,
  currency: draft.read.currency,
  lines: draft.read.lines.filter(saysSomething).map((line) => ({
    eventItemId: line.eventItemId,
    unitPrice: line.unitPrice,
    priceBaseQuantity: '1',
    leadTimeDays: line.leadTimeDays,
    note: line.typed.note,
    capacity: line.capacity,
    tiers: [...line.tiers],
  })),
  validUntilOn: draft.read.validUntilOn,
  alternates: draft.read.lines.flatMap(({ eventItemId, alternates }) =>
    alternates.map(({ description, unitPrice, leadTimeDays }) => ({
      eventItemId,
      description,
      unitPrice,
      leadTimeDays,
    })),
  ),
  note: draft.typed.note,
  files: draft.typed.files.map(({ fileId, fileName, sizeBytes, sha256 }) => ({
    fileId,
    fileName,
    sizeBytes,
    sha256,
  })),
});

const saysSomething = (line: ReadLine): boolean =>
  line.unitPrice !== null ||
  line.leadTimeDays !== null ||
  line.typed.note !== '' ||
  line.capacity !== null ||
  line.tiers.length > 0;

/** Why a bid that was opened is not taken; each has its sentence in the catalogues. */
export type NonConformity =
  | 'receipt-differs'
  | 'does-not-open'
  | 'hash-differs'
  | 'not-readable'
  | 'other-event'
  | 'other-supplier'
  | 'other-version'
  | 'other-currency'
  | 'unknown-line'
  | 'line-twice'
  | 'not-asked'
  | 'no-price'
  | 'amount-too-large';

/** A line of an opened bid, with its amount: what becomes a row. */
export type OpenedLine = BidContent['lines'][number] & { readonly amount: DecimalString | null };
export type OpenedContent = {
  readonly content: BidContent;
  readonly lines: readonly OpenedLine[];
  readonly alternates: readonly OpenedAlternate[];
  readonly total: DecimalString;
};

/** Reads what came out of a sealed bid and checks that it is this supplier's offer for this event, or says why not. */
export function readContent(
  bytes: Uint8Array,
  expected: {
    eventId: string;
    supplierId: string;
    version: number;
    currencies: readonly string[];
    needsPrice: boolean;
    asked: readonly AskedLine[];
  },
): OpenedContent | { readonly fault: NonConformity } {
  const content = parse(bytes);
  if (content === null) return { fault: 'not-readable' };
  if (content.eventId !== expected.eventId) return { fault: 'other-event' };
  if (content.supplierId !== expected.supplierId) return { fault: 'other-supplier' };
  if (content.version !== expected.version) return { fault: 'other-version' };
  if (!expected.currencies.includes(content.currency)) return { fault: 'other-currency' };
  const asked = new Set(expected.asked.map((line) => line.id));
  if (content.lines.some((line) => !asked.has(line.eventItemId))) return { fault: 'unknown-line' };
  if (new Set(content.lines.map((line) => line.eventItemId)).size < content.lines.length)
    return { fault: 'line-twice' };
  if (content.lines.some((line) => compareDecimals(line.priceBaseQuantity, '0') === 0))
    return { fault: 'not-readable' };
  if (offersUnasked(content, expected.asked)) return { fault: 'not-asked' };
  const alternates = openedAlternates(content, expected.asked);
  const { lines, total } = withAmounts(content, expected.asked);
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  if (amounts.length === 0 && expected.needsPrice) return { fault: 'no-price' };
  const all = [...amounts, ...alternates.map((one) => one.amount), total];
  if (!all.every(isStorableAmount)) return { fault: 'amount-too-large' };
  return { content, lines, alternates, total };
}

/** The content of a bid's own copy, which the seal has authenticated. */
export const contentOf = (text: string): BidContent => contentSchema.parse(JSON.parse(text));

function parse(bytes: Uint8Array): BidContent | null {
  try {
    return contentSchema.safeParse(JSON.parse(Buffer.from(bytes).toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

/** The amounts that follow from the quantities asked for: a bid states prices, never sums. */
export function withAmounts(
  content: BidContent,
  asked: readonly AskedLine[],
): Pick<OpenedContent, 'lines' | 'total'> {
  const quantities = new Map(asked.map((line) => [line.id, line.quantity]));
  const { currency } = content;
  const lines = content.lines.map((line) => {
    const { unitPrice, priceBaseQuantity } = line;
    const quantity = quantities.get(line.eventItemId) ?? '0';
    const amount =
      unitPrice === null ? null : lineAmount({ quantity, unitPrice, priceBaseQuantity, currency });
    return { ...line, amount };
  });
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  return { lines, total: sumMoney(amounts, currency) };
}
