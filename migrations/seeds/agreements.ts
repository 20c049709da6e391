import {
  decideVersion,
  draftAgreement,
  findOfferedText,
  getCallOffForm,
  signVersion,
  submitVersion,
  type TypedTerms,
} from '../../src/agreements/index.ts';
import { createBudget } from '../../src/budgets/index.ts';
import { newId } from '../../src/kernel/id.ts';
import { isPositive, multiplyDecimals, trimDecimal } from '../../src/kernel/money.ts';
import { callOff } from '../../src/orders/index.ts';
import { type CategoryCode, plants } from './company.ts';
import type { Competition, PastOrder } from './real-data.ts';
import type { Calendar, Stage, Step } from './step.ts';

const APPROVER = 'zhang.min';
const ACCOUNT = '6610-ROAD';
const BUDGET = '2500000';
const LINES_AT_MOST = 12;
const LUMP_SUMS: ReadonlySet<string> = new Set(['LS', 'M4', 'ZZ']);

/** An agreement as somebody writes it, and how long ago it was written, approved, signed, and ordered from. */
type Plan = {
  readonly key: string;
  readonly owner: string;
  readonly supplier: string;
  readonly terms: TypedTerms;
  readonly writtenDaysAgo: number;
  /** Null while its supplier has not signed. */
  readonly signedDaysAgo: number | null;
  readonly calledOffDaysAgo: number | null;
};

/**
 * Two agreements at prices of the public records: works on a site at the prices of the lowest bidder of a competition, in
 * force and ordered from; and the tests of one maker at what was paid for them, which waits for its signature.
 */
export function agreementSteps(of: {
  competition: Competition;
  category: CategoryCode;
  orders: Iterable<PastOrder>;
  calendar: Calendar;
}): Step[] {
  const plans = [worksOnSites(of), testsOfOneMaker(of)];
  const first = Math.max(...plans.map((plan) => plan.writtenDaysAgo));
  return [
    {
      key: 'budgets of agreements',
      at: of.calendar.at(first, '09:10'),
      act: (stage) => setBudgets(stage, of.calendar),
    },
    ...plans.flatMap((plan) => planSteps(plan, of.calendar)),
  ];
}

/** What is ordered around New Year falls into both years. */
async function setBudgets(stage: Stage, calendar: Calendar): Promise<undefined> {
  const year = Number(calendar.today.slice(0, 4));
  for (const budgeted of [year - 1, year, year + 1])
    await createBudget(stage.as(stage.staff('chen.jing')), {
      account: ACCOUNT,
      plantCode: 'QD01',
      year: budgeted,
      amount: BUDGET,
      currency: 'USD',
      overBudget: 'refuse',
      ownerId: null,
    });
}

function worksOnSites({
  competition,
  category,
  calendar,
}: {
  competition: Competition;
  category: CategoryCode;
  calendar: Calendar;
}): Plan {
  const [supplier = ''] = competition.bidders;
  const priced = competition.lines.flatMap((line) => {
    const unitPrice = line.unitPrices.get(supplier) ?? '0';
    // What is measured: a lump sum of one contract is no price for another.
    const isMeasured = !LUMP_SUMS.has(line.unit) && isPositive(unitPrice);
    return isMeasured ? [{ ...line, unitPrice: trimDecimal(unitPrice) }] : [];
  });
  return {
    key: 'agreement works',
    owner: 'ana.costa',
    supplier,
    writtenDaysAgo: 62,
    signedDaysAgo: 59,
    calledOffDaysAgo: 3,
    terms: {
      kind: 'framework',
      title: 'Works on our sites',
      categoryCode: category,
      plantCodes: plants.map(({ code }) => code),
      currency: 'USD',
      incoterm: 'DAP',
      incotermPlace: 'our sites',
      paymentTermsDays: 30,
      validFrom: calendar.day(59),
      validUntil: calendar.day(59 - 364),
      noticeDays: 60,
      valueLimit: '250000',
      clauses: `Prices are those of contract ${competition.contract} of the Indiana Department of Transportation.`,
      lines: priced.slice(0, LINES_AT_MOST).map((line) => ({
        lineNo: null,
        itemCode: line.itemCode,
        description: line.description,
        unit: line.unit,
        priceBaseQuantity: '1',
        tiers: [{ fromQuantity: '0', unitPrice: line.unitPrice }],
        quantityLimit: null,
        validFrom: null,
        validUntil: null,
      })),
    },
  };
}

function testsOfOneMaker({ orders, calendar }: { orders: Iterable<PastOrder>; calendar: Calendar }): Plan {
  const made = [...orders].filter((order) => order.supplier.startsWith('SHANGHAI'));
  const supplier = made[0]?.supplier ?? '';
  const lines = new Map(made.flatMap((order) => order.lines.map((line) => [line.description, line])));
  return {
    key: 'agreement tests',
    owner: 'li.wei',
    supplier,
    writtenDaysAgo: 3,
    signedDaysAgo: null,
    calledOffDaysAgo: null,
    terms: {
      kind: 'blanket',
      title: '检测试剂年度供货',
      categoryCode: 'TEST',
      plantCodes: ['QD01', 'HF01'],
      currency: 'USD',
      incoterm: 'FCA',
      incotermPlace: 'Shanghai',
      paymentTermsDays: 30,
      validFrom: calendar.day(-1),
      validUntil: calendar.day(-365),
      noticeDays: 30,
      valueLimit: null,
      clauses: '',
      lines: [...lines.values()].map((line) => ({
        lineNo: null,
        itemCode: null,
        description: line.description,
        unit: 'PK',
        priceBaseQuantity: '1',
        tiers: [{ fromQuantity: '0', unitPrice: trimDecimal(line.packPrice) }],
        quantityLimit: trimDecimal(multiplyDecimals(line.packs, '4')),
        validFrom: null,
        validUntil: null,
      })),
    },
  };
}

function planSteps(plan: Plan, calendar: Calendar): Step[] {
  const { key, owner } = plan;
  const idOf = `${key} id`;
  const step = (name: string, daysAgo: number, hour: string, act: Step['act']): Step => ({
    key: `${key} ${name}`,
    at: calendar.at(daysAgo, hour),
    act,
  });
  return [
    step('written', plan.writtenDaysAgo, '10:10', async (stage) => {
      const ctx = stage.as(stage.staff(owner));
      const supplierId = stage.fact(`supplier:${plan.supplier}`);
      const agreementId = await draftAgreement(ctx, { supplierId, terms: plan.terms });
      await submitVersion(ctx, { agreementId, rowVersion: 1 });
      return { [idOf]: agreementId };
    }),
    step('approved and signed by us', plan.writtenDaysAgo - 1, '09:40', async (stage) => {
      const ctx = stage.as(stage.staff(APPROVER));
      const agreementId = stage.fact(idOf);
      const sha256 = await findOfferedText(ctx, agreementId);
      await decideVersion(ctx, { agreementId, sha256, decision: 'approve', comment: '' });
      await signVersion(ctx, { agreementId, sha256 });
      return undefined;
    }),
    ...(plan.signedDaysAgo === null
      ? []
      : [
          step('signed by its supplier', plan.signedDaysAgo, '15:20', async (stage) => {
            const ctx = stage.as(stage.contactOf(stage.fact(`supplier:${plan.supplier}`)));
            const agreementId = stage.fact(idOf);
            await signVersion(ctx, { agreementId, sha256: await findOfferedText(ctx, agreementId) });
            return undefined;
          }),
        ]),
    ...(plan.calledOffDaysAgo === null
      ? []
      : [
          step('ordered from', plan.calledOffDaysAgo, '14:30', async (stage) => {
            const ctx = stage.as(stage.staff(owner));
            const agreementId = stage.fact(idOf);
            const { lines } = await getCallOffForm(ctx, agreementId);
            await callOff(ctx, {
              id: newId(),
              agreementId,
              plantCode: 'QD01',
              account: ACCOUNT,
              lines: lines.slice(0, 3).map((line, index) => ({
                agreementLineId: line.id,
                quantity: String(5 + 5 * index),
                dueOn: calendar.day(-18),
              })),
            });
            return undefined;
          }),
        ]),
  ];
}
