import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { assertReadable } from './bid.ts';
import { type BidPage, getBid } from './bid-page.service.ts';
import { type DraftPage, getDraft } from './drafts.service.ts';
import { getSubmission, type KeptSubmission } from './kept-submission.service.ts';

import { type BidDifference, type BidSaid, differenceOf } from './version-difference.ts';

/** Which of a bid's versions are compared; the draft is what nobody has submitted yet. */
export type Compared = { readonly from: number; readonly to: number | 'draft' };

/**
 * What is different from one version of the supplier's own bid to a later one, or to the draft.
 * @throws AppError `bid.not-found`, `bid_version.not-found`, and for a bid that only its bidder's browser can read
 */
export async function getDifference(
  ctx: Ctx,
  bidId: string,
  { from, to }: Compared,
): Promise<BidPage & { compared: Compared; difference: BidDifference }> {
  const page = await getBid(ctx, bidId);
  assertReadable(page.bid, 'compare');
  // Before the first submission nothing was said.
  const before =
    page.bid.currentVersion === 0
      ? nothingSaid(page.event.currency)
      : saidBySubmission(await getSubmission(ctx, bidId, from));
  const draft = to === 'draft' ? await getDraft(ctx, bidId) : null;
  const after =
    draft === null
      ? saidBySubmission(await getSubmission(ctx, bidId, found('bid_version', to === 'draft' ? null : to)))
      : saidByDraft(draft);
  return { ...page, compared: { from, to }, difference: differenceOf(before, after) };
}

const nothingSaid = (currency: string): BidSaid => ({
  currency,
  total: null,
  validUntilOn: null,
  note: '',
  files: [],
  lines: [],
});

const saidBySubmission = ({ lines, contents, currency, total, validUntilOn }: KeptSubmission): BidSaid => ({
  currency,
  total,
  validUntilOn,
  note: [...new Set(contents.map(({ content }) => content.note))].filter((note) => note !== '').join('\n'),
  files: contents.flatMap(({ content }) => content.files),
  lines: lines.map(({ id, lineNo, description, offer }) => ({
    eventItemId: id,
    lineNo,
    description,
    ...offer,
    extras: extrasOf(offer),
  })),
});

const saidByDraft = ({ draft, read, items }: DraftPage): BidSaid => ({
  currency: read.currency,
  total: read.total,
  validUntilOn: read.validUntilOn,
  note: draft.note,
  files: draft.files,
  lines: items.flatMap(({ id, lineNo, description }, place) => {
    const line = read.lines[place];
    return line === undefined
      ? []
      : [{ ...line, eventItemId: id, lineNo, description, note: line.typed.note, extras: extrasOf(line) }];
  }),
});

/** `100: 0.9 · Steel instead: 2.1`: for reading, and for telling whether something is different. */
const extrasOf = (of: {
  tiers: readonly { quantity: string; unitPrice: string }[];
  alternates: readonly { description: string; unitPrice: string }[];
}): string =>
  [
    ...of.tiers.map(({ quantity, unitPrice }) => `${quantity}: ${unitPrice}`),
    ...of.alternates.map(({ description, unitPrice }) => `${description}: ${unitPrice}`),
  ].join(' · ');
