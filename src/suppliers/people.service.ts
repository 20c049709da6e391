import { record } from '../audit/index.ts';
import {
  changeSupplierUserRoles,
  deactivateSupplierUser,
  reactivateSupplierUser,
  revokeSignInLinks,
} from '../identity/index.ts';
import type { SupplierRole } from '../kernel/actor.ts';
import { conflict, found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './people.store.ts';
import {
  assertAdministratorStays,
  assertInvitable,
  assertMayMakeAdministrator,
  assertSuccessor,
  type Colleague,
  worksWithoutPrices,
} from './people.ts';
import { lockById } from './supplier.store.ts';
import { assertNotEnded } from './supplier.ts';
import { addSupplierContact, type NewContact } from './suppliers.service.ts';

type OfContact = { readonly supplierId: string; readonly contactId: string };

/** The people of a supplier, active ones first. */
export const listPeople = (ctx: Ctx, supplierId: string): Promise<Colleague[]> =>
  store.findPeople(ctx.tx, supplierId);

/** @throws AppError `supplier_contact.not-found`, also for another supplier's */
export const findColleague = async (ctx: Ctx, of: OfContact): Promise<Colleague> =>
  found('supplier_contact', await store.findColleague(ctx.tx, of));

/**
 * Lets somebody else in, by an invitation to its mailbox. Gives the contact's id.
 * @throws AppError what {@link addSupplierContact} throws
 */
export async function inviteColleague(
  ctx: Ctx,
  { siteIds, ...contact }: NewContact & { siteIds: readonly string[] },
): Promise<string> {
  const { contactId, userId } = await addSupplierContact(ctx, contact);
  await store.replaceSites(ctx.tx, { supplierId: contact.supplierId, contactId, siteIds });
  await recordInvitation(ctx, { supplierId: contact.supplierId, contactId, userId });
  return contactId;
}

/**
 * Gives somebody exactly these rights and sites. `version` is the one the editor saw.
 * @throws AppError `supplier_contact.not-found`, `supplier_contact.changed-meanwhile`,
 * `supplier.last-administrator`, `supplier_contact.administrator-needs-two`
 */
export async function changeRights(
  ctx: Ctx,
  of: OfContact & { roles: readonly SupplierRole[]; siteIds: readonly string[]; version: number },
): Promise<void> {
  const { person, people } = await lockPerson(ctx, of);
  if (!of.roles.includes('supplier_administrator')) assertAdministratorStays(people, person.id);
  else if (!person.roles.includes('supplier_administrator'))
    assertMayMakeAdministrator(ctx.actor, { roles: of.roles, hasHadPeople: true });
  if (!(await store.saveVersion(ctx.tx, of)))
    throw conflict('supplier_contact.changed-meanwhile', 'Somebody else changed this person meanwhile', {
      name: person.name,
    });
  await store.replaceSites(ctx.tx, of);
  await changeSupplierUserRoles(ctx, { id: person.userId, supplierId: of.supplierId, roles: of.roles });
  await recordAct(ctx, 'supplier.contact-rights-changed', person, of, {
    changes: { from: person.roles, to: of.roles },
  });
}

/**
 * Closes the account of somebody who no longer answers for the supplier: out at once. It stays in the record.
 * Drafts, orders and the rest are the company's; what the person itself was and had not read passes to the
 * successor.
 * @throws AppError `supplier_contact.not-found`, `user.not-found` when it is closed already,
 * `supplier.last-administrator`, `supplier_contact.successor-not-active`
 */
export async function deactivateContact(
  ctx: Ctx,
  of: OfContact & { reason: string; successorId: string | null },
): Promise<void> {
  const { person, people } = await lockPerson(ctx, of);
  assertAdministratorStays(people, person.id);
  await closeAccount(ctx, { ...of, person, people });
}

/** The same without the rule of the last administrator, for {@link completeRecovery}, which has named another. */
export async function closeAccount(
  ctx: Ctx,
  of: OfContact & {
    reason: string;
    successorId: string | null;
    person: Colleague;
    people: readonly Colleague[];
  },
): Promise<void> {
  const { person, people, successorId, supplierId } = of;
  if (successorId !== null) assertSuccessor(people, { leaverId: person.id, successorId });
  await deactivateSupplierUser(ctx, { id: person.userId, supplierId, reason: of.reason });
  await store.saveLeaving(ctx.tx, { contactId: person.id, at: ctx.now, reason: of.reason, successorId });
  const successor = people.find((one) => one.id === successorId);
  if (successor !== undefined)
    await store.passOn(ctx.tx, {
      supplierId,
      from: person.id,
      to: successor.id,
      wasPrimary: person.isPrimary,
    });
  await recordAct(ctx, 'supplier.contact-deactivated', person, of, {
    reason: of.reason,
    changes: { successorId, unreadTo: unreadGoesTo(person, successor) },
  });
}

/** Whose are the unread messages now, which a job hands over? One may be about amounts. */
const unreadGoesTo = (leaver: Colleague, successor: Colleague | undefined): string | null =>
  successor === undefined || (worksWithoutPrices(successor.roles) && !worksWithoutPrices(leaver.roles))
    ? null
    : successor.userId;

/**
 * Opens a closed account again and invites the person anew: what it signed in with before is gone.
 * @throws AppError `supplier_contact.not-found`, `user.not-found` when it is open,
 * `supplier_contact.administrator-needs-two`
 */
export async function reactivateContact(ctx: Ctx, of: OfContact): Promise<void> {
  const { person } = await lockPerson(ctx, of);
  assertMayMakeAdministrator(ctx.actor, { roles: person.roles, hasHadPeople: true });
  await reactivateSupplierUser(ctx, { id: person.userId, supplierId: of.supplierId });
  await store.saveReturning(ctx.tx, person.id);
  await recordAct(ctx, 'supplier.contact-reactivated', person, of);
  await recordInvitation(ctx, { ...of, userId: person.userId });
}

/**
 * Sends a new invitation; the ones before work no more.
 * @throws AppError `supplier_contact.not-found`, `supplier_contact.not-active`, `supplier_contact.can-sign-in`
 */
export async function sendInvitation(ctx: Ctx, of: OfContact): Promise<void> {
  const { person } = await lockPerson(ctx, of);
  assertInvitable(person);
  await revokeSignInLinks(ctx, person.userId);
  await recordInvitation(ctx, { ...of, userId: person.userId });
}

/**
 * Takes an invitation back: its link works no more, and the account is closed.
 * @throws AppError `supplier_contact.not-found`, `supplier_contact.not-active`, `supplier_contact.can-sign-in`,
 * `supplier.last-administrator`
 */
export async function revokeInvitation(ctx: Ctx, of: OfContact & { reason: string }): Promise<void> {
  const { person, people } = await lockPerson(ctx, of);
  assertInvitable(person);
  assertAdministratorStays(people, person.id);
  await closeAccount(ctx, { ...of, successorId: null, person, people });
}

/** The supplier is locked first, so that two who each take the other's right away take turns. */
async function lockPerson(ctx: Ctx, of: OfContact): Promise<{ person: Colleague; people: Colleague[] }> {
  assertNotEnded(found('supplier', await lockById(ctx.tx, of.supplierId)));
  const person = found('supplier_contact', await store.lockColleague(ctx.tx, of));
  return { person, people: await store.findPeople(ctx.tx, of.supplierId) };
}

/** The job that reacts to it mails the link: only the mail ever holds its token. */
const recordInvitation = (ctx: Ctx, of: OfContact & { userId: string }): Promise<string> =>
  record(ctx, {
    action: 'supplier.contact-invited',
    subject: { type: 'supplier', id: of.supplierId },
    supplierId: of.supplierId,
    changes: { contactId: of.contactId, userId: of.userId },
  });

const recordAct = (
  ctx: Ctx,
  action: string,
  person: Colleague,
  of: OfContact,
  more: { reason?: string; changes?: Record<string, unknown> } = {},
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'supplier', id: of.supplierId },
    supplierId: of.supplierId,
    reason: more.reason ?? null,
    changes: { contactId: person.id, userId: person.userId, ...more.changes },
  });
