import { record } from '../audit/index.ts';
import { createSupplierUser } from '../identity/index.ts';
import type { SupplierRole } from '../kernel/actor.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { nextReference } from '../platform/db/reference.ts';
import { findPeople } from './people.store.ts';
import { assertMayMakeAdministrator } from './people.ts';
import * as store from './supplier.store.ts';
import { assertNotEnded, type Supplier, type SupplierLanguage, supplierLifecycle } from './supplier.ts';

export type NewSupplier = {
  readonly name: string;
  readonly country: string | null;
  readonly addressLines: readonly string[];
  readonly taxId: string | null;
  readonly language: SupplierLanguage;
};

/**
 * Enters a supplier on a buyer's word, so that it can be invited at once. Gives its id.
 * @throws AppError `supplier.name-in-use`
 */
export async function registerSupplier(ctx: Ctx, supplier: NewSupplier): Promise<string> {
  const id = newId();
  const state = supplierLifecycle.next(supplierLifecycle.initial, 'register');
  const reference = await nextReference(ctx.tx, 'SUP', ctx.now);
  const isNew = await store.insertSupplier(
    ctx.tx,
    { ...supplier, id, reference, state, version: 1 },
    ctx.now,
  );
  if (!isNew)
    throw ruleBroken('supplier.name-in-use', 'There is a supplier of this name', { name: supplier.name });
  await record(ctx, {
    action: 'supplier.registered',
    subject: { type: 'supplier', id },
    supplierId: id,
    to: state,
    changes: { reference, country: supplier.country },
  });
  return id;
}

export type NewContact = {
  readonly supplierId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly isPrimary: boolean;
  readonly roles: readonly SupplierRole[];
  readonly locale: SupplierLanguage;
  readonly timeZone: string;
};

/**
 * Opens an account for somebody at the supplier; a new primary contact takes the place of the old one.
 * @throws AppError `supplier.not-found`, `supplier.has-ended`, `supplier_contact.email-in-use`,
 * `supplier_contact.administrator-needs-two`
 */
export async function addSupplierContact(
  ctx: Ctx,
  contact: NewContact,
): Promise<{ contactId: string; userId: string }> {
  const supplier = found('supplier', await store.lockById(ctx.tx, contact.supplierId));
  assertNotEnded(supplier);
  const people = await findPeople(ctx.tx, supplier.id);
  assertMayMakeAdministrator(ctx.actor, { roles: contact.roles, hasHadPeople: people.length > 0 });
  if (people.some((person) => person.isActive && isSameAddress(person.email, contact.email)))
    throw ruleBroken('supplier_contact.email-in-use', 'This supplier has a contact with this address', {
      email: contact.email,
    });
  return openContact(ctx, supplier.id, contact);
}

/** Opens the account without asking who may; for {@link completeRecovery}, where two people have decided. */
export async function openContact(
  ctx: Ctx,
  supplierId: string,
  contact: Omit<NewContact, 'supplierId'>,
): Promise<{ contactId: string; userId: string }> {
  const { name, email, phone, isPrimary, roles, locale, timeZone } = contact;
  const userId = await createSupplierUser(ctx, {
    supplierId,
    name,
    email,
    locale,
    timeZone,
    roles,
  });
  if (isPrimary) await store.clearPrimary(ctx.tx, supplierId);
  const contactId = newId();
  await store.insertContact(ctx.tx, { id: contactId, supplierId, userId, phone, isPrimary });
  await record(ctx, {
    action: 'supplier.contact-added',
    subject: { type: 'supplier', id: supplierId },
    supplierId,
    changes: { contactId, userId, isPrimary, roles },
  });
  return { contactId, userId };
}

/** Mailboxes are told apart as people do, whatever the case. */
export const isSameAddress = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();

/** @throws AppError `supplier.not-found` */
export async function findSupplier(ctx: Ctx, id: string): Promise<Supplier> {
  return found('supplier', await store.findById(ctx.tx, id));
}

/** The suppliers of these ids that exist, by name, in one query. */
export const findSuppliers = (ctx: Ctx, ids: readonly string[]): Promise<Supplier[]> =>
  ids.length === 0 ? Promise.resolve([]) : store.findByIds(ctx.tx, ids);

/** The suppliers of these references that exist, in one query. */
export const findSuppliersByReference = (ctx: Ctx, references: readonly string[]): Promise<Supplier[]> =>
  references.length === 0 ? Promise.resolve([]) : store.findByReferences(ctx.tx, references);

/** Registered suppliers whose name contains the search words, by name. */
export const invitableSuppliers = (ctx: Ctx, of: { search: string; limit: number }): Promise<Supplier[]> =>
  store.findInvitable(ctx.tx, of);
