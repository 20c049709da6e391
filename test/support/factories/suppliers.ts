import type { Actor, SupplierRole } from '../../../src/kernel/actor.ts';
import { system } from '../../../src/kernel/actor.ts';
import { addSupplierContact, registerSupplier } from '../../../src/suppliers/index.ts';
import type { World } from '../world.ts';

let serial = 0;
const everyRole: readonly SupplierRole[] = [
  'supplier_administrator',
  'supplier_sales',
  'supplier_logistics',
  'supplier_accounts',
];

/** A registered supplier with one person who may do everything for it; `actor` is that person. */
export async function makeSupplier(
  world: Pick<World, 'runInTx'>,
  over: { name?: string; email?: string; country?: string; roles?: readonly SupplierRole[] } = {},
): Promise<{ supplierId: string; userId: string; name: string; email: string; actor: Actor }> {
  serial += 1;
  const name = over.name ?? `Supplier ${serial} Ltd.`;
  const email = over.email ?? `sales-${serial}@supplier-${serial}.example`;
  const roles = over.roles ?? everyRole;
  return world.runInTx(system('test'), async (ctx) => {
    const supplierId = await registerSupplier(ctx, {
      name,
      country: over.country ?? 'CN',
      addressLines: ['1 Factory Road', 'Ningbo'],
      taxId: null,
      language: 'en',
    });
    const { userId } = await addSupplierContact(ctx, {
      supplierId,
      name: `Contact ${serial}`,
      email,
      phone: null,
      isPrimary: true,
      roles,
      locale: 'en',
      timeZone: 'Europe/Berlin',
    });
    const actor: Actor = { kind: 'supplier', userId, name: `Contact ${serial}`, roles, supplierId };
    return { supplierId, userId, name, email, actor };
  });
}

/** One more person of a supplier, by default one who sells; as the portal itself enters it. */
export async function addColleague(
  world: Pick<World, 'runInTx'>,
  supplierId: string,
  over: { name?: string; email?: string; roles?: readonly SupplierRole[]; isPrimary?: boolean } = {},
): Promise<{ contactId: string; userId: string; email: string; actor: Actor }> {
  serial += 1;
  const { roles = ['supplier_sales'], name = `Colleague ${serial}`, isPrimary = false } = over;
  const email = over.email ?? `colleague-${serial}@supplier.example`;
  const made = await world.runInTx(system('test'), (ctx) =>
    addSupplierContact(ctx, {
      supplierId,
      name,
      email,
      phone: null,
      isPrimary,
      roles,
      locale: 'en',
      timeZone: 'Europe/Berlin',
    }),
  );
  return { ...made, email, actor: { kind: 'supplier', userId: made.userId, name, roles, supplierId } };
}
