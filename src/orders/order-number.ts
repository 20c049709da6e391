import { ruleBroken } from '../kernel/errors.ts';

/** How orders are numbered: see `config/policies.ts`. Year and number always stand in it; the plant may. */
export type NumberPattern = { readonly pattern: string; readonly digits: number };

const PLACE = /\{(plant|year|number)\}/g;

/**
 * What an order is called: a counter of its own for each plant that the pattern names, begun anew each year.
 * @throws AppError `purchase_order.number-pattern` for one that would call two orders the same
 */
export function orderNumber(
  { pattern, digits }: NumberPattern,
  of: { plantCode: string; year: number },
): { readonly counter: string; numbered(value: number): string } {
  const isClear = /^[A-Z\d.-]+$/.test(pattern.replaceAll(PLACE, ''));
  if (!isClear || !pattern.includes('{number}') || !pattern.includes('{year}'))
    throw ruleBroken('purchase_order.number-pattern', 'A pattern needs a year and a number', { pattern });
  const fill = (year: string, number: string): string =>
    pattern.replaceAll(PLACE, (_, place: 'plant' | 'year' | 'number') =>
      place === 'plant' ? of.plantCode : place === 'year' ? year : number,
    );
  return {
    counter: fill('', '')
      .replaceAll(/([-.])[-.]+/g, '$1')
      .replaceAll(/^[-.]|[-.]$/g, ''),
    numbered: (value) => fill(String(of.year), String(value).padStart(digits, '0')),
  };
}
