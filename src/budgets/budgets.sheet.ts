import { type Day, dayIn } from '../kernel/time.ts';
import { decimal, oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { CsvFile } from '../platform/web/send-csv.ts';
import type { BudgetTerms, OverBudgetPolicy } from './budget.ts';
import { leftOf } from './budget.ts';
import type { BudgetRow } from './budget-list.queries.ts';

const HEADINGS = {
  account: ['Account', 'Cost centre', 'Cost center', 'GL account', '科目', '成本中心', '会计科目'],
  plantCode: ['Plant', 'Plant code', '工厂', '工厂代码'],
  year: ['Year', 'Fiscal year', '年度', '年份'],
  amount: ['Budget', 'Amount', '预算', '预算金额', '金额'],
  currency: ['Currency', '币种', '货币'],
  overBudget: ['Over budget', 'Policy', '超预算', '超预算处理'],
  owner: ['Owner', 'Owner e-mail', 'Budget owner', '负责人', '负责人邮箱', '预算负责人'],
} as const;

const POLICIES: Readonly<Record<OverBudgetPolicy, readonly string[]>> = {
  refuse: ['Refuse', '拒绝'],
  ask_owner: ['Ask the owner', 'ask owner', '询问负责人'],
};

/** What a spreadsheet says may be spent, or everything that is wrong with it, cell by cell. */
export type BudgetPreview = {
  readonly budgets: readonly BudgetTerms[];
  readonly errors: readonly SheetError[];
  readonly ignored: readonly string[];
};

/** Reads budgets from a sheet; nothing is kept. Owners are found by their e-mail address. */
export function readBudgets(
  sheet: Sheet,
  of: { plants: readonly string[]; owners: readonly { id: string; email: string }[] },
): BudgetPreview {
  const table = readTable(sheet, {
    account: required(HEADINGS.account, text(40)),
    plantCode: required(HEADINGS.plantCode, text(20)),
    year: required(HEADINGS.year, decimal({ maxDecimals: 0, maxDigits: 4, min: '2000' })),
    amount: required(HEADINGS.amount, decimal({ maxDecimals: 4, maxDigits: 14, min: '0' })),
    currency: required(HEADINGS.currency, text(3)),
    overBudget: optional(HEADINGS.overBudget, oneOf(POLICIES)),
    owner: optional(HEADINGS.owner, text(254)),
  });
  const errors: SheetError[] = [...table.errors];
  const seen = new Set<string>();
  const budgets = table.rows.map(({ row, values }): BudgetTerms => {
    const wrong = (heading: string, code: string, value: string) =>
      void errors.push(sheetError(sheet, { row, column: '' }, code, { heading, value: value.slice(0, 60) }));
    const owner = of.owners.find(({ email }) => email.toLowerCase() === values.owner?.toLowerCase());
    const overBudget = values.overBudget ?? 'refuse';
    const currency = values.currency.toUpperCase();
    const key = `${values.account} ${values.plantCode} ${values.year}`;
    if (!of.plants.includes(values.plantCode))
      wrong(HEADINGS.plantCode[0], 'sheet.unknown-value', values.plantCode);
    if (!/^[A-Z]{3}$/.test(currency)) wrong(HEADINGS.currency[0], 'sheet.unknown-value', currency);
    if (values.owner !== null && owner === undefined)
      wrong(HEADINGS.owner[0], 'sheet.unknown-value', values.owner);
    if (overBudget === 'ask_owner' && values.owner === null) wrong(HEADINGS.owner[0], 'sheet.empty-cell', '');
    if (seen.has(key)) wrong(HEADINGS.account[0], 'sheet.row-twice', key);
    seen.add(key);
    return {
      account: values.account,
      plantCode: values.plantCode,
      year: Number(values.year),
      amount: values.amount,
      currency,
      overBudget,
      ownerId: owner?.id ?? null,
    };
  });
  return { budgets, errors, ignored: table.ignored };
}

/** The list as a file that can be changed and imported again. */
export const budgetsFile = (budgets: readonly BudgetRow[], of: { now: Date; timeZone: string }): CsvFile => {
  const day: Day = dayIn(of.now, of.timeZone);
  return {
    fileName: `budgets-${day}`,
    table: ({ t }) => ({
      columns: [
        { heading: t('budgets.account'), kind: 'text', width: 16 },
        { heading: t('budgets.plant'), kind: 'text', width: 10 },
        { heading: t('budgets.year'), kind: 'text', width: 8 },
        { heading: t('budgets.amount'), kind: 'amount', width: 16 },
        { heading: t('budgets.currency'), kind: 'text', width: 8 },
        { heading: t('budgets.over-budget'), kind: 'text', width: 16 },
        { heading: t('budgets.owner'), kind: 'text', width: 28 },
        { heading: t('budgets.reserved'), kind: 'amount', width: 16 },
        { heading: t('budgets.committed'), kind: 'amount', width: 16 },
        { heading: t('budgets.left'), kind: 'amount', width: 16 },
      ],
      rows: budgets.map((budget) => [
        budget.account,
        budget.plantCode,
        String(budget.year),
        budget.amount,
        budget.currency,
        t(`budgets.policy.${budget.overBudget}`),
        budget.ownerEmail,
        budget.reserved,
        budget.committed,
        leftOf(budget),
      ]),
    }),
  };
};
