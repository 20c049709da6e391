import type { Translate } from '../platform/i18n/catalogue.ts';
import { byLots, type EventItem, type Lot } from '../sourcing/index.ts';

/** What the bidder's browser shows beside what only it can read: the lines by their lots, and how the lots are called. */
export const linesToShow = (
  { lots, items }: { lots: readonly Lot[]; items: readonly EventItem[] },
  t: Translate,
): object => ({
  lots: [
    ...lots.map(({ id, lotNo, title }) => ({
      id,
      heading: `${t('structure.lot.numbered', { lot: lotNo })} · ${title}`,
    })),
    ...(lots.length === 0 ? [] : [{ id: null, heading: t('structure.lot.none') }]),
  ],
  items: byLots(lots, items)
    .flatMap((group) => group.items)
    .map(
      ({
        id,
        lineNo,
        itemCode,
        description,
        quantity,
        unit,
        lotId,
        tiers,
        takesAlternates,
        asksCapacity,
      }) => ({
        id,
        lineNo,
        itemCode,
        description,
        quantity,
        unit,
        lotId,
        tiers,
        takesAlternates,
        asksCapacity,
      }),
    ),
});
