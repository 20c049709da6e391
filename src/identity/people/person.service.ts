import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as store from './person.store.ts';

/**
 * Locks a person that somebody wants to change, as it was seen.
 * @throws AppError `user.not-found`, `person.changed-meanwhile`
 */
export async function lockAsSeen(
  ctx: Ctx,
  of: { userId: string; version: number },
): Promise<store.LockedPerson> {
  const person = found('user', await store.lockPerson(ctx.tx, of.userId));
  if (person.version !== of.version)
    throw conflict('person.changed-meanwhile', 'Somebody else changed this person meanwhile', {
      name: person.name,
    });
  return person;
}

/**
 * Somebody must be left who can let people in.
 * @throws AppError `role.last-administrator`
 */
export async function assertAdministratorRemains(ctx: Ctx, exceptUserId: string): Promise<void> {
  if ((await store.countOtherAdministrators(ctx.tx, exceptUserId)) === 0)
    throw ruleBroken('role.last-administrator', 'This is the last administrator');
}
