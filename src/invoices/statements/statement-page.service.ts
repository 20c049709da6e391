import { type TimelineEntry, timelineOf } from '../../audit/index.ts';
import { may } from '../../identity/index.ts';
import { found } from '../../kernel/errors.ts';
import { compareDecimals, type DecimalString } from '../../kernel/money.ts';
import type { Page, PageRequest } from '../../kernel/page.ts';
import { type Day, dayIn, monthsBefore, nextMonth } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { placesOf } from '../../platform/db/scope.ts';
import { findAccountsPeople } from '../invoices.queries.ts';
import * as store from './statement.store.ts';
import { type FoundLine, keyOf, type Statement, sumsOf } from './statement.ts';
import * as queries from './statements.queries.ts';
import { findLines } from './statements.service.ts';

/** A line, and what receipt and order say now where that is something else; only for whoever can revise it. */
export type StatementLineShown = store.LineOfStatement & {
  readonly now: { readonly quantity: DecimalString; readonly unitPrice: DecimalString } | 'gone' | null;
};

export type StatementPage = {
  readonly statement: Statement;
  readonly names: queries.StatementNames;
  readonly lines: readonly StatementLineShown[];
  readonly sums: ReturnType<typeof sumsOf>;
  /** Lines that a revision would add. */
  readonly newLineCount: number;
  readonly maySend: boolean;
  readonly mayRevise: boolean;
  readonly mayAnswer: boolean;
  readonly timeline: readonly TimelineEntry[];
};

/** @throws AppError `statement.not-found` */
export async function getStatementPage(ctx: Ctx, id: string): Promise<StatementPage> {
  const { statement, names, lines, sums } = await getStatement(ctx, id);
  const mayRevise = may(ctx, 'statement.revise', statement);
  const now = mayRevise ? await findLines(ctx, { ...statement, except: id }) : null;
  const known = new Map((now ?? []).map((line) => [keyOf(line), line]));
  const keys = new Set(lines.map(keyOf));
  return {
    statement,
    names,
    lines: lines.map((line) => ({ ...line, now: now === null ? null : differenceOf(line, known) })),
    sums,
    newLineCount: (now ?? []).filter((line) => !keys.has(keyOf(line))).length,
    maySend: may(ctx, 'statement.send', statement),
    mayRevise,
    mayAnswer: may(ctx, 'statement.confirm', statement),
    timeline: await timelineOf(ctx, id),
  };
}

function differenceOf(
  line: store.LineOfStatement,
  known: ReadonlyMap<string, FoundLine>,
): StatementLineShown['now'] {
  const now = known.get(keyOf(line));
  if (now === undefined) return 'gone';
  const isSame =
    compareDecimals(now.quantity, line.quantity) === 0 &&
    compareDecimals(now.unitPrice, line.unitPrice) === 0;
  return isSame ? null : { quantity: now.quantity, unitPrice: now.unitPrice };
}

/** A statement as its files show it. */
export type StatementShown = Pick<StatementPage, 'statement' | 'names' | 'sums'> & {
  readonly lines: readonly store.LineOfStatement[];
};

/** @throws AppError `statement.not-found` */
export async function getStatement(ctx: Ctx, id: string): Promise<StatementShown> {
  const scope = { id, supplierId: ctx.actor.supplierId, ...placesOf(ctx.actor) };
  const statement = found('statement', await store.findStatement(ctx.tx, scope));
  const all = await store.findStatementLines(ctx.tx, id);
  // What was left out is ours to know.
  const lines = ctx.actor.kind === 'supplier' ? all.filter((line) => !line.isLeftOut) : all;
  return {
    statement,
    names: found('statement', await queries.findStatementNames(ctx, id)),
    lines,
    sums: sumsOf(all, statement.currency),
  };
}

/** How many months back statements are built. */
const MONTHS_OFFERED = 12;

export type BuildForm = {
  readonly months: readonly Day[];
  readonly month: Day;
  readonly candidates: readonly queries.Candidate[];
};

/** Whom statements of a month can be built for; by default the last month that is over. */
export async function getBuildForm(ctx: Ctx, of: { month: Day | null }): Promise<BuildForm> {
  const today = dayIn(ctx.now, ctx.policies.company.timeZone);
  const months = Array.from({ length: MONTHS_OFFERED }, (_, index) => monthsBefore(today, index));
  const month = of.month !== null && months.includes(of.month) ? of.month : monthsBefore(today, 1);
  const since = monthsBefore(month, MONTHS_OFFERED);
  return {
    months,
    month,
    candidates: await queries.findCandidates(ctx, { month, since, before: nextMonth(month) }),
  };
}

export const getStatementList = (
  ctx: Ctx,
  filter: queries.StatementFilter,
  page: PageRequest,
): Promise<Page<queries.StatementRow>> => queries.listStatements(ctx, filter, page);

/** What mails about a statement say, and whom they go to at its supplier. */
export type StatementFacts = StatementShown & { readonly supplierPeople: readonly string[] };

/** @throws AppError `statement.not-found` */
export async function getStatementFacts(ctx: Ctx, id: string): Promise<StatementFacts> {
  const shown = await getStatement(ctx, id);
  return { ...shown, supplierPeople: await findAccountsPeople(ctx, shown.statement.supplierId) };
}
