import { record, recordAll } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import type { AgreementTerms, AgreementTermsLine } from './agreement-version.ts';
import { findIndexed, findTermsInForce } from './agreements.queries.ts';
import { startVersion, todayOf } from './agreements.service.ts';
import { readIndexValues } from './index-values.sheet.ts';
import { type IndexValues, indicesOf, priceBy, readFormula } from './price-formula.ts';
import * as store from './price-index.store.ts';

const MONTHS_SHOWN = 12;
const MONTHS_USED = 240;
const MONTHS_KEPT = 1_200;

/** An index with its newest values. */
export type ShownIndex = store.PriceIndex & { readonly values: readonly store.IndexValue[] };

export async function listIndices(ctx: Ctx): Promise<ShownIndex[]> {
  const indices = await store.findIndices(ctx.tx);
  const values = await store.findValues(
    ctx.tx,
    indices.map(({ code }) => code),
    MONTHS_SHOWN,
  );
  return indices.map((index) => ({ ...index, values: values.filter(({ code }) => code === index.code) }));
}

/** The codes that formulas may name. */
export const listIndexCodes = async (ctx: Ctx): Promise<string[]> =>
  (await store.findIndices(ctx.tx)).map(({ code }) => code);

/** @throws AppError `price_index.code-in-use` */
export async function createIndex(ctx: Ctx, index: store.PriceIndex): Promise<void> {
  const id = newId();
  if (!(await store.insertIndex(ctx.tx, { ...index, id })))
    throw ruleBroken('price_index.code-in-use', 'There is an index of this code', { code: index.code });
  await record(ctx, {
    action: 'price_index.created',
    subject: { type: 'price_index', id },
    changes: { code: index.code },
  });
}

/**
 * Enters what an index was in a month; entered again, the later value counts. A job then proposes the prices it changes.
 * @throws AppError `price_index.not-found`, `price_index.month-to-come`
 */
export async function enterValue(ctx: Ctx, of: store.IndexValue): Promise<void> {
  const indices = await store.findIndices(ctx.tx);
  const { id } = found(
    'price_index',
    indices.find(({ code }) => code === of.code),
  );
  if (of.month > todayOf(ctx).slice(0, 7))
    throw ruleBroken('price_index.month-to-come', 'The month has not begun', { month: of.month });
  await store.insertValues(ctx.tx, [of], { enteredBy: ctx.actor.userId, enteredAt: ctx.now });
  await record(ctx, {
    action: 'price_index.valued',
    subject: { type: 'price_index', id },
    changes: of,
  });
}

/**
 * Enters the values of a sheet, all of them or none; those that are known as they are stay. Gives how many were new, or what
 * is wrong with the sheet, cell by cell. A job then proposes the prices of each index that has new values.
 */
export async function importIndexValues(
  ctx: Ctx,
  sheet: Sheet,
): Promise<{ count: number; errors: readonly SheetError[] }> {
  const indices = await store.findIndices(ctx.tx);
  const codes = indices.map(({ code }) => code);
  const { values, errors } = readIndexValues(sheet, { codes, thisMonth: todayOf(ctx).slice(0, 7) });
  if (errors.length > 0) return { count: 0, errors };
  const keyOf = (one: store.IndexValue) =>
    [one.code, one.month, one.value, one.source, one.publishedOn].join('\n');
  const known = new Set((await store.findValues(ctx.tx, codes, MONTHS_KEPT)).map(keyOf));
  const fresh = values.filter((one) => !known.has(keyOf(one)));
  if (fresh.length === 0) return { count: 0, errors };
  await store.insertValues(ctx.tx, fresh, { enteredBy: ctx.actor.userId, enteredAt: ctx.now });
  await recordAll(
    ctx,
    indices.flatMap(({ id, code }) => {
      const own = fresh.filter((one) => one.code === code);
      return own.length === 0
        ? []
        : [
            {
              action: 'price_index.valued',
              subject: { type: 'price_index', id },
              changes: { code, count: own.length, values: own.slice(0, 100) },
            },
          ];
    }),
  );
  return { count: fresh.length, errors };
}

/** Every value that counts. */
export const listIndexValues = async (ctx: Ctx): Promise<store.IndexValue[]> =>
  store.findValues(ctx.tx, await listIndexCodes(ctx), MONTHS_KEPT);

/** The codes of a formula that no index has. */
export async function unknownIndices(ctx: Ctx, codes: readonly string[]): Promise<string[]> {
  if (codes.length === 0) return [];
  const known = (await store.findIndices(ctx.tx)).map(({ code }) => code);
  return codes.filter((code) => !known.includes(code));
}

/**
 * Begins a version with the prices that an index has changed, for each active agreement that follows it and has none open;
 * both sides accept it as they do any other. Calling it again does nothing: a version is open, or nothing differs.
 */
export async function proposeIndexedPrices(ctx: Ctx, code: string): Promise<void> {
  for (const { agreementId, terms } of await findIndexed(ctx, code)) {
    const values = await store.findValues(ctx.tx, codesOf(terms), MONTHS_USED);
    const change = (before: AgreementTerms): AgreementTerms => ({
      ...before,
      lines: before.lines.map((line) => indexed(line, values)),
    });
    if (JSON.stringify(change(terms)) === JSON.stringify(terms)) continue;
    const version = await startVersion(ctx, { agreementId, reason: code, change });
    await record(ctx, {
      action: 'agreement.price-proposed',
      subject: { type: 'agreement', id: agreementId },
      changes: { version, index: code },
    });
  }
}

/** Gives lines of an agreement the prices that their formulas give now; those without one stay. */
export async function atCurrentIndices(
  ctx: Ctx,
  agreementId: string,
): Promise<(lines: AgreementTerms['lines']) => AgreementTerms['lines']> {
  const terms = await findTermsInForce(ctx, agreementId);
  const values = terms === undefined ? [] : await store.findValues(ctx.tx, codesOf(terms), MONTHS_USED);
  return (lines) => lines.map((line) => indexed(line, values));
}

/** The indices that the formulas of these terms follow. */
export const codesOf = (terms: AgreementTerms): string[] =>
  terms.lines.flatMap(({ formula }) => {
    const read = formula ? readFormula(formula.expression) : null;
    return read === null ? [] : indicesOf(read);
  });

/** A line at the prices its formula gives now; as it was where it has none, or a value is missing. */
function indexed(line: AgreementTermsLine, all: readonly store.IndexValue[]): AgreementTermsLine {
  const { formula } = line;
  const read = formula ? readFormula(formula.expression) : null;
  if (!formula || read === null) return line;
  const values = valuesFor(all, formula.baseMonth);
  const tiers = formula.baseTiers.flatMap((tier) => {
    const unitPrice = priceBy(read, { basePrice: tier.unitPrice, values });
    return unitPrice === null ? [] : [{ ...tier, unitPrice }];
  });
  return tiers.length === formula.baseTiers.length ? { ...line, tiers } : line;
}

/** The values of the month a formula begins, and the newest ones. */
function valuesFor(all: readonly store.IndexValue[], baseMonth: string): IndexValues {
  const now = new Map<string, DecimalString>();
  for (const { code, value } of all) if (!now.has(code)) now.set(code, value);
  const base = new Map(
    all.filter(({ month }) => month === baseMonth).map(({ code, value }) => [code, value]),
  );
  return { base, now };
}
