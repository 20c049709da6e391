import { record } from '../../audit/index.ts';
import type { Role } from '../../kernel/actor.ts';
import { conflict, found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as users from '../user.store.ts';
import type { RolesByGroup } from '../user.ts';
import { isTaken } from './list.store.ts';
import * as store from './person.store.ts';
import { type Described, type NameIdFrom, nameIdOf } from './person.ts';
import { giveRolesOfGroups } from './roles.service.ts';

/** How the directory and the sign-in belong together. */
export type Directory = {
  /** The identity provider whose people it manages. */
  readonly idpEntityId: string;
  readonly nameIdFrom: NameIdFrom;
  readonly rolesByGroup: RolesByGroup;
};

/**
 * Opens an account for a person, or takes the one into the directory's care that the person has from signing in.
 * Gives the account's id.
 * @throws AppError `scim_user.is-known`, `scim_user.without-external-id`
 */
export async function provisionPerson(ctx: Ctx, directory: Directory, described: Described): Promise<string> {
  const { tx, now } = ctx;
  const nameId = nameIdOf(described, directory.nameIdFrom);
  const { idpEntityId } = directory;
  await assertFree(ctx, { id: null, described });
  const isActive = described.isActive ?? true;
  const known = await users.lockByNameId(tx, { idpEntityId, nameId });
  if (known !== undefined && (await store.findUser(tx, known.id)) !== undefined) throw isKnown();
  const id = known?.id ?? newId();
  if (known === undefined) {
    const { name, email } = described;
    const isNew = await users.insertUser(tx, {
      id,
      kind: 'staff',
      name,
      email,
      supplierId: null,
      // What a person has not chosen yet; the pages before that go by its browser.
      locale: 'en',
      timeZone: ctx.policies.company.timeZone,
      idpEntityId,
      nameId,
      createdAt: now,
    });
    if (!isNew) throw isKnown();
  }
  await store.insertUser(tx, { id, ...namesOf(described), at: now });
  await store.saveAccount(tx, { id, nameId, ...described, isActive });
  await record(ctx, {
    action: known === undefined ? 'user.created' : 'user.provisioned',
    subject: { type: 'user', id },
    changes: { source: 'scim', isActive, ...(known === undefined ? { roles: [] } : {}) },
  });
  if (known?.isActive === true && !isActive) await shutOut(ctx, known);
  if (known?.isActive === false && isActive) await letIn(ctx, known);
  return id;
}

/**
 * Changes what the directory says of a person. Nothing is recorded when it says the same again.
 * @throws AppError `user.not-found`, `scim_user.is-known`, `scim_user.without-external-id`
 */
export async function changePerson(
  ctx: Ctx,
  directory: Directory,
  { id, described }: { id: string; described: Described },
): Promise<void> {
  const before = found('user', await store.lockUser(ctx.tx, id));
  const nameId = nameIdOf(described, directory.nameIdFrom);
  const after = { ...described, nameId, isActive: described.isActive ?? before.isActive };
  const fields = (['userName', 'externalId', 'nameId', 'name', 'email'] as const).filter(
    (field) => before[field] !== after[field],
  );
  if (fields.length > 0 || after.isActive !== before.isActive) {
    await assertFree(ctx, { id, described });
    const other = await users.lockByNameId(ctx.tx, { idpEntityId: directory.idpEntityId, nameId });
    if (other !== undefined && other.id !== id) throw isKnown();
    await store.saveUser(ctx.tx, { id, ...namesOf(described), at: ctx.now });
    await store.saveAccount(ctx.tx, { id, ...after });
  }
  if (fields.length > 0)
    await record(ctx, {
      action: 'user.changed',
      subject: { type: 'user', id },
      changes: { source: 'scim', fields },
    });
  if (before.isActive !== after.isActive)
    await (after.isActive ? letIn : shutOut)(ctx, found('user', await users.findById(ctx.tx, id)));
  await giveRolesOfGroups(ctx, { userIds: [id], rolesByGroup: directory.rolesByGroup });
}

/**
 * Removes a person for good: out at the next request, and the directory knows it no more. The account stays,
 * closed, because documents name it. The directory decides: this works for the last administrator too.
 * @throws AppError `user.not-found`
 */
export async function removePerson(ctx: Ctx, id: string): Promise<void> {
  const before = found('user', await store.lockUser(ctx.tx, id));
  const user = found('user', await users.findById(ctx.tx, id));
  await store.saveAccount(ctx.tx, { ...before, isActive: false });
  await users.replaceRoles(ctx.tx, id, { roles: [], source: 'scim', at: ctx.now });
  await users.replaceRoles(ctx.tx, id, { roles: [], source: 'group', at: ctx.now });
  await store.deleteUser(ctx.tx, id);
  await shutOut(ctx, user);
}

/** Ends all sessions, and says which roles have nobody less. */
async function shutOut(ctx: Ctx, user: { id: string; roles: readonly Role[] }): Promise<void> {
  await users.deleteSessions(ctx.tx, user.id);
  await record(ctx, {
    action: 'user.deactivated',
    subject: { type: 'user', id: user.id },
    changes: { source: 'scim', roles: user.roles },
  });
}

const letIn = async (ctx: Ctx, user: { id: string; roles: readonly Role[] }): Promise<void> => {
  await record(ctx, {
    action: 'user.reactivated',
    subject: { type: 'user', id: user.id },
    changes: { source: 'scim', roles: user.roles },
  });
};

async function assertFree(ctx: Ctx, of: { id: string | null; described: Described }): Promise<void> {
  const { userName: name, externalId } = of.described;
  if (await isTaken(ctx.tx, { table: 'scim_user', id: of.id, name, externalId })) throw isKnown();
}

const isKnown = () => conflict('scim_user.is-known', 'Another person has this userName or externalId');
const namesOf = ({ userName, externalId }: Described) => ({ userName, externalId });
