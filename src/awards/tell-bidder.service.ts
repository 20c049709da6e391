import { sumMoney } from '../kernel/money.ts';
import { type NotificationFact, type NotificationParams, notify } from '../notifications/index.ts';
import type { Ctx } from '../platform/db/context.ts';
import { formatFor } from '../platform/i18n/format.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import { supplierUserIds } from '../suppliers/index.ts';
import type { Award } from './award.ts';
import { currencyOf, type Letter } from './letters.service.ts';

/** Mails a bidder's people what became of its bid, with the letter, and puts it under the bell. */
export async function tellBidder(
  ctx: Ctx,
  of: { letter: Letter; award: Award; event: SourcingEvent; documentId: string; actId: string },
): Promise<void> {
  const userIds = await supplierUserIds(ctx, of.letter.supplierId, 'bids');
  await notify(ctx, {
    eventId: of.actId,
    userIds,
    signInLink: true,
    documentId: of.documentId,
    ...mailOf(of.letter, of),
  });
}

/** A mail stays a mail: the page it leads to has every line. */
const LINES_IN_MAIL = 12;

function mailOf(
  letter: Letter,
  { award, event }: { award: Award; event: SourcingEvent },
): { template: string; params: NotificationParams; facts: NotificationFact[]; link: string } {
  const currency = currencyOf(letter, award);
  const won = letter.lines.filter((line) => line.outcome === 'won' || line.outcome === 'part-won');
  const countOf = (...outcomes: string[]): number =>
    letter.lines.filter((line) => outcomes.includes(line.outcome)).length;
  const amount = sumMoney(
    won.map((line) => line.awardedAmount),
    currency,
  );
  const counted = (label: string, value: number): NotificationFact[] =>
    value === 0 ? [] : [{ label, value }];
  const link = `/awards/${award.id}/letter`;
  const params = { title: event.title, reference: event.reference, debrief: award.debrief };
  const standstill: NotificationFact[] =
    award.standstillUntil === null
      ? []
      : [{ label: 'letters.objections-until', value: { instant: award.standstillUntil.toISOString() } }];
  const reasons = [
    ...standstill,
    ...counted('awards.letter.fact.lower-bid', countOf('lower-bid')),
    ...counted('awards.letter.fact.other-criteria', countOf('other-criteria')),
    ...counted('awards.letter.fact.nobody', countOf('nobody')),
    ...counted('awards.letter.fact.excluded', countOf('excluded')),
  ];
  if (letter.outcome === 'disqualified')
    return {
      template: 'bid-disqualified',
      params: { ...params, reason: letter.reason ?? '' },
      facts: standstill,
      link,
    };
  if (letter.outcome === 'lose') return { template: 'award-lost', params, facts: reasons, link };
  return {
    template: 'award-won',
    params: { ...params, count: won.length, total: letter.lines.length },
    facts: [
      { label: 'awards.letter.fact.amount', value: { amount, currency } },
      ...won
        .slice(0, LINES_IN_MAIL)
        .map((line) => ({ label: 'awards.letter.fact.line', value: lineInWords(line, currency) })),
      ...counted('awards.letter.fact.further', Math.max(0, won.length - LINES_IN_MAIL)),
      ...reasons,
    ],
    link,
  };
}

/** Both languages write these numbers alike, so one text serves every reader. */
function lineInWords(line: Letter['lines'][number], currency: string): string {
  const format = formatFor('en');
  const quantity = format.quantity(line.awardedQuantity);
  return `${line.lineNo} · ${line.description} · ${quantity} × ${format.price(line.unitPrice, currency)} = ${format.money(line.awardedAmount, currency)}`;
}
