import { record } from '../audit/index.ts';
import { calendarAt } from '../catalog/index.ts';
import { storeGenerated } from '../documents/index.ts';
import { findUser } from '../identity/index.ts';
import type { Actor } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import { addDays, dayIn, startOfDay } from '../kernel/time.ts';
import { addWorkingDays } from '../kernel/working-days.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import { sha256Hex } from '../platform/crypto/key-ring.ts';
import type { Ctx, RunInTx } from '../platform/db/context.ts';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { findEvent, type SourcingEvent } from '../sourcing/index.ts';
import { findSupplier } from '../suppliers/index.ts';
import * as awardStore from './award.store.ts';
import { type Award, isBinding, markTold } from './award.ts';
import { findAwardPageLines } from './awards.queries.ts';
import { findAward, recordDecision } from './awards.service.ts';
import { rankBidders } from './comparison.ts';
import { drawAwardLetter } from './letter.pdf.ts';
import { findRankedTotals } from './letter.queries.ts';
import { findLetter, insertLetter } from './letter.store.ts';
import { awardedAmountOf, type LetterContent, tellOf } from './letter-content.ts';
import { announcedBeforeEnd, currencyOf, type Letter, lettersOf } from './letters.service.ts';
import { tellBidder } from './tell-bidder.service.ts';
import { findWeightedResult, type WeightedBid } from './weighted-result.service.ts';

type Issue = {
  readonly awardId: string;
  readonly actId: string;
  readonly actor: Actor;
  readonly catalogue: Catalogue;
};

/**
 * Writes to every bidder what became of its own bid, with a letter that is made once, and begins the standstill where
 * there is one. Bidder by bidder, so that one may read its letter while others are written. Safe to repeat: a letter
 * that is there stays, `notify` tells nobody twice about one act, and an award is marked as told once.
 */
export async function sendLetters(runInTx: RunInTx, of: Issue): Promise<void> {
  const who = { actor: of.actor };
  const letters = await runInTx(who, async (ctx) => lettersOf(ctx, await setStandstill(ctx, of.awardId)));
  for (const letter of letters) await runInTx(who, (ctx) => sendOne(ctx, letter, of));
  await runInTx(who, (ctx) => markNotified(ctx, of.awardId));
}

/** The standstill's end is in every letter, so it is said once, before the first of them. */
async function setStandstill(ctx: Ctx, awardId: string): Promise<Award> {
  const award = found('award', await awardStore.lockAwardById(ctx.tx, awardId));
  if (award.state !== 'active' || award.standstillDays === 0 || award.standstillUntil !== null) return award;
  const event = await findEvent(ctx, award.eventId);
  const calendar = await calendarAt(ctx, event.plantCode);
  const last = addWorkingDays(dayIn(ctx.now, event.timeZone), award.standstillDays, calendar);
  const held = { ...award, standstillUntil: startOfDay(addDays(last, 1), event.timeZone) };
  await awardStore.saveDecision(ctx.tx, held);
  return held;
}

async function sendOne(ctx: Ctx, letter: Letter, of: Issue): Promise<void> {
  const award = await findAward(ctx, of.awardId);
  // Withdrawn while letters were written: whoever has none yet is not told of what is no longer so.
  if (!isBinding(award)) return;
  const event = await findEvent(ctx, award.eventId);
  const documentId = await makeLetter(ctx, { letter, award, event, catalogue: of.catalogue });
  await tellBidder(ctx, { letter, award, event, documentId, actId: of.actId });
}

/** Makes a bidder's letter and its PDF, once; gives the document. */
async function makeLetter(
  ctx: Ctx,
  of: { letter: Letter; award: Award; event: SourcingEvent; catalogue: Catalogue },
): Promise<string> {
  const { letter, award, event, catalogue } = of;
  const { supplierId } = letter;
  const present = await findLetter(ctx.tx, { awardId: award.id, supplierId });
  if (present !== undefined) return present.documentId;
  const content = await contentOf(ctx, { letter, award, event });
  const { language } = content.supplier;
  const t = catalogue.translator(language);
  const pdf = await drawAwardLetter(content, {
    t,
    hasText: (key) => catalogue.has(language, key),
    issuedAt: ctx.now,
  });
  const id = newId();
  const document = await storeGenerated(ctx, {
    subject: { type: 'award_letter', id },
    kind: 'award-letter',
    version: 1,
    fileName: t('letters.file-name', { reference: event.reference, award: award.reference }),
    mediaType: 'application/pdf',
    content: pdf,
    visibility: 'supplier',
    supplierId,
  });
  await insertLetter(ctx.tx, {
    id,
    awardId: award.id,
    supplierId,
    content,
    contentSha256: sha256Hex(canonicalJson(content)),
    documentId: document.id,
    documentSha256: document.sha256,
    madeAt: ctx.now,
  });
  await record(ctx, {
    action: 'award.letter-made',
    subject: { type: 'award', id: award.id },
    supplierId,
    changes: { letterId: id, documentId: document.id, sha256: document.sha256, outcome: content.outcome },
  });
  return document.id;
}

async function contentOf(
  ctx: Ctx,
  { letter, award, event }: { letter: Letter; award: Award; event: SourcingEvent },
): Promise<LetterContent> {
  const { company } = ctx.policies;
  const supplier = await findSupplier(ctx, letter.supplierId);
  const currency = currencyOf(letter, award);
  const buyer = found('user', await findUser(ctx, event.ownerId));
  const awarded = (await findAwardPageLines(ctx.tx, award.id)).filter((line) => !line.isWithdrawn);
  return {
    awardReference: award.reference,
    eventReference: event.reference,
    title: event.title,
    issuedOn: dayIn(ctx.now, company.timeZone),
    company: {
      name: company.name,
      nameLocal: company.nameLocal,
      addressLines: company.addressLines,
      vatId: company.vatId,
    },
    buyer: { name: buyer.name, email: buyer.email },
    supplier: {
      reference: supplier.reference,
      name: supplier.name,
      addressLines: supplier.addressLines,
      country: supplier.country,
      language: supplier.language,
    },
    outcome: letter.outcome,
    reason: letter.reason,
    excludedLots: letter.excludedLots.map(({ lotNo, title, reason }) => ({ lotNo, title, reason })),
    debrief: letter.outcome === 'disqualified' ? '' : award.debrief,
    currency,
    awardedAmount: awardedAmountOf(letter.lines, currency),
    lines: tellOf(
      letter.lines.map(({ bidId: _bid, supplierId: _supplier, currency: _currency, ...line }) => line),
      { supplierId: letter.supplierId, awarded, tells: award.tells, currency },
    ),
    ...(award.tells.rank && award.withdrawalId === null
      ? await placesOf(ctx, letter, event.id)
      : { rank: null, lots: [] }),
    standstill:
      award.standstillUntil === null
        ? null
        : {
            days: award.standstillDays,
            until: award.standstillUntil.toISOString(),
            timeZone: event.timeZone,
            announcedUntil: await announcedBeforeEnd(ctx, { award, event }),
          },
  };
}

/** Its places by what ranked the bids: the weighted totals where criteria exist, and in each lot, else the price. */
async function placesOf(
  ctx: Ctx,
  letter: Letter,
  eventId: string,
): Promise<Pick<LetterContent, 'rank' | 'lots'>> {
  if (letter.outcome === 'disqualified') return { rank: null, lots: [] };
  const result = await findWeightedResult(ctx, eventId);
  if (result === null) return placesByPrice(ctx, letter, eventId);
  const placeIn = (bids: readonly WeightedBid[]): number | null =>
    bids.find(({ bid }) => bid.id === letter.bidId)?.rank ?? null;
  const place = placeIn(result.bids);
  return {
    rank: place === null ? null : { place, by: 'weighted' },
    lots: result.lots.flatMap(({ lot, bids }) => {
      const inLot = placeIn(bids);
      return inLot === null
        ? []
        : [{ lotNo: lot.lotNo, title: lot.title, place: inLot, by: 'weighted' as const }];
    }),
  };
}

/**
 * Its place among the bids that priced every line, and in each lot among those that priced all of it; the others have
 * none.
 */
async function placesByPrice(
  ctx: Ctx,
  letter: Letter,
  eventId: string,
): Promise<Pick<LetterContent, 'rank' | 'lots'>> {
  const { whole, lots } = await findRankedTotals(ctx, eventId);
  const placeIn = ({ bidders, lineCount }: typeof whole): number | null =>
    rankBidders(bidders, lineCount).find((bidder) => bidder.supplierId === letter.supplierId)?.rank ?? null;
  const place = placeIn(whole);
  return {
    rank: place === null ? null : { place, by: 'price' },
    lots: lots.flatMap(({ lot, ...totals }) => {
      const inLot = placeIn(totals);
      return inLot === null
        ? []
        : [{ lotNo: lot.lotNo, title: lot.title, place: inLot, by: 'price' as const }];
    }),
  };
}

/** Says that every bidder has been written to, and that a standstill begins. Said twice, it is recorded once. */
async function markNotified(ctx: Ctx, awardId: string): Promise<void> {
  const award = found('award', await awardStore.lockAwardById(ctx.tx, awardId));
  if (award.state !== 'active') return;
  const { told, held } = markTold(award, award.standstillUntil);
  await awardStore.saveDecision(ctx.tx, held ?? told);
  await recordDecision(ctx, 'award.notified', { before: award, after: told, reason: null });
  if (held !== null)
    await recordDecision(ctx, 'award.standstill-begun', { before: told, after: held, reason: null });
}
