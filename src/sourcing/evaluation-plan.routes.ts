import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { assertAmendmentIsDraft } from './amendment.ts';
import { findAmendment } from './amendments.service.ts';
import { criterionKinds, priceFormulaNames, sumOfWeights } from './criterion.ts';
import {
  copyForm,
  criteriaForm,
  newRequirementQuery,
  requirementActForm,
  requirementForm,
  tidyCriteria,
} from './evaluation-plan.forms.ts';
import {
  copyPlan,
  findPlan,
  listPlannedEvents,
  lotsToAsk,
  moveRequirementUp,
  type PlanSeen,
  proposedPlan,
  removeRequirement,
  saveCriteria,
  saveRequirement,
} from './evaluation-plan.service.ts';
import { type EvaluationPlan, planOfLot } from './evaluation-plan.ts';
import type { Lot } from './lot.ts';
import { answersOf, envelopes, type Requirement, requirementKinds } from './requirement.ts';
import { findEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

const SPARE_CRITERIA = 3;
const MOST_ANSWERS = 60;

/** Whose plan a page is about: an event's, or the one an amendment proposes. */
type PlanHome = { readonly path: string; readonly of: (req: Request) => PlanPlace };
type PlanPlace = { readonly eventId: string; readonly amendmentId: string | null };

const OF_EVENT: PlanHome = {
  path: '/events/:eventId',
  of: (req) => ({ eventId: idParam(req, 'eventId'), amendmentId: null }),
};
const OF_AMENDMENT: PlanHome = {
  path: '/events/:eventId/amendments/:amendmentId',
  of: (req) => ({ eventId: idParam(req, 'eventId'), amendmentId: idParam(req, 'amendmentId') }),
};

const pathOf = ({ eventId, amendmentId }: PlanPlace): string =>
  amendmentId === null ? `/events/${eventId}` : `/events/${eventId}/amendments/${amendmentId}`;

/** What an event asks bidders, and by what it judges their bids. */
export function addEvaluationPlan(router: PortalRouter, web: WebDeps): void {
  for (const home of [OF_EVENT, OF_AMENDMENT]) addPlanOf(router, web, home);
}

async function findHome(ctx: Ctx, place: PlanPlace) {
  if (place.amendmentId === null) {
    const event = await findEvent(ctx, place.eventId);
    return { event, plan: await findPlan(ctx, event.id), isDraft: event.state === 'draft', amendment: null };
  }
  const { event, amendment } = await findAmendment(ctx, { eventId: place.eventId, id: place.amendmentId });
  const plan = await proposedPlan(ctx, amendment);
  return { event, plan, isDraft: amendment.state === 'draft' && event.round === 1, amendment };
}

function addPlanOf(router: PortalRouter, web: WebDeps, home: PlanHome): void {
  const showPlan = async (req: Request, res: Response): Promise<void> => {
    const place = home.of(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const { isDraft, ...of } = await findHome(ctx, place);
      const isEditable = isDraft && web.decide(req.actor, 'sourcing_event.manage');
      return {
        ...of,
        isEditable,
        lots: await lotsToAsk(ctx, place.eventId, of.amendment),
        plannedEvents: isEditable ? await listPlannedEvents(ctx, place.eventId) : [],
      };
    });
    const typed = res.locals.typed?.['criteria'];
    await web.showPage(res, 'sourcing/requirements', {
      ...model,
      planPath: pathOf(place),
      title: `${model.event.reference} ${model.event.title}`,
      criterionRows: criterionRows(Array.isArray(typed) ? typed : model.plan.criteria),
      sums: sumsOf(model.plan, model.lots),
      envelopes,
      kinds: requirementKinds,
      criterionKinds,
      formulas: priceFormulaNames,
      answersOf,
    });
  };
  router.get(`${home.path}/requirements`, 'sourcing_event.read', showPlan);

  router.post(`${home.path}/criteria`, 'sourcing_event.manage', async (req, res) => {
    const place = home.of(req);
    req.body = tidyCriteria(req.body);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(criteriaForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => saveCriteria(ctx, { ...place, ...form }));
      },
      goTo: `${pathOf(place)}/requirements`,
      notice: 'requirements.notice.criteria-saved',
      orShow: showPlan,
    });
  });

  router.post(`${home.path}/requirements/copy`, 'sourcing_event.manage', async (req, res) => {
    const place = home.of(req);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(copyForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => copyPlan(ctx, { ...place, ...form }));
      },
      goTo: `${pathOf(place)}/requirements`,
      notice: 'requirements.notice.copied',
      orShow: showPlan,
    });
  });

  addQuestions(router, web, home);

  type Act = (ctx: Ctx, of: PlanSeen & { requirementId: string }) => Promise<void>;
  const act = (noun: string, notice: string, work: Act): void =>
    router.post(
      `${home.path}/requirements/:requirementId/${noun}`,
      'sourcing_event.manage',
      async (req, res) => {
        const place = home.of(req);
        const of = { ...place, requirementId: idParam(req, 'requirementId') };
        await web.submitForm(req, res, {
          act: () => {
            const { version } = parseForm(requirementActForm, req.body);
            return web.runInTx(whoOf(req), (ctx) => work(ctx, { ...of, version }));
          },
          goTo: `${pathOf(place)}/requirements`,
          notice,
          orShow: showPlan,
        });
      },
    );
  act('removal', 'requirements.notice.removed', removeRequirement);
  act('move', 'requirements.notice.moved', moveRequirementUp);
}

/** What counts together: everything, or where lots have criteria of their own what counts for each lot. */
const sumsOf = (plan: EvaluationPlan, lots: readonly Lot[]) =>
  plan.criteria.every((one) => one.lotId === null)
    ? [{ lot: null, sum: sumOfWeights(plan.criteria) }]
    : lots.map((lot) => ({ lot: lot.title, sum: sumOfWeights(planOfLot(plan, lot.id).criteria) }));

/** One question, new or there already. */
function addQuestions(router: PortalRouter, web: WebDeps, home: PlanHome): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const place = home.of(req);
    const requirementId = req.params['requirementId'] === undefined ? null : idParam(req, 'requirementId');
    const { event, plan, lots } = await web.runInTx(whoOf(req), async (ctx) => {
      const of = await findHome(ctx, place);
      if (res.locals.typed === undefined) {
        if (of.amendment === null) assertIsDraft(of.event);
        else assertAmendmentIsDraft(of.amendment);
      }
      return { ...of, lots: await lotsToAsk(ctx, place.eventId, of.amendment) };
    });
    const requirement =
      requirementId === null
        ? null
        : found(
            'requirement',
            plan.requirements.find((one) => one.id === requirementId),
          );
    const kind = requirement?.kind ?? kindAsked(req);
    await web.showPage(res, 'sourcing/requirement-form', {
      title: `${event.reference} ${event.title}`,
      event,
      planPath: pathOf(place),
      lots,
      plan,
      requirement,
      kind,
      envelopes,
      firstEnvelope: event.envelopes[0] ?? 'commercial',
      criteria: plan.criteria.filter((criterion) => criterion.kind === 'answers'),
      answerRows: answerRows(kind, requirement, res.locals.typed?.['answers']),
      isStale: res.statusCode === 409,
    });
  };
  router.get(`${home.path}/requirements/new`, 'sourcing_event.manage', showForm);
  router.get(`${home.path}/requirements/:requirementId`, 'sourcing_event.manage', showForm);

  const save = async (req: Request, res: Response): Promise<void> => {
    const place = home.of(req);
    const requirementId = req.params['requirementId'] === undefined ? null : idParam(req, 'requirementId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(requirementForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => saveRequirement(ctx, { ...place, requirementId, ...form }));
      },
      goTo: `${pathOf(place)}/requirements`,
      notice: 'requirements.notice.saved',
      orShow: showForm,
    });
  };
  router.post(`${home.path}/requirements`, 'sourcing_event.manage', save);
  router.post(`${home.path}/requirements/:requirementId`, 'sourcing_event.manage', save);
}

/** The kind that a link asks for, or that the form came with. */
const kindAsked = (req: Request): Requirement['kind'] =>
  newRequirementQuery.parse(req.method === 'POST' ? (req.body ?? {}) : req.query).kind;

type CriterionRow = Readonly<
  Record<'id' | 'title' | 'kind' | 'envelope' | 'weight' | 'minimumScore' | 'formula' | 'lotId', string>
>;

/** What the grid shows: the criteria there are, as they were typed, and rows for more. */
const criterionRows = (rows: readonly unknown[]): CriterionRow[] => [
  ...rows.map(criterionRow),
  ...Array.from({ length: SPARE_CRITERIA }, () => criterionRow(null)),
];

function criterionRow(row: unknown): CriterionRow {
  const of = (row ?? {}) as Record<string, unknown>;
  const textOf = (key: string, otherwise = ''): string => (typeof of[key] === 'string' ? of[key] : otherwise);
  return {
    id: textOf('id'),
    title: textOf('title'),
    kind: textOf('kind', 'judged'),
    envelope: textOf('envelope', 'technical'),
    weight: textOf('weight'),
    minimumScore: textOf('minimumScore'),
    formula: textOf('formula', priceFormulaNames[0]),
    lotId: textOf('lotId'),
  };
}

type AnswerRow = { readonly answer: string; readonly points: string; readonly excludes: boolean };

/** The answers to give points to: those that there are, as they were typed, and for a choice a few more. */
function answerRows(kind: Requirement['kind'], requirement: Requirement | null, typed: unknown): AnswerRow[] {
  const { scoring = null, knockOut = null } = requirement ?? {};
  const stored = answersOf(requirement ?? { kind, options: [] }).map((answer) => ({
    answer,
    points: scoring?.by === 'answer' ? (scoring.points[answer] ?? '') : '',
    excludes: knockOut?.by === 'answer' && !knockOut.passes.includes(answer),
  }));
  const rows = Array.isArray(typed) ? typed.map(asTyped) : stored;
  if (kind !== 'choice') return rows;
  const count = Math.min(MOST_ANSWERS, Math.max(4, rows.length + 2));
  return [
    ...rows,
    ...Array.from({ length: count - rows.length }, () => ({ answer: '', points: '', excludes: false })),
  ];
}

const asTyped = (row: unknown): AnswerRow => {
  const { answer, points, excludes } = (row ?? {}) as Record<string, unknown>;
  const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
  return { answer: textOf(answer), points: textOf(points), excludes: excludes === 'yes' };
};
