import type { Ctx } from '../platform/db/context.ts';
import type { Translate } from '../platform/i18n/catalogue.ts';
import { findEvent } from '../sourcing/index.ts';
import { assertSeesPrices } from './committee.service.ts';
import { type ComparisonSheet, comparisonSheet } from './comparison.report.ts';
import { cellsByLine, compare, isOpened } from './comparison.service.ts';
import { rankBidders } from './comparison.ts';
import { findCellsOfFile, findLinesAfter } from './comparison-cells.queries.ts';

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
  async function* lines() {
    if (!isOpened(event)) return;
    for (let after = 0; ; ) {
      const some = await findLinesAfter(ctx.tx, { eventId: event.id, after, limit: LINES_AT_ONCE });
      const itemIds = some.map((line) => line.id);
      const cells = await findCellsOfFile(ctx.tx, { eventId: event.id, needed, itemIds });
      const cellsOf = cellsByLine(cells);
      for (const line of some) yield { line, cells: cellsOf.get(line.id) ?? [] };
      after = some.at(-1)?.lineNo ?? 0;
      if (some.length < LINES_AT_ONCE) return;
    }
  }
  const sheet = comparisonSheet(lines(), { event, bidders, lineCount: found.summary.lineCount, t: of.t });
  return { reference: event.reference, sheet };
}

/** By forty bidders a thousand figures: few enough to be held, many enough not to ask all the time. */
const LINES_AT_ONCE = 25;
