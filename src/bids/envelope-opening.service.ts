import { type Act, recordAll } from '../audit/index.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type Envelope,
  type EventItem,
  findEventItems,
  findPlan,
  isKnockOut,
  type SourcingEvent,
  startEvaluation,
} from '../sourcing/index.ts';
import type { KeptLines, NonConformity, OpenedContent, SubmissionRules } from './bid-content.ts';
import { rulesOf } from './bid-rules.ts';
import { linesEnvelope } from './envelope-content.ts';
import { ensureSealingKeys, eventFingerprint } from './event-keys.service.ts';
import { findKeptLines } from './kept-lines.service.ts';
import { readReceipt } from './kept-submission.service.ts';
import { linesBeside } from './offer.ts';
import * as store from './opening.store.ts';
import { isLast, type Minutes, type MinutesEntry, openOne } from './opening.ts';
import { receiptBytes } from './receipt.ts';
import { openedResponses } from './response.ts';
import { supersedeEarlier } from './rounds.service.ts';

/** The key of a sealed envelope, however it was come by, or why there is none. */
export type KeyFound =
  | { readonly identity: string; readonly isRescued: boolean }
  | { readonly fault: NonConformity };
export type FindKey = (bid: store.SealedBid) => Promise<KeyFound>;

export type Outcome = {
  readonly bid: store.SealedBid;
  readonly isRescued: boolean;
  readonly result: OpenedContent | { readonly fault: NonConformity };
};
type Opened = { readonly outcomes: readonly Outcome[]; readonly lineCount: number };

/**
 * Opens one envelope of every bid that stands, checks each against its receipt, writes what came out and the minutes.
 * A bid that does not open or fit is named there, and does not keep the others closed. The caller holds the event, whose
 * opening has begun, and has found who may.
 */
export async function openEnvelope(
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    opening: Pick<store.Opening, 'id' | 'envelope'>;
    sealed: readonly store.SealedBid[];
    findKey: FindKey;
    by: Pick<Minutes, 'openers' | 'parts'>;
  },
): Promise<Minutes> {
  const { event, opening, by } = of;
  const last = isLast(event.envelopes, opening.envelope);
  const opened = await openAll(ctx, event, opening.envelope, of);
  await saveAll(ctx, { event, opening, outcomes: opened.outcomes });
  const minutes = minutesOf(ctx, { event, envelope: opening.envelope, opened, by });
  await store.saveMinutes(ctx.tx, {
    id: opening.id,
    openedBy: found('user', ctx.actor.userId),
    openedAt: ctx.now,
    concludedAt: last ? ctx.now : null,
    minutes,
  });
  if (last) {
    await supersedeEarlier(ctx, event);
    await startEvaluation(ctx, event.id);
  }
  return minutes;
}

async function openAll(
  ctx: Ctx,
  event: SourcingEvent,
  envelope: Envelope,
  of: { sealed: readonly store.SealedBid[]; findKey: FindKey },
): Promise<Opened> {
  const asked = await findEventItems(ctx, event.id);
  const eventSha256 = eventFingerprint(event, asked, await ensureSealingKeys(ctx, event.id));
  const { requirements } = await findPlan(ctx, event.id);
  const kept = await findKeptLines(ctx, event);
  const rules = { ...rulesOf(event), requirements: requirements.filter((one) => one.envelope === envelope) };
  const outcomes = await Promise.all(
    of.sealed.map((bid) =>
      outcomeOf(ctx, bid, { event, envelope, asked, rules, kept, eventSha256, findKey: of.findKey }),
    ),
  );
  return { outcomes, lineCount: asked.length };
}

async function outcomeOf(
  ctx: Ctx,
  bid: store.SealedBid,
  by: {
    event: SourcingEvent;
    envelope: Envelope;
    asked: readonly EventItem[];
    rules: SubmissionRules;
    kept: ReadonlyMap<string, KeptLines> | null;
    eventSha256: string;
    findKey: FindKey;
  },
): Promise<Outcome> {
  const failed = (fault: NonConformity): Outcome => ({ bid, isRescued: false, result: { fault } });
  if (!isAsReceived(ctx, bid, by.envelope)) return failed('receipt-differs');
  const key = await by.findKey(bid);
  if ('fault' in key) return failed(key.fault);
  const result = await openOne(bid, {
    ...by,
    // What a browser sealed was read by nobody before.
    rules: bid.sealingLevel === 'in_browser' ? by.rules : null,
    // The server had sealed what stays as it was with the rest.
    kept: bid.sealingLevel === 'in_browser' ? (by.kept?.get(bid.supplierId) ?? null) : null,
    // An amendment that did not touch it changed what others are offers for.
    eventSha256: bid.eventSha256 ?? by.eventSha256,
    event: { id: by.event.id, ...rulesOf(by.event) },
    holdsLines: by.envelope === linesEnvelope(by.event.envelopes),
    identity: key.identity,
    sha256: sha256Hex,
  });
  return { bid, isRescued: key.isRescued, result };
}

/** Opens bids that stayed shut when the envelope was opened. */
export async function openAfterwards(
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    opening: Pick<store.Opening, 'id' | 'envelope'>;
    sealed: readonly store.SealedBid[];
    findKey: FindKey;
  },
): Promise<readonly Outcome[]> {
  const { event, opening } = of;
  const { outcomes } = await openAll(ctx, event, opening.envelope, of);
  await saveAll(ctx, { event, opening, outcomes });
  return outcomes;
}

/** The stored envelope is the one that the supplier has a signed receipt for. */
function isAsReceived(ctx: Ctx, bid: store.SealedBid, envelope: Envelope): boolean {
  try {
    const receipt = readReceipt(ctx, { id: bid.versionId, receipt: bid.receipt });
    const said = receipt.envelopes.find((one) => one.envelope === envelope);
    return (
      ctx.keyRing.verify(receiptBytes(receipt), bid.receiptSignature) &&
      receipt.bidReference === bid.reference &&
      receipt.version === bid.version &&
      said?.sealedSha256 === bid.sealedSha256 &&
      said.contentSha256 === bid.contentSha256 &&
      said.recipient === bid.recipient
    );
  } catch {
    return false;
  }
}

async function saveAll(
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    opening: Pick<store.Opening, 'id' | 'envelope'>;
    outcomes: readonly Outcome[];
  },
): Promise<void> {
  const { event, opening, outcomes } = of;
  const last = isLast(event.envelopes, opening.envelope);
  const opened = outcomes.flatMap(({ bid: { bidId }, result }) =>
    'fault' in result ? [] : [{ bidId, ...result }],
  );
  await store.insertLines(
    ctx.tx,
    opened.flatMap(({ bidId, lines, alternates }) =>
      [...lines, ...linesBeside(alternates, lines)].map((line) => ({ ...line, id: newId(), bidId })),
    ),
  );
  await store.insertAlternates(
    ctx.tx,
    opened.flatMap(({ bidId, alternates }) => alternates.map((one) => ({ ...one, id: newId(), bidId }))),
  );
  await insertResponses(ctx, event.id, outcomes);
  await store.saveOpened(
    ctx.tx,
    outcomes.map(({ bid, result }) => ({
      id: bid.bidId,
      state: stateAfter(result, last),
      totalAmount: 'fault' in result ? null : result.total,
      currency: 'fault' in result || result.total === null ? null : result.content.currency,
      validUntilOn: 'fault' in result ? null : result.content.validUntilOn,
    })),
  );
  await store.saveOpenedEnvelopes(ctx.tx, {
    openingId: opening.id,
    openedAt: ctx.now,
    envelopes: outcomes.map(({ bid, result }) => ({
      envelopeId: bid.envelopeId,
      bidId: bid.bidId,
      envelope: opening.envelope,
      fault: 'fault' in result ? result.fault : null,
      content: 'fault' in result ? null : result.content,
    })),
  });
  await recordAll(
    ctx,
    outcomes.map((outcome) => actOf(outcome, opening.envelope, last)),
  );
}

/** What was answered becomes rows, by the questions as they were asked, and what excludes a bid is marked. */
async function insertResponses(ctx: Ctx, eventId: string, outcomes: readonly Outcome[]): Promise<void> {
  const { requirements } = await findPlan(ctx, eventId);
  if (requirements.length === 0) return;
  await store.insertResponses(
    ctx.tx,
    outcomes.flatMap(({ bid, result }) =>
      'fault' in result
        ? []
        : openedResponses(result.content, requirements, isKnockOut).map((response) => ({
            ...response,
            id: newId(),
            bidId: bid.bidId,
          })),
    ),
  );
}

/** What opens and fits is valid once its last envelope is open; what does not stays opened, for people to decide. */
const stateAfter = (result: Outcome['result'], last: boolean): string =>
  'fault' in result || !last ? 'opened' : 'valid';

const actOf = ({ bid, result, isRescued }: Outcome, envelope: Envelope, last: boolean): Act => ({
  action: 'bid.opened',
  subject: { type: 'bid', id: bid.bidId },
  supplierId: bid.supplierId,
  from: bid.state,
  to: stateAfter(result, last),
  changes: {
    version: bid.version,
    envelope,
    fault: 'fault' in result ? result.fault : null,
    ...(isRescued ? { isRescued } : {}),
  },
});

const minutesOf = (
  ctx: Ctx,
  of: {
    event: SourcingEvent;
    envelope: Envelope;
    opened: Opened;
    by: Pick<Minutes, 'openers' | 'parts'>;
  },
): Minutes => ({
  format: 'portico-minutes/2',
  eventReference: of.event.reference,
  envelope: of.envelope,
  ...of.by,
  openedBy: ctx.actor.name,
  openedAt: ctx.now.toISOString(),
  closedAt: (of.event.closedAt ?? of.event.closesAt ?? ctx.now).toISOString(),
  currency: of.event.currency,
  lineCount: of.opened.lineCount,
  bids: of.opened.outcomes.map(entryOf),
});

/** What the minutes say of a bid; the keys of its files are not for reading. */
export function entryOf({ bid, result, isRescued }: Outcome): MinutesEntry {
  const about = {
    bidId: bid.bidId,
    bidReference: bid.reference,
    supplierName: bid.supplierName,
    version: bid.version,
    receivedAt: bid.receivedAt.toISOString(),
    sealedSha256: bid.sealedSha256,
    contentSha256: bid.contentSha256,
    isRescued,
  };
  if ('fault' in result)
    return { ...about, fault: result.fault, totalAmount: null, pricedLineCount: 0, note: '', files: [] };
  return {
    ...about,
    fault: null,
    totalAmount: result.total,
    currency: result.content.currency,
    validUntilOn: result.content.validUntilOn,
    pricedLineCount: result.lines.filter((line) => line.unitPrice !== null).length,
    note: result.content.note,
    files: result.content.files.map(({ fileId, fileName, sizeBytes, sha256 }) => ({
      fileId,
      fileName,
      sizeBytes,
      sha256,
    })),
  };
}
