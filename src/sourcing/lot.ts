import { invalid, ruleBroken } from '../kernel/errors.ts';
import type { NewEventItem } from './event-item.ts';

/** The unit of award: lines that go to one supplier together. */
export type Lot = {
  readonly id: string;
  readonly lotNo: number;
  readonly title: string;
  readonly description: string;
};

/** A lot as somebody gives it: its number follows from its place; with an `id` it is the lot that is there. */
export type NewLot = Omit<Lot, 'id' | 'lotNo'> & { readonly id?: string | undefined };

/** A line of a spreadsheet: its lot is named by its number or its title. */
export type ImportedItem = Omit<NewEventItem, 'id' | 'lotNo'> & { readonly lot?: string | null };

/**
 * Lots and lines with those of a spreadsheet taken in, beside those there or instead of them. A lot that is not there
 * yet is added with the word the spreadsheet has for it.
 */
export function placeImported(
  present: { readonly lots: readonly Lot[]; readonly items: readonly NewEventItem[] },
  of: { readonly mode: 'add' | 'replace'; readonly items: readonly ImportedItem[] },
): { lots: NewLot[]; items: NewEventItem[] } {
  const lots: NewLot[] = [...present.lots];
  const lotNoOf = (word: string): number => {
    const known = lots.findIndex((lot, index) => String(index + 1) === word || lot.title === word);
    return known === -1 ? lots.push({ title: word, description: '' }) : known + 1;
  };
  const items = of.items.map(({ lot = null, ...item }) => ({
    ...item,
    lotNo: lot === null ? null : lotNoOf(lot),
  }));
  return { lots, items: of.mode === 'add' ? [...present.items, ...items] : items };
}

const MOST_LOTS = 100;

/** @throws AppError `sourcing_event.has-too-many-lots` */
export function assertLotCount(count: number): void {
  if (count > MOST_LOTS)
    throw ruleBroken('sourcing_event.has-too-many-lots', `At most ${MOST_LOTS} lots`, { maximum: MOST_LOTS });
}

/**
 * A line stands in a lot that there is, and where there are lots in one of them.
 * @throws AppError `form.invalid` at the line
 */
export function assertLotsKnown(lots: readonly unknown[], items: readonly NewEventItem[]): void {
  const wrong = items.flatMap(({ lotNo = null }, index) => {
    const isRight = lotNo === null ? lots.length === 0 : lotNo >= 1 && lotNo <= lots.length;
    return isRight
      ? []
      : [{ path: `lines.${index}.lotNo`, code: 'sourcing.lot-unknown', message: 'Choose one of the lots.' }];
  });
  if (wrong.length > 0) throw invalid('form.invalid', 'The form has errors', wrong);
}

/** Lines by their lots, in the order of the lots; those without a lot come last. One group when there is no lot. */
export function byLots<T extends { readonly lotId: string | null }>(
  lots: readonly Lot[],
  items: readonly T[],
): readonly { readonly lot: Lot | null; readonly items: readonly T[] }[] {
  const groups = [...lots, null].map((lot) => ({
    lot,
    items: items.filter((item) => item.lotId === (lot?.id ?? null)),
  }));
  return groups.filter(({ lot, items: own }) => lot !== null || own.length > 0);
}
