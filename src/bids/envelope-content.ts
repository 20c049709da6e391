import type { Envelope } from '../sourcing/index.ts';
import type { BidContent } from './bid-content.ts';
import type { BidDraft, DraftAnswer, ReadDraft, ReadLine } from './bid-draft.ts';
import { canonicalJson } from './canonical-json.ts';

// Also runs in the bidder's browser: nothing here may need Node or zod.

/** What a bid is an offer for; the same in each of its envelopes. */
export type ContentFrame = {
  readonly eventId: string;
  /** Of what was asked for and of who opens (`eventFingerprint`). */
  readonly eventSha256: string;
  readonly supplierId: string;
  readonly version: number;
  readonly currency: string;
  /** In the order they are opened. */
  readonly envelopes: readonly Envelope[];
  /** The lots that the bid bids on, said in each envelope before its prices: who judges them need not judge the others. */
  readonly lotIds: readonly string[];
  /** Which envelope the answer to a question lies in, by the requirement's id. */
  readonly envelopeOf: Readonly<Record<string, Envelope>>;
  /** By the file's id: what opens its stored content. */
  readonly fileKeys: Readonly<Record<string, string>>;
  /** 32 random bytes, base64, new for each call. */
  makeNonce(): string;
};

/**
 * Puts a draft that can be read into its final form, one content for each envelope: prices in the commercial one, answers
 * where their question belongs, notes and files where the bidder put them, and what names no envelope with the prices.
 */
export function toContents(draft: { typed: BidDraft; read: ReadDraft }, frame: ContentFrame): BidContent[] {
  const { envelopes, envelopeOf, lotIds, fileKeys, makeNonce, ...about } = frame;
  const last = envelopes.at(-1);
  const lies = (in_: Envelope | undefined, envelope: Envelope): boolean =>
    (in_ !== undefined && envelopes.includes(in_) ? in_ : last) === envelope;
  return envelopes.map((envelope) => ({
    format: 'portico-bid/2',
    envelope,
    ...about,
    ...(lotIds.length === 0 || envelope === linesEnvelope(envelopes) ? {} : { lotIds: [...lotIds] }),
    lines: envelope === linesEnvelope(envelopes) ? linesOf(draft) : [],
    validUntilOn: envelope === linesEnvelope(envelopes) ? draft.read.validUntilOn : null,
    alternates: envelope === linesEnvelope(envelopes) ? alternatesOf(draft) : [],
    answers: Object.entries(draft.typed.answers ?? {})
      // What is not asked of this bid any more, or only of another lot, stays behind.
      .filter(
        ([requirementId, said]) =>
          Object.hasOwn(envelopeOf, requirementId) &&
          lies(envelopeOf[requirementId], envelope) &&
          !isEmpty(said),
      )
      .map(([requirementId, { answer, fileIds }]) => ({ requirementId, answer, fileIds: [...fileIds] })),
    note: envelope === last ? draft.typed.note : (draft.typed.notes?.[envelope] ?? ''),
    files: draft.typed.files
      .filter((file) => lies(file.envelope, envelope))
      .map(({ fileId, fileName, sizeBytes, sha256 }) => ({
        fileId,
        fileName,
        sizeBytes,
        sha256,
        key: fileKeys[fileId] ?? '',
      })),
    nonce: makeNonce(),
  }));
}

const isEmpty = ({ answer, fileIds }: DraftAnswer): boolean => answer === '' && fileIds.length === 0;

/** Where prices and the rest of the lines lie; an event that asks no prices has no commercial envelope. */
export const linesEnvelope = (envelopes: readonly Envelope[]): Envelope | undefined =>
  envelopes.includes('commercial') ? 'commercial' : envelopes.at(-1);

const linesOf = ({ read }: { read: ReadDraft }): BidContent['lines'] =>
  read.lines.filter(saysSomething).map((line) => ({
    eventItemId: line.eventItemId,
    unitPrice: line.unitPrice,
    priceBaseQuantity: line.priceBaseQuantity,
    pricedIn: line.pricedIn,
    leadTimeDays: line.leadTimeDays,
    note: line.typed.note,
    capacity: line.capacity,
    tiers: [...line.tiers],
  }));

const saysSomething = (line: ReadLine): boolean =>
  line.unitPrice !== null ||
  line.leadTimeDays !== null ||
  line.typed.note !== '' ||
  line.capacity !== null ||
  line.tiers.length > 0;

const alternatesOf = ({ read }: { read: ReadDraft }): BidContent['alternates'] =>
  read.lines.flatMap(({ eventItemId, alternates }) =>
    alternates.map(({ description, unitPrice, leadTimeDays }) => ({
      eventItemId,
      description,
      unitPrice,
      leadTimeDays,
    })),
  );

/** The bytes that are hashed and sealed: the same for the same content, always. */
export const contentBytes = (content: BidContent): Uint8Array =>
  new TextEncoder().encode(canonicalJson(content));
