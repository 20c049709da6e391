import type { Actor, Scope } from '../../kernel/actor.ts';
import { everywhere } from '../../kernel/scope.ts';
import type { Condition } from './keyset.ts';

/** Where a document lies, in SQL. A category that is not known is none that somebody could be limited to. */
export type Place = { readonly plant: string; readonly category: string };

/** Where the actor's roles hold: what {@link inScope} binds, in this order. */
export const placesOf = (actor: Pick<Actor, 'scope'>): Scope => actor.scope ?? everywhere;

/**
 * The condition that a document lies in the reader's scope; each `at` is the place of a list of codes or null
 * (`$3`, `?`, `:plants`), bound once.
 */
export const inScope = (place: Place, at: { plants: string; categories: string }): string =>
  `${isOneOf(place.plant, at.plants)} AND ${isOneOf(place.category, at.categories)}`;

// NULL = ANY(…) is neither true nor false, so both sides say what they mean: no list, no limit; no code, not in it.
const isOneOf = (code: string, at: string): string =>
  `COALESCE(COALESCE(${code}, '') = ANY(CAST(${at} AS text[])), TRUE)`;

/** The same for a list's conditions: only those that limit stand in the statement. */
export const scopeConditions = (actor: Pick<Actor, 'scope'>, place: Place): readonly Condition[] => [
  { name: 'plants', value: placesOf(actor).plants, sql: (at) => `${place.plant} = ANY(${at}::text[])` },
  {
    name: 'categories',
    value: placesOf(actor).categories,
    sql: (at) => `${place.category} = ANY(${at}::text[])`,
  },
];

/** The category of an order: its own, or that of the event it came from. */
export const categoryOfOrder = (order: string): string =>
  `COALESCE(${order}.category_code, (SELECT event.category_code
                                       FROM sourcing_event AS event
                                      WHERE event.id = ${order}.event_id))`;

/** Where an order's papers lie: at its plant, in its category. */
export const placeOfOrder = (order: string): Place => ({
  plant: `${order}.plant_code`,
  category: categoryOfOrder(order),
});

/** Where a paper of an order lies, told by the id of the order. */
export const placeByOrderId = (orderId: string): Place => ({
  plant: `(SELECT po.plant_code FROM purchase_order AS po WHERE po.id = ${orderId})`,
  category: `(SELECT COALESCE(po.category_code, event.category_code)
                 FROM purchase_order AS po
                 LEFT JOIN sourcing_event AS event ON event.id = po.event_id
                WHERE po.id = ${orderId})`,
});
