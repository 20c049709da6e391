import type { Page, PageRequest } from '../../kernel/page.ts';
import type { Ctx, Tx } from '../../platform/db/context.ts';
import { findListPage, idKey, instantKey } from '../../platform/db/keyset.ts';
import { rowsOf } from '../../platform/db/statements.ts';
import type { FailureKind } from './sign-in-failure.ts';

/** A failed sign-in as an administrator sees it. */
export type FailureRow = {
  readonly id: string;
  readonly lastAt: Date;
  readonly tries: number;
  readonly kind: FailureKind;
  readonly reason: string;
  readonly userId: string | null;
  readonly userName: string | null;
  readonly supplierName: string | null;
  readonly whoMasked: string;
  readonly addressMasked: string;
  /** Tells that two came from the same address, not which. */
  readonly addressMark: string;
  readonly groups: readonly string[];
};

export type FailureFilter = {
  readonly kind: FailureKind | null;
  readonly whoFingerprint: string | null;
  readonly userId: string | null;
  /** The first signs of an address's fingerprint, as a row shows them. */
  readonly addressMark: string | null;
  readonly from: Date | null;
  readonly to: Date | null;
};

const SELECT = `
  SELECT failure.id, failure.last_at AS "lastAt", failure.tries, failure.kind, failure.reason,
         failure.user_id AS "userId", person.name AS "userName", supplier.name AS "supplierName",
         failure.who_masked AS "whoMasked", failure.address_masked AS "addressMasked",
         left(failure.address_fingerprint, 8) AS "addressMark", failure.groups
    FROM sign_in_failure AS failure
    LEFT JOIN user_account AS person ON person.id = failure.user_id
    LEFT JOIN supplier ON supplier.id = failure.supplier_id`;

/** One page of the failed sign-ins, the latest first. @throws AppError `page.not-found` for a cursor that is not ours */
export const listFailures = (ctx: Ctx, filter: FailureFilter, page: PageRequest): Promise<Page<FailureRow>> =>
  findListPage<FailureRow>(ctx.tx, {
    name: 'sign_in_failure.list',
    select: SELECT,
    conditions: [
      { name: 'kind', value: filter.kind, sql: (at) => `failure.kind = ${at}` },
      { name: 'who', value: filter.whoFingerprint, sql: (at) => `failure.who_fingerprint = ${at}` },
      { name: 'user', value: filter.userId, sql: (at) => `failure.user_id = ${at}::uuid` },
      {
        name: 'address',
        value: filter.addressMark,
        sql: (at) => `left(failure.address_fingerprint, 8) = ${at}`,
      },
      { name: 'from', value: filter.from, sql: (at) => `failure.last_at >= ${at}::timestamptz` },
      { name: 'to', value: filter.to, sql: (at) => `failure.last_at < ${at}::timestamptz` },
    ],
    sort: {
      keys: [
        instantKey(`date_trunc('milliseconds', failure.last_at)`, (row: FailureRow) => row.lastAt),
        idKey<FailureRow>('failure.id'),
      ],
      direction: 'DESC',
      name: 'latest',
    },
    page,
  });

/** Whom the identity provider vouched for, and nothing gave a role: the latest first. */
export const findRefusedWithoutRole = (tx: Tx): Promise<FailureRow[]> =>
  rowsOf<FailureRow>(
    tx,
    `${SELECT}
      WHERE failure.kind = 'saml' AND failure.reason = 'no-role'
      ORDER BY failure.last_at DESC
      LIMIT 50`,
  );
