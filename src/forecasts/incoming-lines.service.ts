import { findItemsByCodes, findSupplierItems } from '../catalog/index.ts';
import { type FieldError, invalid } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { DecimalString } from '../kernel/money.ts';
import type { Week } from '../kernel/week.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type ForecastLine, type ForecastTerms, weeksOf } from './forecast.ts';

/** A line as it comes in; what it does not say is filled from the catalogue. */
export type IncomingLine = {
  readonly itemCode: string;
  readonly description: string;
  readonly unit: string;
  readonly byWeek: ReadonlyMap<Week, DecimalString>;
};

/** What the catalogue knows of the items fills what nobody typed. @throws AppError `form.invalid` for what nobody knows */
export async function completeLines(
  ctx: Ctx,
  of: { supplierId: string; terms: ForecastTerms; lines: readonly IncomingLine[] },
): Promise<ForecastLine[]> {
  const itemCodes = of.lines.map(({ itemCode }) => itemCode);
  const items = new Map((await findItemsByCodes(ctx, itemCodes)).map((item) => [item.code, item]));
  const theirs = await findSupplierItems(ctx, { supplierId: of.supplierId, itemCodes });
  const faults: FieldError[] = [];
  const required = (index: number, field: string): string => {
    faults.push({
      path: `lines.${index}.${field}`,
      code: 'forecast.item-unknown',
      message: 'Nobody knows it',
      params: { item: of.lines[index]?.itemCode ?? '' },
    });
    return '';
  };
  const weeks = weeksOf(of.terms);
  const lines = of.lines.map((line, index): ForecastLine => {
    const item = items.get(line.itemCode);
    return {
      id: newId(),
      lineNo: index + 1,
      itemCode: line.itemCode,
      description: line.description || item?.description || required(index, 'description'),
      unit: line.unit || item?.unit || required(index, 'unit'),
      supplierItemCode: theirs.get(line.itemCode)?.supplierItemCode ?? null,
      quantities: weeks.map((week) => line.byWeek.get(week) ?? '0'),
    };
  });
  if (faults.length > 0) throw invalid('form.invalid', 'The form has errors', faults);
  return lines;
}
