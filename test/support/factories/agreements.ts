import { decideVersion, submitVersion } from '../../../src/agreements/agreement-acts.service.ts';
import { bringIntoForce, signVersion } from '../../../src/agreements/agreement-signing.service.ts';
import type { AgreementTerms } from '../../../src/agreements/agreement-version.ts';
import {
  draftAgreement,
  findOfferedText,
  type TypedTerms,
} from '../../../src/agreements/agreements.service.ts';
import { type Actor, system } from '../../../src/kernel/actor.ts';
import { found } from '../../../src/kernel/errors.ts';
import type { World } from '../world.ts';
import { makeCatalog } from './sourcing.ts';
import { makeSupplier } from './suppliers.ts';

/** A price line of a test. */
export const termsLine = (
  over: Partial<AgreementTerms['lines'][number]> = {},
): AgreementTerms['lines'][number] => ({
  lineNo: 1,
  itemCode: 'BRK-A',
  description: 'Bracket A, 6061-T6',
  unit: 'C62',
  priceBaseQuantity: '1',
  tiers: [
    { fromQuantity: '0', unitPrice: '12.5' },
    { fromQuantity: '100', unitPrice: '11.8' },
  ],
  quantityLimit: null,
  validFrom: null,
  validUntil: null,
  ...over,
});

export const someTerms = (over: Partial<AgreementTerms> = {}): AgreementTerms => ({
  kind: 'framework',
  title: 'Brackets 2026',
  categoryCode: 'MACH',
  plantCodes: ['QD01'],
  currency: 'USD',
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  paymentTermsDays: 30,
  validFrom: '2026-03-01',
  validUntil: '2027-02-28',
  noticeDays: 30,
  valueLimit: null,
  clauses: '',
  lines: [termsLine()],
  ...over,
});

/** Terms as a form brings them: a formula by its words. */
const typed = (terms: AgreementTerms): TypedTerms => ({
  ...terms,
  lines: terms.lines.map(({ formula, ...line }) => ({ ...line, formula: formula?.expression ?? null })),
});

/** An agreement as the use-cases make it: by default signed by both sides and in force. */
export async function makeAgreement(
  world: World,
  wanted: {
    terms?: Partial<AgreementTerms>;
    supplier?: Actor;
    buyer?: Actor;
    until?: 'draft' | 'offered' | 'active';
  } = {},
): Promise<{ agreementId: string; supplier: Actor; buyer: Actor; approver: Actor }> {
  await makeCatalog(world);
  const { terms, until = 'active' } = wanted;
  const supplier = wanted.supplier ?? (await makeSupplier(world)).actor;
  const buyer = wanted.buyer ?? (await world.staff('buyer'));
  const approver = await world.staff('approver');
  const supplierId = found('supplier', supplier.supplierId);
  const agreementId = await world.runInTx(buyer, (ctx) =>
    draftAgreement(ctx, { supplierId, terms: typed(someTerms(terms)) }),
  );
  const made = { agreementId, supplier, buyer, approver };
  if (until === 'draft') return made;
  await world.runInTx(buyer, (ctx) => submitVersion(ctx, { agreementId, rowVersion: 1 }));
  const decided = { agreementId, decision: 'approve', comment: '' } as const;
  const submitted = await world.runInTx(buyer, (ctx) => findOfferedText(ctx, agreementId));
  await world.runInTx(approver, (ctx) => decideVersion(ctx, { ...decided, sha256: submitted }));
  if (until === 'offered') return made;
  const sha256 = await world.runInTx(buyer, (ctx) => findOfferedText(ctx, agreementId));
  for (const signer of [approver, supplier])
    await world.runInTx(signer, (ctx) => signVersion(ctx, { agreementId, sha256 }));
  await world.runInTx(system('test'), (ctx) => bringIntoForce(ctx, agreementId));
  return made;
}
