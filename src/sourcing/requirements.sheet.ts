import type { Translate } from '../platform/i18n/catalogue.ts';
import { type CellReader, decimal, oneOf, text } from '../platform/sheet/cell-readers.ts';
import type { Sheet, SheetError } from '../platform/sheet/sheet.ts';
import { optional, readTable, required, sheetError } from '../platform/sheet/table.ts';
import type { Template, TemplateColumn } from '../platform/sheet/write-sheet.ts';
import type { Criterion } from './criterion.ts';
import { requirementOf, type TypedRequirement } from './evaluation-plan.forms.ts';
import type { EvaluationPlan } from './evaluation-plan.ts';
import type { Lot } from './lot.ts';
import {
  answersOf,
  envelopes,
  type NewRequirement,
  problemsOf,
  type Requirement,
  requirementKinds,
} from './requirement.ts';

const HEADINGS = {
  prompt: ['Question', '问题'],
  kind: ['Kind', '类型'],
  envelope: ['Envelope', '信封'],
  isRequired: ['Required', '必答'],
  help: ['Help', '说明'],
  answers: ['Answers', '答案'],
  answerPoints: ['Points by answer', '各答案分值'],
  excluding: ['Excluding answers', '否决答案'],
  minimum: ['Minimum', '最小值'],
  maximum: ['Maximum', '最大值'],
  unit: ['Unit', '单位'],
  atLeast: ['Excluded below', '低于则否决'],
  atMost: ['Excluded above', '高于则否决'],
  lot: ['Lot', '标包', '标段'],
  criterion: ['Criterion', '评审标准'],
  worst: ['Worst number', '最差值'],
  best: ['Best number', '最优值'],
  points: ['Points', '分值'],
} as const;

const KINDS: Readonly<Record<Requirement['kind'], readonly string[]>> = {
  yes_no: ['Yes or no', '是/否'],
  choice: ['Choice', '选择'],
  number: ['Number', '数字'],
  text: ['Text', '文字'],
  date: ['Date', '日期'],
  file: ['File', '文件'],
};
const ENVELOPES: Readonly<Record<Requirement['envelope'], readonly string[]>> = {
  qualification: ['Qualification', '资格标'],
  technical: ['Technical', '技术标'],
  commercial: ['Commercial', '商务标'],
};
const YES: Readonly<Record<'yes' | 'no', readonly string[]>> = { yes: ['Yes', '是'], no: ['No', '否'] };

/** What a spreadsheet holds: questions to look at, or everything that is wrong with it, cell by cell. */
export type RequirementPreview = {
  readonly requirements: readonly NewRequirement[];
  readonly errors: readonly SheetError[];
};

const list: CellReader<readonly string[]> = (cell) => ({
  value: cell.text
    .split('|')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
});
const number = decimal({ maxDecimals: 6, maxDigits: 12 });
const points = decimal({ maxDecimals: 2, maxDigits: 6, min: '0' });

/** Reads questions from a sheet, with their lots by number or title and their criteria by title; nothing is kept. */
export function readRequirements(
  sheet: Sheet,
  { criteria, lots }: { criteria: readonly Criterion[]; lots: readonly Lot[] },
): RequirementPreview {
  const table = readTable(sheet, {
    prompt: required(HEADINGS.prompt, text(1000)),
    kind: required(HEADINGS.kind, oneOf(KINDS)),
    envelope: required(HEADINGS.envelope, oneOf(ENVELOPES)),
    isRequired: optional(HEADINGS.isRequired, oneOf(YES)),
    help: optional(HEADINGS.help, text(2000)),
    answers: optional(HEADINGS.answers, list),
    answerPoints: optional(HEADINGS.answerPoints, list),
    excluding: optional(HEADINGS.excluding, list),
    minimum: optional(HEADINGS.minimum, number),
    maximum: optional(HEADINGS.maximum, number),
    unit: optional(HEADINGS.unit, text(40)),
    knockOutAtLeast: optional(HEADINGS.atLeast, number),
    knockOutAtMost: optional(HEADINGS.atMost, number),
    lot: optional(HEADINGS.lot, text(200)),
    criterion: optional(HEADINGS.criterion, text(200)),
    worst: optional(HEADINGS.worst, number),
    best: optional(HEADINGS.best, number),
    points: optional(HEADINGS.points, points),
  });
  const errors = [...table.errors];
  const requirements = table.rows.map(({ row, values }) => {
    const { criterion, lot, answers, answerPoints, excluding, isRequired, help, unit, ...rest } = values;
    const place = placeOf({ criterion, lot, envelope: values.envelope }, { criteria, lots });
    for (const { code, params } of place.wrong)
      errors.push(sheetError(sheet, { row, column: '' }, code, params));
    const typed: TypedRequirement = {
      ...rest,
      help: help ?? '',
      unit: unit ?? '',
      isRequired: isRequired === 'no' ? undefined : 'yes',
      criterionId: place.criterionId,
      lotId: place.lotId,
      answers: answerRows(values.kind, { answers, answerPoints, excluding }),
    };
    const requirement = requirementOf(typed);
    for (const { code } of problemsOf(requirement)) errors.push(sheetError(sheet, { row, column: '' }, code));
    return requirement;
  });
  return { requirements, errors };
}

type Wrong = { readonly code: string; readonly params: Readonly<Record<string, string>> };

/** The criterion and the lot that a row names, and what is wrong with them. */
function placeOf(
  named: {
    readonly criterion: string | null;
    readonly lot: string | null;
    readonly envelope: Requirement['envelope'] | null;
  },
  { criteria, lots }: { readonly criteria: readonly Criterion[]; readonly lots: readonly Lot[] },
): { readonly criterionId: string | null; readonly lotId: string | null; readonly wrong: readonly Wrong[] } {
  const wrong: Wrong[] = [];
  const { criterion: title } = named;
  const criterion = criteria.find((one) => one.kind === 'answers' && one.title === title?.trim());
  if (title !== null && criterion?.envelope !== named.envelope)
    wrong.push({ code: 'sheet.unknown-criterion', params: { value: title } });
  const lot = lotNamed(lots, named.lot);
  if (lot === undefined) wrong.push({ code: 'sheet.unknown-lot', params: { value: named.lot ?? '' } });
  const lotId = lot?.id ?? null;
  if (lotId !== null && criterion !== undefined && criterion.lotId !== lotId)
    wrong.push({ code: 'requirement.criterion-of-other-lot', params: {} });
  return { criterionId: criterion?.id ?? null, lotId, wrong };
}

/** A lot by its number, its title, or both as the sheet writes them; null where none is named, undefined where there is none such. */
const lotNamed = (lots: readonly Lot[], word: string | null): Lot | null | undefined => {
  const named = word?.trim() ?? '';
  return named === ''
    ? null
    : lots.find((lot) => [String(lot.lotNo), lot.title, inSheet(lot)].includes(named));
};
const inSheet = ({ lotNo, title }: Lot): string => `${lotNo} · ${title}`;

type Lists = Readonly<Record<'answers' | 'answerPoints' | 'excluding', readonly string[] | null>>;

/** Points and excluding answers stand in the order, and in the words, of the answers. */
function answerRows(kind: Requirement['kind'], of: Lists): TypedRequirement['answers'] {
  if (kind !== 'yes_no' && kind !== 'choice') return [];
  const answers = kind === 'yes_no' ? (['yes', 'no'] as const) : (of.answers ?? []);
  const excluding = (of.excluding ?? []).map(asAnswer(kind));
  return answers.map((answer, index) => ({
    answer,
    points: /^\d{1,6}(\.\d{1,2})?$/.test(of.answerPoints?.[index] ?? '')
      ? (of.answerPoints?.[index] ?? null)
      : null,
    excludes: excluding.includes(answer) ? 'yes' : undefined,
  }));
}

const asAnswer =
  (kind: Requirement['kind']) =>
  (written: string): string => {
    if (kind !== 'yes_no') return written;
    return YES.yes.some((way) => way.toLowerCase() === written.toLowerCase()) ? 'yes' : 'no';
  };

/** The spreadsheet to fill in: with the questions there are, and room for more. */
export function requirementTemplate(
  of: { reference: string; plan: EvaluationPlan; lots: readonly Lot[]; madeAt: Date },
  t: Translate,
): Template {
  const column = (
    key: keyof typeof HEADINGS,
    width: number,
    choices?: readonly string[],
  ): TemplateColumn => ({
    heading: t(`requirements.sheet.column.${key}`),
    width,
    kind: choices === undefined ? 'text' : 'choice',
    isInput: true,
    ...(choices === undefined ? {} : { choices }),
  });
  const answers = of.plan.criteria.filter((criterion) => criterion.kind === 'answers');
  return {
    sheetName: t('requirements.sheet.name'),
    title: t('requirements.sheet.title', { reference: of.reference }),
    instructions: [t('requirements.sheet.how-to'), t('requirements.sheet.lists')],
    columns: [
      column('prompt', 54),
      column(
        'kind',
        12,
        requirementKinds.map((kind) => t(`requirements.kind.${kind}`)),
      ),
      column(
        'envelope',
        14,
        envelopes.map((envelope) => t(`requirements.envelope.${envelope}`)),
      ),
      column('isRequired', 10, [t('requirements.yes'), t('requirements.no')]),
      column('help', 30),
      column('answers', 30),
      column('answerPoints', 16),
      column('excluding', 20),
      column('minimum', 10),
      column('maximum', 10),
      column('unit', 10),
      column('atLeast', 12),
      column('atMost', 12),
      // An event without lots has no such column.
      ...(of.lots.length === 0 ? [] : [column('lot', 24, of.lots.map(inSheet))]),
      column('criterion', 24, answers.length === 0 ? undefined : answers.map(({ title }) => title)),
      column('worst', 10),
      column('best', 10),
      column('points', 10),
    ],
    rows: of.plan.requirements.map((requirement) => rowOf(requirement, of, t)),
    blankRows: 100,
    refusal: { title: t('requirements.sheet.refusal-title'), text: t('requirements.sheet.refusal') },
    madeAt: of.madeAt,
  };
}

function rowOf(
  requirement: Requirement,
  { plan, lots }: { plan: EvaluationPlan; lots: readonly Lot[] },
  t: Translate,
): (string | null)[] {
  const { knockOut, scoring } = requirement;
  const answers = answersOf(requirement);
  const inWords = (answer: string): string =>
    requirement.kind === 'yes_no' ? t(`requirements.${answer}`) : answer;
  const excluding = knockOut?.by === 'answer' ? answers.filter((one) => !knockOut.passes.includes(one)) : [];
  const range = knockOut?.by === 'range' ? knockOut : null;
  const line = scoring?.by === 'line' ? scoring : null;
  return [
    requirement.prompt,
    t(`requirements.kind.${requirement.kind}`),
    t(`requirements.envelope.${requirement.envelope}`),
    t(requirement.isRequired ? 'requirements.yes' : 'requirements.no'),
    requirement.help,
    requirement.options.join(' | '),
    scoring?.by === 'answer' ? answers.map((answer) => scoring.points[answer] ?? '0').join(' | ') : null,
    excluding.map(inWords).join(' | '),
    requirement.minimum,
    requirement.maximum,
    requirement.unit,
    range?.atLeast ?? null,
    range?.atMost ?? null,
    ...(lots.length === 0
      ? []
      : [lots.filter((lot) => lot.id === requirement.lotId).map(inSheet)[0] ?? null]),
    plan.criteria.find((criterion) => criterion.id === requirement.criterionId)?.title ?? null,
    line?.worst ?? null,
    line?.best ?? null,
    scoring === null || scoring.by === 'answer' ? null : scoring.points,
  ];
}
