import { writePolicy } from '../../src/approvals/index.ts';
import { createBudget } from '../../src/budgets/index.ts';
import { dayIn } from '../../src/kernel/time.ts';
import type { Ctx } from '../../src/platform/db/context.ts';
import { createRequisition, decideRequisition, submitRequisition } from '../../src/requisitions/index.ts';
import { type PlantCode, plants } from './company.ts';
import type { Competition, CompetitionLine } from './real-data.ts';
import type { Calendar, Stage, Step } from './step.ts';

/** The cost centre that the works of a plant are bought on. */
const ACCOUNT = '6600-SITE';
const BUDGET = '400000';
const LINES_EACH = 3;

/** What is asked for from where, how long ago, and how far it is. */
const needs: readonly {
  readonly key: string;
  readonly title: string;
  readonly plant: PlantCode;
  readonly daysAgo: number;
  readonly from: number;
  readonly goal: 'draft' | 'submitted' | 'approved';
}[] = [
  {
    key: 'north-yard',
    title: 'Repair of the north yard',
    plant: 'QD01',
    daysAgo: 3,
    from: 0,
    goal: 'approved',
  },
  { key: 'gate-2', title: '二号门入口修缮', plant: 'HF01', daysAgo: 3, from: 0, goal: 'approved' },
  { key: 'parking', title: 'Parking area, east side', plant: 'QD01', daysAgo: 2, from: 3, goal: 'submitted' },
  { key: 'drive', title: 'Drive behind hall 4', plant: 'WH01', daysAgo: 1, from: 6, goal: 'draft' },
];

/** Budgets and the chain of approvers as the company began with them, and what is needed in these days. */
export const requisitionSteps = (of: {
  competition: Competition;
  category: string;
  calendar: Calendar;
  foundedDaysAgo: number;
}): Step[] => [
  {
    key: 'budgets',
    at: of.calendar.at(of.foundedDaysAgo, '11:00'),
    act: (stage) => setBudgets(stage, of.calendar),
  },
  {
    key: 'approval rules',
    at: of.calendar.at(of.foundedDaysAgo, '11:20'),
    act: setRules,
  },
  ...needs.flatMap((need) => needSteps(need, of)),
];

/** One a plant, for this year and the next: what is needed around New Year falls into both. */
async function setBudgets(stage: Stage, calendar: Calendar): Promise<undefined> {
  const ctx = stage.as(stage.staff('chen.jing'));
  const year = Number(calendar.today.slice(0, 4));
  for (const { code } of plants)
    for (const budgeted of [year, year + 1])
      await createBudget(ctx, {
        account: ACCOUNT,
        plantCode: code,
        year: budgeted,
        amount: BUDGET,
        currency: 'USD',
        overBudget: 'ask_owner',
        ownerId: stage.fact('staff:zhang.min'),
      });
}

/** An approver always, finance from 25,000 USD on. */
async function setRules(stage: Stage): Promise<undefined> {
  const ctx = stage.as(stage.staff('maria.keller'));
  const asked = {
    categoryCode: null,
    plantCode: null,
    needs: 'all',
    remindAfterDays: 2,
    escalateAfterDays: null,
    escalateTo: null,
  } as const;
  await writePolicy(ctx, {
    documentType: 'requisition',
    version: 0,
    validFrom: dayIn(ctx.now, ctx.policies.company.timeZone),
    currency: 'USD',
    note: 'As the company was founded',
    rules: [
      { ...asked, fromAmount: '0', stage: 1, approverId: stage.fact('staff:zhang.min'), approverRole: null },
      { ...asked, fromAmount: '25000', stage: 2, approverId: null, approverRole: 'finance' },
    ],
  });
}

function needSteps(
  need: (typeof needs)[number],
  of: { competition: Competition; category: string; calendar: Calendar },
): Step[] {
  const fact = `requisition:${need.key}`;
  const asked: Step = {
    key: `requisition ${need.key} asked`,
    at: of.calendar.at(need.daysAgo, '09:40'),
    act: async (stage) => {
      const ctx = stage.as(stage.staff('he.fang'));
      const id = await createRequisition(ctx, {
        title: need.title,
        note: '',
        categoryCode: of.category,
        plantCode: need.plant,
        currency: 'USD',
        lines: of.competition.lines.slice(need.from, need.from + LINES_EACH).map((line) => ({
          itemCode: line.itemCode,
          description: line.description,
          quantity: '10',
          unit: line.unit,
          originalUnit: line.originalUnit,
          plantCode: need.plant,
          needByOn: of.calendar.day(-60),
          account: ACCOUNT,
          estimatedPrice: middlePrice(line),
        })),
      });
      if (need.goal !== 'draft') await submitRequisition(ctx, id);
      return { [fact]: id };
    },
  };
  if (need.goal !== 'approved') return [asked];
  const decide = (who: string) => (stage: Stage) =>
    approve(stage.as(stage.staff(who)), stage.fact(fact)).then(() => undefined);
  return [
    asked,
    {
      key: `requisition ${need.key} approved`,
      at: of.calendar.at(need.daysAgo, '14:05'),
      act: decide('zhang.min'),
    },
  ];
}

const approve = (ctx: Ctx, requisitionId: string): Promise<void> =>
  decideRequisition(ctx, { requisitionId, decision: 'approve', comment: '' });

/** What the middle bidder asked stands for the estimate, as in the competitions. */
function middlePrice(line: CompetitionLine): string {
  const prices = [...line.unitPrices.values()].toSorted((one, other) => Number(one) - Number(other));
  return prices[Math.floor(prices.length / 2)] ?? '1';
}
