import { record } from '../../audit/index.ts';
import { assertMay } from '../../identity/index.ts';
import { hasRole, personsOf } from '../../kernel/actor.ts';
import { conflict, found, ruleBroken } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { WaitingItem } from '../../kernel/waiting.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { findPeople } from '../people.store.ts';
import { lockById as lockSupplier } from '../supplier.store.ts';
import { assertNotEnded } from '../supplier.ts';
import * as store from './bank-account-change.store.ts';
import {
  assertCalledRightly,
  type BankAccountChange,
  type BankDetails,
  bankAccountChangeLifecycle,
  coolingOffUntil,
  isDue,
  tailOf,
} from './bank-account-change.ts';
import { bankDetails } from './bank-accounts.forms.ts';

/** A change as it is shown; its details only to whoever has to see them. */
export type ShownBankAccount = store.ShownChange & {
  readonly details: BankDetails | null;
};

const placeOf = (id: string): string => `bank_account_change.sealed_details.${id}`;

const open = (ctx: Ctx, change: { id: string; sealedDetails: Buffer }): BankDetails =>
  bankDetails.parse(
    JSON.parse(ctx.keyRing.unseal(change.sealedDetails, placeOf(change.id)).toString('utf8')),
  );

/** The changes of one supplier, or of all; a supplier's people see their own. Without the details. */
export const listBankAccounts = (ctx: Ctx): Promise<store.ShownChange[]> =>
  store.findShownList(ctx.tx, ctx.actor.supplierId);

/**
 * One change. Its details are for those at the supplier who may ask for it, and for finance, which compares them on the
 * phone; everybody else sees the last four characters.
 * @throws AppError `bank_account_change.not-found`, for a supplier also another's
 */
export async function getBankAccount(ctx: Ctx, id: string): Promise<ShownBankAccount> {
  const change = found(
    'bank_account_change',
    await store.findShown(ctx.tx, { id, supplierId: ctx.actor.supplierId }),
  );
  if (!hasRole(ctx.actor, 'finance', 'supplier_administrator', 'supplier_accounts'))
    return { ...change, details: null };
  const sealedDetails = found('bank_account_change', await store.findSealedDetails(ctx.tx, id));
  return { ...change, details: open(ctx, { id, sealedDetails }) };
}

/**
 * Asks for an account to be paid to. Everybody at the supplier is told at once.
 * @throws AppError `supplier.not-found`, `supplier.has-ended`, `bank_account_change.one-at-a-time`
 */
export async function requestBankAccount(
  ctx: Ctx,
  request: { details: BankDetails; reason: string },
): Promise<string> {
  const supplierId = found('supplier', ctx.actor.supplierId);
  assertNotEnded(found('supplier', await lockSupplier(ctx.tx, supplierId)));
  const id = newId();
  const change: store.StoredChange = {
    id,
    supplierId,
    state: bankAccountChangeLifecycle.initial,
    sealedDetails: ctx.keyRing.seal(Buffer.from(JSON.stringify(request.details)), placeOf(id)),
    accountTail: tailOf(request.details),
    reason: request.reason,
    requestedBy: found('user', ctx.actor.userId),
    requestedAt: ctx.now,
    calledContactId: null,
    calledNumber: null,
    verifiedBy: null,
    verifiedAt: null,
    approvedBy: null,
    approvedAt: null,
    dueAt: null,
    activeFrom: null,
    endedAt: null,
    rejectionReason: null,
    version: 1,
  };
  if (!(await store.insertChange(ctx.tx, change)))
    throw ruleBroken('bank_account_change.one-at-a-time', 'A change is under way already');
  await recordMove(ctx, 'bank_account_change.requested', { before: null, after: change });
  return id;
}

type Named = { readonly changeId: string; readonly version: number };

/**
 * Says that somebody at the supplier was called, on a number known before, and confirmed the account.
 * @throws AppError `bank_account_change.not-found`, `.cannot-verify`, `.called-who-asked`, `.number-not-known`,
 * `.changed-meanwhile`, `supplier_contact.not-found`
 */
export async function verifyByCallback(
  ctx: Ctx,
  of: Named & { contactId: string; number: string },
): Promise<void> {
  const before = await lock(ctx, of);
  const state = bankAccountChangeLifecycle.next(before.state, 'verify');
  const people = (await findPeople(ctx.tx, before.supplierId)).filter((person) => person.isActive);
  const called = found(
    'supplier_contact',
    people.find((person) => person.id === of.contactId),
  );
  assertCalledRightly(called, {
    requestedBy: before.requestedBy,
    hasOthers: people.some((person) => person.userId !== before.requestedBy && person.phone !== null),
    number: of.number,
  });
  const after: BankAccountChange = {
    ...before,
    state,
    calledContactId: called.id,
    calledNumber: of.number,
    verifiedBy: found('user', ctx.actor.userId),
    verifiedAt: ctx.now,
  };
  await store.saveChange(ctx.tx, after);
  await recordMove(ctx, 'bank_account_change.verified', { before, after });
}

/**
 * Approves it as a second person; from now on the supplier's people have some days to object.
 * @throws AppError `bank_account_change.not-found`, `.changed-meanwhile`, and what {@link assertMay} throws:
 * `.cannot-approve`, `.needs-a-second-person`
 */
export async function approveBankAccount(ctx: Ctx, of: Named): Promise<void> {
  const before = await lock(ctx, of);
  assertMay(ctx, 'bank_account_change.approve', {
    state: before.state,
    ties: { verifier: before.verifiedBy },
  });
  const approved: BankAccountChange = {
    ...before,
    state: bankAccountChangeLifecycle.next(before.state, 'approve'),
    approvedBy: found('user', ctx.actor.userId),
    approvedAt: ctx.now,
  };
  const cooling: BankAccountChange = {
    ...approved,
    state: bankAccountChangeLifecycle.next(approved.state, 'cool-off'),
    dueAt: coolingOffUntil(ctx.now, ctx.policies.bankAccountCoolingOffDays),
  };
  await store.saveChange(ctx.tx, cooling);
  await recordMove(ctx, 'bank_account_change.approved', { before, after: approved });
  await recordMove(ctx, 'bank_account_change.cooling-off', { before: approved, after: cooling });
}

/**
 * Ends a change before it is in use: ours by rejecting it, the supplier's people by objecting.
 * @throws AppError `bank_account_change.not-found`, `.cannot-reject`, `.cannot-object`, `.changed-meanwhile`
 */
export async function stopBankAccount(ctx: Ctx, of: Named & { reason: string }): Promise<void> {
  const act = ctx.actor.kind === 'supplier' ? 'object' : 'reject';
  const before = await lock(ctx, of);
  const after: BankAccountChange = {
    ...before,
    state: bankAccountChangeLifecycle.next(before.state, act),
    dueAt: null,
    rejectionReason: of.reason,
  };
  await store.saveChange(ctx.tx, after, ctx.actor.userId);
  const done = act === 'object' ? 'objected' : 'rejected';
  await recordMove(ctx, `bank_account_change.${done}`, { before, after, reason: of.reason });
}

/** Takes one account into use whose time to object is over; false when there is none. */
export async function activateNextDue(ctx: Ctx): Promise<boolean> {
  const before = await store.lockNextDue(ctx.tx, ctx.now);
  if (before === undefined || !isDue(before, ctx.now)) return false;
  const replaced = await store.endAccountInUse(ctx.tx, before.supplierId, ctx.now);
  const after: BankAccountChange = {
    ...before,
    state: bankAccountChangeLifecycle.next(before.state, 'activate'),
    dueAt: null,
    activeFrom: ctx.now,
  };
  await store.saveChange(ctx.tx, after);
  await recordMove(ctx, 'bank_account_change.activated', { before, after, replaced });
  return true;
}

/** Where suppliers are paid, and which two of us let it be so. */
export type AccountInUse = BankDetails & {
  readonly changeId: string;
  readonly supplierId: string;
  readonly keepers: readonly string[];
};

/** The accounts of these suppliers that are in use; a supplier without one has no entry. */
export async function accountsInUse(
  ctx: Ctx,
  supplierIds: readonly string[],
): Promise<Map<string, AccountInUse>> {
  const rows = await store.findInUse(ctx.tx, supplierIds);
  return new Map(
    rows.map((change) => [
      change.supplierId,
      {
        ...open(ctx, change),
        changeId: change.id,
        supplierId: change.supplierId,
        keepers: keepersOf(change),
      },
    ]),
  );
}

/** The last characters of these suppliers' accounts in use, by supplier; nothing is unsealed for it. */
export async function accountTailsOf(
  ctx: Ctx,
  supplierIds: readonly string[],
): Promise<Record<string, string>> {
  const rows = await store.findInUse(ctx.tx, supplierIds);
  return Object.fromEntries(rows.map((change) => [change.supplierId, change.accountTail]));
}

/** Who let each of these suppliers' accounts be what it is: they release no payment to it. */
export async function keepersOfAccounts(ctx: Ctx, supplierIds: readonly string[]): Promise<string[]> {
  return (await store.findInUse(ctx.tx, supplierIds)).flatMap(keepersOf);
}

const keepersOf = (change: Pick<BankAccountChange, 'verifiedBy' | 'approvedBy'>): string[] =>
  [change.verifiedBy, change.approvedBy].filter((id) => id !== null);

/** Changes that wait for this member of staff. */
export async function waitingForBankAccounts(ctx: Ctx): Promise<WaitingItem[]> {
  if (ctx.actor.kind !== 'staff' || !ctx.actor.roles.includes('finance')) return [];
  const persons = personsOf(ctx.actor);
  const rows = (await store.findToDecide(ctx.tx)).filter(
    (row) => row.verifiedBy === null || !persons.includes(row.verifiedBy),
  );
  if (rows.length === 0) return [];
  return [
    {
      key: 'waiting.suppliers.bank-accounts',
      count: rows.length,
      href: '/bank-accounts',
      urgent: false,
      items: rows.slice(0, 5).map((row) => ({
        label: `${row.supplierName} · •••• ${row.accountTail}`,
        href: `/bank-accounts/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}

async function lock(ctx: Ctx, of: Named): Promise<store.StoredChange> {
  const change = found(
    'bank_account_change',
    await store.lockChange(ctx.tx, { id: of.changeId, supplierId: ctx.actor.supplierId }),
  );
  if (change.version !== of.version)
    throw conflict('bank_account_change.changed-meanwhile', 'Somebody acted on it meanwhile');
  return change;
}

const recordMove = (
  ctx: Ctx,
  action: string,
  of: {
    before: BankAccountChange | null;
    after: BankAccountChange;
    reason?: string;
    replaced?: string | null;
  },
): Promise<string> =>
  record(ctx, {
    action,
    subject: { type: 'bank_account_change', id: of.after.id },
    supplierId: of.after.supplierId,
    from: of.before?.state ?? null,
    to: of.after.state,
    reason: of.reason ?? (of.before === null ? of.after.reason : null),
    changes: { accountTail: of.after.accountTail, replaced: of.replaced ?? null },
  });
