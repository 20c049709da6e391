import { AppError } from '../../kernel/errors.ts';
import type { Day } from '../../kernel/time.ts';
import type { Ctx } from '../../platform/db/context.ts';
import type { Sheet, SheetError } from '../../platform/sheet/sheet.ts';
import { sheetError } from '../../platform/sheet/table.ts';
import { findSuppliersByReference } from '../suppliers.service.ts';
import { findOfSuppliers } from './qualification.store.ts';
import { assertProposal, propose, type Qualification } from './qualification.ts';
import { placesToQualifyFor } from './qualifications.queries.ts';
import { proposeQualification, today } from './qualifications.service.ts';
import { readQualifications, type SheetQualification } from './qualifications.sheet.ts';

type Row = { readonly row: number; readonly values: SheetQualification };
type Wanting = SheetQualification & { readonly supplierId: string };

/**
 * Asks an approver for everything that a spreadsheet says otherwise than it holds; rows that say what holds are passed
 * over. All of it, or nothing where a cell is wrong. Gives how many were asked for, or what is wrong.
 */
export async function importQualifications(
  ctx: Ctx,
  sheet: Sheet,
): Promise<{ errors: readonly SheetError[]; askedCount: number }> {
  const table = readQualifications(sheet);
  const known = await findKnown(ctx, table.rows);
  const errors = [...table.errors];
  const asked: Wanting[] = [];
  const seen = new Set<string>();
  for (const { row, values } of table.rows) {
    const { wrong, wanting } = checkRow(values, { known, seen });
    for (const { column, code, value } of wrong)
      errors.push(sheetError(sheet, { row, column: table.places[column] ?? '' }, code, { value }));
    if (wanting !== null) asked.push(wanting);
  }
  if (errors.length > 0) return { errors, askedCount: 0 };
  for (const [
    index,
    { supplierId, category, plant, wanted, validUntil, conditions, reason },
  ] of asked.entries())
    await proposeQualification(ctx, {
      supplierId,
      categoryCode: category,
      plantCode: plant,
      wanted,
      validUntil,
      conditions: conditions ?? '',
      reason: reason ?? '',
      files: [],
      // Approvers get one mail for all of them.
      isFollowing: index > 0,
    });
  return { errors: [], askedCount: asked.length };
}

async function findKnown(ctx: Ctx, rows: readonly Row[]) {
  const references = [...new Set(rows.map(({ values }) => values.supplier))];
  const suppliers = await findSuppliersByReference(ctx, references);
  const { categories, plants } = await placesToQualifyFor(ctx);
  const present = await findOfSuppliers(
    ctx.tx,
    suppliers.map((supplier) => supplier.id),
  );
  return {
    supplierOf: new Map(suppliers.map((supplier) => [supplier.reference, supplier.id])),
    categories: new Set(categories.map((one) => one.code)),
    plants: new Set(plants.map((one) => one.code)),
    present: new Map(
      present.map((one) => [
        keyOf({ supplierId: one.supplierId, category: one.categoryCode, plant: one.plantCode }),
        one,
      ]),
    ),
    today: today(ctx),
  };
}

type Wrong = { readonly column: keyof SheetQualification; readonly code: string; readonly value: string };

/** What is wrong with a row, and what it asks for; nothing where it says what holds. */
function checkRow(
  values: SheetQualification,
  { known, seen }: { known: Awaited<ReturnType<typeof findKnown>>; seen: Set<string> },
): { readonly wrong: readonly Wrong[]; readonly wanting: Wanting | null } {
  const { supplier, category, plant } = values;
  const supplierId = known.supplierOf.get(supplier);
  const place = keyOf({ ...values, supplierId: supplierId ?? supplier });
  const isTwice = seen.has(place);
  seen.add(place);
  const wrong: Wrong[] = [
    ...(supplierId === undefined
      ? [{ column: 'supplier', code: 'sheet.unknown-supplier', value: supplier } as const]
      : []),
    ...(known.categories.has(category)
      ? []
      : [{ column: 'category', code: 'sheet.unknown-category', value: category } as const]),
    ...(plant === null || known.plants.has(plant)
      ? []
      : [{ column: 'plant', code: 'sheet.unknown-plant', value: plant } as const]),
    ...(isTwice ? [{ column: 'supplier', code: 'sheet.qualification-twice', value: supplier } as const] : []),
  ];
  const before = known.present.get(place);
  if (supplierId === undefined || says(values, before)) return { wrong, wanting: null };
  const refused = refusalOf(values, { before, today: known.today });
  return {
    wrong: refused === null ? wrong : [...wrong, { ...refused, value: '' }],
    wanting: { ...values, supplierId },
  };
}

const keyOf = (of: { supplierId: string; category: string; plant: string | null }): string =>
  `${of.supplierId} ${of.category} ${of.plant ?? ''}`;

/** The row says what holds already. */
const says = (row: SheetQualification, before: Qualification | undefined): boolean =>
  before !== undefined &&
  before.outcome === row.wanted &&
  before.validUntil === row.validUntil &&
  before.conditions === (row.conditions ?? '');

const COLUMN_OF: Readonly<Record<string, keyof SheetQualification>> = {
  'qualification.needs-a-reason': 'reason',
  'qualification.needs-conditions': 'conditions',
  'qualification.ends-in-the-past': 'validUntil',
};

/** Why it could not be asked for, by the rules that hold for one by hand, and the cell that this is about. */
function refusalOf(
  row: SheetQualification,
  of: { before: Qualification | undefined; today: Day },
): { readonly code: string; readonly column: keyof SheetQualification } | null {
  const proposal = {
    wanted: row.wanted,
    conditions: row.conditions ?? '',
    validUntil: row.validUntil,
    reason: row.reason ?? '',
  };
  try {
    assertProposal(proposal, of.today);
    if (of.before !== undefined) propose(of.before, { ...proposal, requestedBy: '', at: new Date(0) });
    else if (row.wanted === 'disqualified')
      return { code: 'qualification.nothing-to-take', column: 'wanted' };
    return null;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return { code: error.code, column: COLUMN_OF[error.code] ?? 'wanted' };
  }
}
