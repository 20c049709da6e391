import type { Ctx } from '../platform/db/context.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { findEvent } from '../sourcing/index.ts';
import { findLandedAlternates } from './alternates.service.ts';
import { findExcludedLots } from './awards.queries.ts';
import { assertSeesPrices } from './committee.service.ts';
import { type ComparisonSheet, comparisonSheet } from './comparison.report.ts';
import { compare, isOpened } from './comparison.service.ts';
import { rankBidders } from './comparison.ts';
import { type LineOfFile, streamLinesOfFile } from './comparison-file.queries.ts';

/** All lines as a table to be written while it is read, and what to call the file: `ctx` must live as long. */
export async function getComparisonSheet(
  ctx: Ctx,
  of: { eventId: string; t: Translate },
): Promise<{ reference: string; sheet: ComparisonSheet }> {
  const event = await findEvent(ctx, of.eventId);
  await assertSeesPrices(ctx, event.id);
  const whole = {
    lotId: null,
    plantCode: null,
    onlyDifferences: false,
    sort: 'line',
    page: 1,
    biddersPage: 1,
  } as const;
  const { needed, found } = await compare(ctx, event, { ...whole, eventId: event.id });
  const bidders = rankBidders(found.bidders, found.summary.lineCount);
  const bidIds = bidders.map((bidder) => bidder.bidId);
  const alternates = isOpened(event) ? await findLandedAlternates(ctx, event, { bidIds }) : [];
  const lines = isOpened(event) ? streamLinesOfFile(ctx.tx, { eventId: event.id, needed, bidIds }) : NONE;
  const excludedLots = await findExcludedLots(ctx.tx, { eventId: event.id, supplierId: null });
  const sheet = comparisonSheet(lines, {
    event,
    excludedLots,
    bidders,
    alternates,
    lineCount: found.summary.lineCount,
    t: of.t,
  });
  return { reference: event.reference, sheet };
}

const NONE: readonly LineOfFile[] = [];
