import { type Actor, type SupplierRole, seesPrices } from '../kernel/actor.ts';
import { ruleBroken } from '../kernel/errors.ts';

/** Somebody who answers for a supplier, as its administrators see it. */
export type Colleague = {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly email: string;
  readonly phone: string | null;
  readonly isPrimary: boolean;
  readonly isActive: boolean;
  readonly roles: readonly SupplierRole[];
  readonly siteIds: readonly string[];
  readonly siteNames: readonly string[];
  /** Has a password or a passkey: what an invitation is for. */
  readonly canSignIn: boolean;
  readonly lastSignedInAt: Date | null;
  /** Until when the newest invitation works; null when there is none. */
  readonly invitedUntil: Date | null;
  readonly leftAt: Date | null;
  readonly leftReason: string | null;
  readonly successorName: string | null;
  readonly version: number;
};

type Standing = Pick<Colleague, 'id' | 'isActive' | 'roles'>;

const isAdministrator = (person: Standing): boolean =>
  person.isActive && person.roles.includes('supplier_administrator');

/** How many can let others in. One is too few: who leaves or loses everything leaves nobody. */
export const administratorCount = (people: readonly Standing[]): number =>
  people.filter(isAdministrator).length;
export const ADMINISTRATORS_WANTED = 2;

/**
 * Somebody stays who can let others in, whoever leaves or loses the right.
 * @throws AppError `supplier.last-administrator`
 */
export function assertAdministratorStays(people: readonly Standing[], without: string): void {
  const leaver = people.find((person) => person.id === without);
  if (leaver === undefined || !isAdministrator(leaver)) return;
  if (administratorCount(people) < 2)
    throw ruleBroken('supplier.last-administrator', 'Name another administrator first');
}

/**
 * Staff alone enter a supplier's first people. From then on its own administrators let others administrate, or two
 * members of staff do: one alone could take a supplier over.
 * @throws AppError `supplier_contact.administrator-needs-two`
 */
export function assertMayMakeAdministrator(
  actor: Pick<Actor, 'kind'>,
  of: { roles: readonly SupplierRole[]; hasHadPeople: boolean },
): void {
  if (actor.kind === 'staff' && of.hasHadPeople && of.roles.includes('supplier_administrator'))
    throw ruleBroken(
      'supplier_contact.administrator-needs-two',
      'A new administrator of a supplier needs two people of ours',
    );
}

/**
 * Who takes over is another active person of the company.
 * @throws AppError `supplier_contact.successor-not-active`
 */
export function assertSuccessor(
  people: readonly Standing[],
  of: { leaverId: string; successorId: string },
): void {
  const successor = people.find((person) => person.id === of.successorId);
  if (successor?.isActive !== true || of.successorId === of.leaverId)
    throw ruleBroken('supplier_contact.successor-not-active', 'Name an active colleague');
}

/**
 * An invitation is for somebody who cannot sign in yet.
 * @throws AppError `supplier_contact.can-sign-in`, `supplier_contact.not-active`
 */
export function assertInvitable(person: Pick<Colleague, 'isActive' | 'canSignIn' | 'name'>): void {
  if (!person.isActive)
    throw ruleBroken('supplier_contact.not-active', 'The account is closed', { name: person.name });
  if (person.canSignIn)
    throw ruleBroken('supplier_contact.can-sign-in', 'This person signs in already', { name: person.name });
}

/** No prices for whoever does deliveries and nothing else. */
export const worksWithoutPrices = (roles: readonly SupplierRole[]): boolean =>
  !seesPrices({ kind: 'supplier', roles });
