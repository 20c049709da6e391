import { writePolicy } from '../../../src/approvals/index.ts';
import { createBudget } from '../../../src/budgets/index.ts';
import { createPlant, listPlants } from '../../../src/catalog/index.ts';
import { type Actor, system } from '../../../src/kernel/actor.ts';
import { dayIn } from '../../../src/kernel/time.ts';
import {
  createRequisition,
  decideRequisition,
  findRequisitionLines,
  submitRequisition,
} from '../../../src/requisitions/index.ts';
import type { World } from '../world.ts';
import { makeCatalog } from './sourcing.ts';

type NewRequisition = Parameters<typeof createRequisition>[1];
type NewLine = NewRequisition['lines'][number];
type BudgetTerms = Parameters<typeof createBudget>[1];
type ApprovalRule = Parameters<typeof writePolicy>[1]['rules'][number];

export const ACCOUNT = '4100-6420';

/** A line of a test: 100 gloves at 2.50 for QD01, needed on 2026-04-30. */
export const someLine = (over: Partial<NewLine> = {}): NewLine => ({
  itemCode: 'GL-10',
  description: 'Gloves, nitrile, size 9',
  quantity: '100',
  unit: 'PR',
  originalUnit: null,
  plantCode: 'QD01',
  needByOn: '2026-04-30',
  account: ACCOUNT,
  estimatedPrice: '2.5',
  ...over,
});

/** The catalogue of the other tests with a second plant. */
export async function makeTwoPlants(world: World): Promise<void> {
  await makeCatalog(world);
  await world.runInTx(system('test'), async (ctx) => {
    if ((await listPlants(ctx)).some(({ code }) => code === 'NB02')) return;
    await createPlant(ctx, {
      code: 'NB02',
      nameEn: 'Ningbo plant',
      nameZh: '宁波工厂',
      addressLines: ['2 Hailan Road', 'Ningbo'],
      timeZone: 'Asia/Shanghai',
    });
  });
}

/** A budget of 1,000 USD for the account at QD01 in 2026. */
export const makeBudget = (world: World, over: Partial<BudgetTerms> = {}): Promise<string> =>
  world.runInTx(system('test'), (ctx) =>
    createBudget(ctx, {
      account: ACCOUNT,
      plantCode: 'QD01',
      year: 2026,
      amount: '1000',
      currency: 'USD',
      overBudget: 'refuse',
      ownerId: null,
      ...over,
    }),
  );

/** A rule of a test: this one, always, at stage 1. */
export const someRule = (over: Partial<ApprovalRule>): ApprovalRule =>
  ({
    fromAmount: '0',
    categoryCode: null,
    plantCode: null,
    stage: 1,
    needs: 'all',
    approverId: null,
    approverRole: 'approver',
    remindAfterDays: null,
    escalateAfterDays: null,
    escalateTo: null,
    ...over,
  }) as ApprovalRule;

/** Who is asked, by name. */
export const asking = (person: Actor, over: Partial<ApprovalRule> = {}): ApprovalRule =>
  someRule({ ...over, approverId: person.userId, approverRole: null } as Partial<ApprovalRule>);

export async function makePolicy(
  world: World,
  rules: readonly ApprovalRule[],
  documentType: Parameters<typeof writePolicy>[1]['documentType'] = 'requisition',
): Promise<void> {
  const administrator = await world.staff('administrator');
  const before = await world.db('approval_policy').where({ document_type: documentType }).count();
  await world.runInTx(administrator, (ctx) =>
    writePolicy(ctx, {
      documentType,
      version: Number(before[0]?.['count']),
      validFrom: dayIn(world.now(), ctx.policies.company.timeZone),
      currency: 'USD',
      note: '',
      rules,
    }),
  );
}

/** A requisition of the requester's, by default a draft with one line. */
export async function makeRequisition(
  world: World,
  over: { requester?: Actor; lines?: readonly NewLine[] } & Partial<Omit<NewRequisition, 'lines'>> = {},
): Promise<{ requisitionId: string; requester: Actor; lineIds: string[] }> {
  await makeTwoPlants(world);
  const { requester = await world.staff('requester'), lines = [someLine()], ...terms } = over;
  return world.runInTx(requester, async (ctx) => {
    const requisitionId = await createRequisition(ctx, {
      title: 'Gloves for line 3',
      note: '',
      categoryCode: 'MACH',
      plantCode: 'QD01',
      currency: 'USD',
      ...terms,
      lines,
    });
    const lineIds = (await findRequisitionLines(ctx, requisitionId)).map(({ id }) => id);
    return { requisitionId, requester, lineIds };
  });
}

/** The same, submitted, and approved by this one. */
export async function approvedRequisition(
  world: World,
  over: Parameters<typeof makeRequisition>[1] & { approver?: Actor } = {},
): ReturnType<typeof makeRequisition> {
  const { approver = await world.staff('approver'), ...wanted } = over;
  const made = await makeRequisition(world, wanted);
  await world.runInTx(made.requester, (ctx) => submitRequisition(ctx, made.requisitionId));
  await world.runInTx(approver, (ctx) =>
    decideRequisition(ctx, { requisitionId: made.requisitionId, decision: 'approve', comment: '' }),
  );
  return made;
}
