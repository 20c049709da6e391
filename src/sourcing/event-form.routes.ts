import type { Request, Response } from 'express';
import { calendarAt, listCalendars, listCategories, listPlants } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { proposedFields } from './event-form.service.ts';
import {
  gridRows,
  lineFields,
  lotRows,
  newTerms,
  templateFields,
  termFields,
  typedLines,
} from './event-form.ts';
import { findStructure } from './event-lines.service.ts';
import { type EventType, eventTemplates, isOfferedEventType, offeredEventTypes } from './event-template.ts';
import { offeredCurrencies, offeredTimeZones } from './offered.ts';
import { newEventForm, reviseEventForm } from './sourcing.forms.ts';
import { createEvent, findEvent, reviseEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';
import { tidyLines } from './structure.forms.ts';

/** Above this the grid would be slower than the spreadsheet: lines are then changed by importing them. */
const MOST_LINES_IN_GRID = 300;

/** What the selects of the form offer, with what is chosen already, wherever it came from. */
async function choices(
  ctx: Ctx,
  chosen: { timeZone: string | null; currency: string | null },
  readerZone: string,
) {
  const plants = await listPlants(ctx);
  const zones = [...plants.map((plant) => plant.timeZone), readerZone, ...offeredTimeZones];
  return {
    categories: await listCategories(ctx),
    plants,
    calendars: await listCalendars(ctx),
    incoterms,
    units: offeredUnits,
    currencies: [...new Set([...(chosen.currency === null ? [] : [chosen.currency]), ...offeredCurrencies])],
    timeZones: [...new Set([...(chosen.timeZone === null ? [] : [chosen.timeZone]), ...zones])],
  };
}

type Typed = Readonly<Record<string, unknown>>;

/** Buttons that save nothing: the form comes back as it was typed, with a row or a proposal more. */
const AGAIN = new Set<unknown>(['add-line', 'add-lot', 'propose-timetable']);
const wantsMore = (req: Request): unknown => (req.body as { next?: unknown } | undefined)?.next;
const comesBack = (req: Request): boolean => AGAIN.has(wantsMore(req)) || chosenType(wantsMore(req)) !== null;
const chosenType = (next: unknown): EventType | null => {
  const type = typeof next === 'string' && next.startsWith('type-') ? next.slice('type-'.length) : null;
  return isOfferedEventType(type) ? type : null;
};

/** The kind of event that the form is about: what was typed, else what the address says, else an RFQ. */
const typeOf = (req: Request, typed: Typed | undefined): EventType => {
  const type = typed?.['eventType'] ?? req.query['type'];
  return isOfferedEventType(type) ? type : 'rfq';
};

/** Creating an event, and changing it while it is a draft. */
export function addEventForms(router: PortalRouter, web: WebDeps): void {
  addNewForm(router, web);
  addEditForm(router, web);
}

function addNewForm(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const typed = res.locals.typed;
    const eventType = typeOf(req, typed);
    const template = eventTemplates[eventType];
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const { currency } = ctx.policies.company;
      const { paymentTermsDays } = ctx.policies;
      const offered = await choices(ctx, { timeZone: null, currency }, req.timeZone);
      const plant = found('plant', offered.plants[0]);
      const calendar = await calendarAt(ctx, plant.code);
      const terms = newTerms({ plant, template, calendar, currency, paymentTermsDays, now: ctx.now });
      return { ...offered, terms };
    });
    await web.showPage(res, 'sourcing/new', {
      ...model,
      ...rowsShown(req, typed, { lines: [], lots: [], offersLots: template.offersLots }),
      titleKey: 'sourcing.new',
      eventType,
      eventTypes: offeredEventTypes,
      template,
    });
  };
  router.get('/events/new', 'sourcing_event.manage', showNew);

  router.post('/events', 'sourcing_event.manage', async (req, res) => {
    req.body = tidyLines(req.body);
    if (comesBack(req)) return showAsTyped(web, { req, res, show: showNew });
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { hasLines: _, hasLots: __, next, ...event } = parseForm(newEventForm, req.body);
        const eventId = await web.runInTx(whoOf(req), (ctx) => createEvent(ctx, event));
        goTo = nextPage(eventId, next);
      },
      goTo: () => goTo,
      notice: 'sourcing.notice.created',
      orShow: showNew,
    });
  });
}

function addEditForm(router: PortalRouter, web: WebDeps): void {
  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      if (typed === undefined) assertIsDraft(event);
      const stored = await findStructure(ctx, eventId);
      return { ...(await choices(ctx, event, req.timeZone)), event, stored, terms: termFields(event) };
    });
    const { stored, ...shown } = model;
    const template = eventTemplates[model.event.eventType];
    const isStale = res.statusCode === 409;
    const rows = rowsShown(req, typed, {
      lines: stored.items.map(lineFields),
      lots: stored.lots,
      offersLots: template.offersLots,
    });
    await web.showPage(res, 'sourcing/edit', {
      ...shown,
      ...rows,
      title: `${model.event.reference} ${model.event.title}`,
      lines: stored.items.length <= MOST_LINES_IN_GRID ? rows.lines : null,
      template,
      isStale,
      storedLines: isStale ? stored.items : [],
      differences: isStale && typed !== undefined ? differingFields(model.terms, typed) : [],
    });
  };
  router.get('/events/:eventId/edit', 'sourcing_event.manage', showEdit);

  router.post('/events/:eventId/edit', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    req.body = tidyLines(req.body);
    if (comesBack(req)) return showAsTyped(web, { req, res, show: showEdit });
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const {
          hasLines,
          hasLots,
          next,
          eventType: _,
          items,
          lots,
          ...terms
        } = parseForm(reviseEventForm, req.body);
        const given = { items: hasLines === 'yes' ? items : null, lots: hasLots === 'yes' ? lots : null };
        await web.runInTx(whoOf(req), (ctx) => reviseEvent(ctx, { ...terms, ...given, eventId }));
        goTo = nextPage(eventId, next);
      },
      goTo: () => goTo,
      notice: 'sourcing.notice.saved',
      orShow: showEdit,
    });
  });
}

/** The rows of lines and lots: as they were typed, else as they are stored, and empty ones to go on with. */
function rowsShown(
  req: Request,
  typed: Typed | undefined,
  of: {
    lines: Parameters<typeof gridRows>[0];
    lots: Parameters<typeof lotRows>[0]['stored'];
    offersLots: boolean;
  },
) {
  const next = wantsMore(req);
  const lines = typed === undefined ? of.lines : typedLines(typed['lines']);
  const hasLots = typed === undefined ? of.lots.length > 0 : typed['hasLots'] === 'yes';
  const lots = lotRows(
    { typed: typed === undefined ? undefined : (typed['lots'] ?? []), stored: of.lots },
    { isOffered: of.offersLots, addsOne: next === 'add-lot' },
  );
  return {
    lines: gridRows(lines, next === 'add-line' ? 1 : 0),
    lots,
    showsLots: hasLots || of.offersLots || next === 'add-lot',
  };
}

const nextPage = (eventId: string, next: 'suppliers' | 'import' | 'save'): string =>
  `/events/${eventId}${{ suppliers: '/invitations', import: '/lines/import', save: '' }[next]}`;

async function showAsTyped(
  web: WebDeps,
  { req, res, show }: { req: Request; res: Response; show: (req: Request, res: Response) => Promise<void> },
): Promise<void> {
  const typed = req.body as Typed;
  const eventType = chosenType(wantsMore(req));
  const more =
    wantsMore(req) === 'propose-timetable'
      ? await web.runInTx(whoOf(req), (ctx) => proposedFields(ctx, { typed, eventType: typeOf(req, typed) }))
      : eventType === null
        ? {}
        : { eventType, ...templateFields(eventTemplates[eventType]) };
  res.locals.typed = { ...typed, ...more };
  return show(req, res);
}
