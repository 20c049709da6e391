import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import type { Reading } from './agreement.store.ts';

/** Which agreements this actor may read. */
export const readingOf = ({ actor }: Pick<Ctx, 'actor'>): Reading => ({
  supplierId: actor.supplierId,
  ...placesOf(actor),
});
