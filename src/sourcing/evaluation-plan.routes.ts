import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
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
  moveRequirementUp,
  removeRequirement,
  saveCriteria,
  saveRequirement,
} from './evaluation-plan.service.ts';
import { answersOf, envelopes, type Requirement, requirementKinds } from './requirement.ts';
import { findEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

const SPARE_CRITERIA = 3;
const MOST_ANSWERS = 60;

/** What an event asks bidders, and by what it judges their bids. */
export function addEvaluationPlan(router: PortalRouter, web: WebDeps): void {
  const showPlan = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      const isDraft = event.state === 'draft';
      return {
        event,
        plan: await findPlan(ctx, eventId),
        plannedEvents:
          isDraft && web.decide(req.actor, 'sourcing_event.manage')
            ? await listPlannedEvents(ctx, eventId)
            : [],
        isEditable: isDraft && web.decide(req.actor, 'sourcing_event.manage'),
      };
    });
    const typed = res.locals.typed?.['criteria'];
    await web.showPage(res, 'sourcing/requirements', {
      ...model,
      title: `${model.event.reference} ${model.event.title}`,
      criterionRows: criterionRows(Array.isArray(typed) ? typed : model.plan.criteria),
      sum: sumOfWeights(model.plan.criteria),
      envelopes,
      kinds: requirementKinds,
      criterionKinds,
      formulas: priceFormulaNames,
      answersOf,
    });
  };
  router.get('/events/:eventId/requirements', 'sourcing_event.read', showPlan);

  router.post('/events/:eventId/criteria', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    req.body = tidyCriteria(req.body);
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(criteriaForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => saveCriteria(ctx, { eventId, ...form }));
      },
      goTo: `/events/${eventId}/requirements`,
      notice: 'requirements.notice.criteria-saved',
      orShow: showPlan,
    });
  });

  router.post('/events/:eventId/requirements/copy', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(copyForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => copyPlan(ctx, { eventId, ...form }));
      },
      goTo: `/events/${eventId}/requirements`,
      notice: 'requirements.notice.copied',
      orShow: showPlan,
    });
  });

  addQuestions(router, web);

  type Act = (ctx: Ctx, of: { eventId: string; version: number; requirementId: string }) => Promise<void>;
  const act = (noun: string, notice: string, work: Act): void =>
    router.post(
      `/events/:eventId/requirements/:requirementId/${noun}`,
      'sourcing_event.manage',
      async (req, res) => {
        const of = { eventId: idParam(req, 'eventId'), requirementId: idParam(req, 'requirementId') };
        await web.submitForm(req, res, {
          act: () => {
            const { version } = parseForm(requirementActForm, req.body);
            return web.runInTx(whoOf(req), (ctx) => work(ctx, { ...of, version }));
          },
          goTo: `/events/${of.eventId}/requirements`,
          notice,
          orShow: showPlan,
        });
      },
    );
  act('removal', 'requirements.notice.removed', removeRequirement);
  act('move', 'requirements.notice.moved', moveRequirementUp);
}

/** One question, new or there already. */
function addQuestions(router: PortalRouter, web: WebDeps): void {
  const showForm = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const requirementId = req.params['requirementId'] === undefined ? null : idParam(req, 'requirementId');
    const { event, plan } = await web.runInTx(whoOf(req), async (ctx) => {
      const draft = await findEvent(ctx, eventId);
      if (res.locals.typed === undefined) assertIsDraft(draft);
      return { event: draft, plan: await findPlan(ctx, eventId) };
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
  router.get('/events/:eventId/requirements/new', 'sourcing_event.manage', showForm);
  router.get('/events/:eventId/requirements/:requirementId', 'sourcing_event.manage', showForm);

  const save = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const requirementId = req.params['requirementId'] === undefined ? null : idParam(req, 'requirementId');
    await web.submitForm(req, res, {
      act: () => {
        const form = parseForm(requirementForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => saveRequirement(ctx, { eventId, requirementId, ...form }));
      },
      goTo: `/events/${eventId}/requirements`,
      notice: 'requirements.notice.saved',
      orShow: showForm,
    });
  };
  router.post('/events/:eventId/requirements', 'sourcing_event.manage', save);
  router.post('/events/:eventId/requirements/:requirementId', 'sourcing_event.manage', save);
}

/** The kind that a link asks for, or that the form came with. */
const kindAsked = (req: Request): Requirement['kind'] =>
  newRequirementQuery.parse(req.method === 'POST' ? (req.body ?? {}) : req.query).kind;

type CriterionRow = Readonly<
  Record<'id' | 'title' | 'kind' | 'envelope' | 'weight' | 'minimumScore' | 'formula', string>
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
