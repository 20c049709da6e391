import { z } from 'zod';
import { compareDecimals, type DecimalString } from '../kernel/money.ts';
import { type Envelope, envelopeOrder, isKnockOut, type Requirement } from '../sourcing/index.ts';
import { type AskedLine, owedLines } from './bid-draft.ts';
import { type OpenedAlternate, offersUnasked, openedAlternates, withAmounts } from './offer.ts';
import { lineContent, offerContent } from './offer-content.ts';
import { contradictsUnits } from './priced-unit.ts';
import { isStorableAmount } from './read-typed.ts';
import { readResponses } from './response.ts';

const price = z.string().regex(/^\d{1,12}(\.\d{1,6})?$/);
const hash = z.string().regex(/^[0-9a-f]{64}$/);
const contentSchema = z.strictObject({
  format: z.literal('portico-bid/2'),
  envelope: z.enum(envelopeOrder),
  eventId: z.uuid(),
  eventSha256: hash,
  supplierId: z.uuid(),
  version: z.int().positive(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  lotIds: z.array(z.uuid()).max(100).optional(),
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
  answers: z
    .array(
      z.strictObject({
        requirementId: z.uuid(),
        answer: z.string().max(5000),
        fileIds: z.array(z.uuid()).max(20),
      }),
    )
    .max(1000),
  note: z.string().max(5000),
  files: z
    .array(
      z.strictObject({
        fileId: z.uuid(),
        fileName: z.string().max(255),
        sizeBytes: z.int().nonnegative(),
        sha256: hash,
        // The age identity that opens what is stored of the file.
        key: z.string().max(100),
      }),
    )
    .max(100),
  // Prices are few digits: without it, whoever has the hash could find them by trying.
  nonce: z.string().min(32).max(100),
});

/**
 * What is sealed in one envelope: its part of the offer, and what it is an offer for, so that it cannot pass for another's.
 */
export type BidContent = z.infer<typeof contentSchema>;

/** Why a bid that was opened is not taken; each has its sentence in the catalogues. */
export type NonConformity =
  | 'receipt-differs'
  | 'does-not-open'
  | 'hash-differs'
  | 'not-readable'
  | 'too-few-shares'
  | 'other-event'
  | 'other-requirement'
  | 'other-envelope'
  | 'other-supplier'
  | 'other-version'
  | 'other-currency'
  | 'unknown-line'
  | 'line-twice'
  | 'units-contradict'
  | 'not-asked'
  | 'no-price'
  | 'leaves-out-lines'
  | 'answers-missing'
  | 'amount-too-large';

/** A line of an opened bid, with its amount: what becomes a row. */
export type OpenedLine = BidContent['lines'][number] & { readonly amount: DecimalString | null };
export type OpenedContent = {
  readonly content: BidContent;
  readonly lines: readonly OpenedLine[];
  readonly alternates: readonly OpenedAlternate[];
  /** Null where the envelope holds no prices. */
  readonly total: DecimalString | null;
};

/** What a bid goes on offering from an earlier round, of lines that are not asked again. */
export type KeptLines = {
  readonly currency: string | null;
  readonly lines: BidContent['lines'];
  readonly alternates: BidContent['alternates'];
};

/** The rules that every bid is held to when it is submitted, as far as this envelope says anything of them. */
export type SubmissionRules = {
  readonly takesPartialBids: boolean;
  /** The questions whose answers lie in this envelope. */
  readonly requirements: readonly Requirement[];
};

/** Reads what came out of a sealed bid and checks that it is this supplier's offer for this event, or says why not. */
export function readContent(
  bytes: Uint8Array,
  expected: {
    envelope: Envelope;
    eventId: string;
    eventSha256: string;
    supplierId: string;
    version: number;
    currencies: readonly string[];
    needsPrice: boolean;
    /** That prices and the rest of the lines lie in this envelope. */
    holdsLines: boolean;
    asked: readonly AskedLine[];
    /** Null where the server had read the bid, and held it to them, before it sealed it. */
    rules: SubmissionRules | null;
    /** What stays as it was offered, where the bidder's browser seals: it lies in no envelope of this bid. */
    kept?: KeptLines | null;
  },
): OpenedContent | { readonly fault: NonConformity } {
  const content = parse(bytes);
  if (content === null) return { fault: 'not-readable' };
  if (content.eventId !== expected.eventId) return { fault: 'other-event' };
  if (content.eventSha256 !== expected.eventSha256) return { fault: 'other-requirement' };
  if (content.envelope !== expected.envelope) return { fault: 'other-envelope' };
  if (content.supplierId !== expected.supplierId) return { fault: 'other-supplier' };
  if (content.version !== expected.version) return { fault: 'other-version' };
  if (!expected.currencies.includes(content.currency)) return { fault: 'other-currency' };
  if (expected.rules !== null && leavesAnswersOut(content, expected.rules))
    return { fault: 'answers-missing' };
  if (!expected.holdsLines)
    return content.lines.length + content.alternates.length === 0
      ? { content, lines: [], alternates: [], total: null }
      : { fault: 'not-readable' };
  return readWithKept(content, expected);
}

/** The lines of the content with those that stay as they were offered. */
function readWithKept(
  content: BidContent,
  expected: Parameters<typeof readLines>[1] & { readonly kept?: KeptLines | null },
): OpenedContent | { readonly fault: NonConformity } {
  const { kept = null } = expected;
  if (kept === null || kept.lines.length + kept.alternates.length === 0) return readLines(content, expected);
  // One sum has one currency. A line that is not asked and said nonetheless is there twice.
  if (content.currency !== kept.currency) return { fault: 'other-currency' };
  const whole = readLines(
    {
      ...content,
      lines: [...content.lines, ...kept.lines],
      alternates: [...content.alternates, ...kept.alternates],
    },
    expected,
  );
  return 'fault' in whole ? whole : { ...whole, content };
}

function readLines(
  content: BidContent,
  expected: {
    readonly asked: readonly AskedLine[];
    readonly needsPrice: boolean;
    readonly rules: SubmissionRules | null;
  },
): OpenedContent | { readonly fault: NonConformity } {
  const asked = new Set(expected.asked.map((line) => line.id));
  if (content.lines.some((line) => !asked.has(line.eventItemId))) return { fault: 'unknown-line' };
  if (new Set(content.lines.map((line) => line.eventItemId)).size < content.lines.length)
    return { fault: 'line-twice' };
  if (content.lines.some((line) => compareDecimals(line.priceBaseQuantity, '0') === 0))
    return { fault: 'not-readable' };
  const units = new Map(expected.asked.map((line) => [line.id, line.unit]));
  if (content.lines.some((line) => contradictsUnits(line, units.get(line.eventItemId))))
    return { fault: 'units-contradict' };
  if (offersUnasked(content, expected.asked)) return { fault: 'not-asked' };
  const priced = new Set(
    content.lines.filter((line) => line.unitPrice !== null).map((line) => line.eventItemId),
  );
  if (
    expected.rules?.takesPartialBids === false &&
    owedLines(expected.asked, ({ id }) => priced.has(id)).length > 0
  )
    return { fault: 'leaves-out-lines' };
  const alternates = openedAlternates(content, expected.asked);
  const { lines, total } = withAmounts(content, expected.asked);
  const amounts = lines.flatMap((line) => (line.amount === null ? [] : [line.amount]));
  if (amounts.length === 0 && expected.needsPrice) return { fault: 'no-price' };
  const all = [...amounts, ...alternates.map((one) => one.amount), total];
  if (!all.every(isStorableAmount)) return { fault: 'amount-too-large' };
  return { content, lines, alternates, total };
}

function leavesAnswersOut(
  { answers, files }: Pick<BidContent, 'answers' | 'files'>,
  { requirements }: SubmissionRules,
): boolean {
  const said = Object.fromEntries(answers.map((one) => [one.requirementId, one]));
  const { responses } = readResponses(requirements, { answers: said, files }, isKnockOut);
  return responses.some((one) => one.isMissing);
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
