import type { Policies } from '../kernel/policies.ts';
import type { Locale, Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { drawHeading, drawKeyValues, drawLetterhead, drawParagraph } from '../platform/pdf/blocks.ts';
import { makePdf } from '../platform/pdf/pdf.ts';
import { drawTable } from '../platform/pdf/table.ts';
import type { SourcingEvent } from '../sourcing/index.ts';
import type { Opening } from './opening.store.ts';
import type { Minutes, MinutesEntry } from './opening.ts';

/**
 * The minutes of one opening as an A4 document: who took part and when, every bid with its hashes and what came out, what
 * did not open or fit, and what was opened afterwards.
 */
export function drawMinutes(
  of: { event: SourcingEvent; minutes: Minutes; later: Opening['later'] },
  by: { t: Translate; locale: Locale; company: Policies['company']; issuedAt: Date },
): Promise<Buffer> {
  const { t, locale, company } = by;
  const { event, minutes, later } = of;
  const fmt = formatFor(locale);
  const issuer = locale === 'zh-CN' ? company.nameLocal : company.name;
  const title = t('sealing.pdf.title', { envelope: t(`sealing.envelope.${minutes.envelope}`) });
  const at = (instant: string): string => fmt.instant(instant, event.timeZone);
  return makePdf(
    {
      title: `${title} ${minutes.eventReference}`,
      lang: locale,
      author: issuer,
      createdAt: by.issuedAt,
      runningTitle: `${title} ${minutes.eventReference}`,
      footer: `${issuer} · ${minutes.eventReference}`,
      pageLabel: (page, pages) => t('sealing.pdf.page', { page, pages }),
    },
    (pdf) => {
      drawLetterhead(pdf, {
        issuer,
        issuerLines: company.addressLines,
        title,
        reference: minutes.eventReference,
        remarks: [event.title],
      });
      drawKeyValues(
        pdf,
        [
          { label: t('sealing.pdf.closed'), value: at(minutes.closedAt) },
          { label: t('sealing.pdf.opened'), value: at(minutes.openedAt) },
          { label: t('sealing.pdf.by'), value: minutes.openedBy },
          { label: t('sealing.sealed-by'), value: t(`sealing.level.${event.sealingLevel}`) },
          { label: t('sealing.pdf.zone'), value: event.timeZone },
          { label: t('sealing.pdf.bids'), value: fmt.count(minutes.bids.length) },
        ],
        3,
      );
      drawHeading(pdf, t('sealing.pdf.took-part'));
      for (const line of whoTookPart(minutes, { t, at })) drawParagraph(pdf, line);
      drawHeading(pdf, t('sealing.pdf.bids'));
      drawTable(pdf, {
        columns: [
          { heading: t('sealing.pdf.bid'), width: 28 },
          { heading: t('sealing.pdf.received'), width: 20 },
          { heading: t('sealing.pdf.result'), width: 24 },
          { heading: t('sealing.pdf.total'), width: 28, align: 'right' },
        ],
        rows: minutes.bids.map((bid) => [
          {
            text: bid.supplierName,
            detail: t('sealing.pdf.version', { bid: bid.bidReference, version: bid.version }),
          },
          at(bid.receivedAt),
          resultOf(bid, t),
          bid.totalAmount === null ? '—' : fmt.money(bid.totalAmount, bid.currency ?? minutes.currency),
        ]),
        keptBelow: 35,
      });
      drawHeading(pdf, t('sealing.pdf.hashes'));
      for (const bid of minutes.bids)
        drawParagraph(
          pdf,
          t('sealing.pdf.hash', {
            bid: bid.bidReference,
            sealed: bid.sealedSha256,
            content: bid.contentSha256,
          }),
        );
      if (later.length > 0) drawHeading(pdf, t('sealing.later'));
      for (const bid of later)
        drawParagraph(
          pdf,
          `${t('sealing.later-one', { bid: bid.bidReference, at: at(bid.openedAt), name: bid.openedBy })} ${resultOf(bid, t)}`,
        );
    },
  );
}

function whoTookPart(minutes: Minutes, by: { t: Translate; at: (instant: string) => string }): string[] {
  const { t, at } = by;
  if (minutes.openers === null) return [t('sealing.pdf.house', { name: minutes.openedBy })];
  const { threshold, appointed } = minutes.openers;
  return [
    t('sealing.minutes-openers', { threshold, names: appointed.join(', ') }),
    ...minutes.parts.map(({ openerName, givenAt, wrong }) => {
      const gave = t('sealing.pdf.gave', { name: openerName, at: at(givenAt) });
      return wrong.length === 0 ? gave : `${gave} ${t('sealing.part.wrong', { bids: wrong.join(', ') })}`;
    }),
  ];
}

function resultOf(bid: MinutesEntry, t: Translate): string {
  if (bid.fault !== null) return `${t('bids.opening.non-conforming')}: ${t(`bids.fault.${bid.fault}`)}`;
  return bid.isRescued
    ? `${t('bids.opening.conforming')}. ${t('sealing.by-own-key')}`
    : t('bids.opening.conforming');
}
