import { may, mayUse } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findAccountsPeople } from '../invoices.queries.ts';
import { isOfApproved, retentionLifecycle } from './retention.ts';
import {
  findRetentionRow,
  listRetentions,
  type RetainedSum,
  type RetentionFilter,
  type RetentionRow,
  sumRetentions,
} from './retentions.queries.ts';

export type RetentionShown = RetentionRow & {
  readonly mayBeAsked: boolean;
  readonly mayBeReleased: boolean;
};
export type RetentionList = {
  readonly page: Page<RetentionShown>;
  readonly sums: readonly RetainedSum[];
};

/** What is held back, by supplier and one by one, and what this reader can do about it; an act asks again. */
export async function getRetentionList(
  ctx: Ctx,
  of: { filter: RetentionFilter; page: PageRequest },
): Promise<RetentionList> {
  const { rows, ...page } = await listRetentions(ctx, of.filter, of.page);
  const mayAsk = mayUse(ctx, 'retention.ask');
  return {
    page: {
      ...page,
      rows: rows.map((row) => ({
        ...row,
        mayBeAsked: mayAsk && retentionLifecycle.may(row.state, 'ask') && isOfApproved(row.invoiceState),
        mayBeReleased: may(ctx, 'retention.approve', {
          state: row.state,
          ties: { requester: row.askedBy },
        }),
      })),
    },
    sums: await sumRetentions(ctx),
  };
}

/** What mails about a retention say, and whom they go to at its supplier. */
export type RetentionFacts = {
  readonly retention: RetentionRow;
  readonly supplierPeople: readonly string[];
};

/** @throws AppError `retention.not-found` */
export async function getRetentionFacts(ctx: Ctx, id: string): Promise<RetentionFacts> {
  const retention = found('retention', await findRetentionRow(ctx, id));
  return { retention, supplierPeople: await findAccountsPeople(ctx, retention.supplierId) };
}
