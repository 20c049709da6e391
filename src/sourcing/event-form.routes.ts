import type { Request, Response } from 'express';
import { calendarAt, listCategories, listPlants } from '../catalog/index.ts';
import { found } from '../kernel/errors.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { differences, gridRows, lineFields, newTerms, termFields, typedLines } from './event-form.ts';
import { eventTemplates } from './event-template.ts';
import { offeredCurrencies, offeredTimeZones } from './offered.ts';
import { newEventForm, reviseEventForm, tidyLines } from './sourcing.forms.ts';
import { createEvent, findEvent, findEventItems, reviseEvent } from './sourcing.service.ts';
import { assertIsDraft } from './sourcing-event.ts';

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
    incoterms,
    units: offeredUnits,
    currencies: [...new Set([...(chosen.currency === null ? [] : [chosen.currency]), ...offeredCurrencies])],
    timeZones: [...new Set([...(chosen.timeZone === null ? [] : [chosen.timeZone]), ...zones])],
  };
}

/** Without JavaScript, a row is added by sending the form: it comes back as it was typed, with one row more. */
const asksForRow = (req: Request): boolean =>
  (req.body as { next?: unknown } | undefined)?.next === 'add-line';

/** Creating an event, and changing it while it is a draft. */
export function addEventForms(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const typed = res.locals.typed?.['lines'];
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const offered = await choices(
        ctx,
        { timeZone: null, currency: ctx.policies.company.currency },
        req.timeZone,
      );
      const plant = found('plant', offered.plants[0]);
      const { currency } = ctx.policies.company;
      const { paymentTermsDays } = ctx.policies;
      const calendar = await calendarAt(ctx, plant.code);
      const template = eventTemplates.rfq;
      return {
        ...offered,
        terms: newTerms({ plant, template, calendar, currency, paymentTermsDays, now: ctx.now }),
      };
    });
    const lines = gridRows(typedLines(typed), asksForRow(req) ? 1 : 0);
    await web.showPage(res, 'sourcing/new', { ...model, titleKey: 'sourcing.new', lines });
  };
  router.get('/events/new', 'sourcing_event.manage', showNew);

  router.post('/events', 'sourcing_event.manage', async (req, res) => {
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showNew);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { lines: items, hasLines: _, next, ...terms } = parseForm(newEventForm, req.body);
        const eventId = await web.runInTx(whoOf(req), (ctx) => createEvent(ctx, { ...terms, items }));
        goTo = nextPage(eventId, next);
      },
      goTo: () => goTo,
      notice: 'sourcing.notice.created',
      orShow: showNew,
    });
  });

  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const typed = res.locals.typed;
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const event = await findEvent(ctx, eventId);
      if (typed === undefined) assertIsDraft(event);
      const items = await findEventItems(ctx, eventId);
      return { ...(await choices(ctx, event, req.timeZone)), event, items, terms: termFields(event) };
    });
    const isInGrid = model.items.length <= MOST_LINES_IN_GRID;
    const shown = typed === undefined ? model.items.map(lineFields) : typedLines(typed['lines']);
    const isStale = res.statusCode === 409;
    await web.showPage(res, 'sourcing/edit', {
      ...model,
      title: `${model.event.reference} ${model.event.title}`,
      lines: isInGrid ? gridRows(shown, asksForRow(req) ? 1 : 0) : null,
      isStale,
      storedLines: isStale ? model.items : [],
      differences: isStale && typed !== undefined ? differences(model.terms, typed) : [],
    });
  };
  router.get('/events/:eventId/edit', 'sourcing_event.manage', showEdit);

  router.post('/events/:eventId/edit', 'sourcing_event.manage', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showEdit);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { lines, hasLines, next, ...terms } = parseForm(reviseEventForm, req.body);
        const items = hasLines === 'yes' ? lines : null;
        await web.runInTx(whoOf(req), (ctx) => reviseEvent(ctx, { ...terms, eventId, items }));
        goTo = nextPage(eventId, next);
      },
      goTo: () => goTo,
      notice: 'sourcing.notice.saved',
      orShow: showEdit,
    });
  });
}

const nextPage = (eventId: string, next: 'suppliers' | 'import' | 'save'): string =>
  `/events/${eventId}${{ suppliers: '/invitations', import: '/lines/import', save: '' }[next]}`;

function showAsTyped(
  req: Request,
  res: Response,
  show: (req: Request, res: Response) => Promise<void>,
): Promise<void> {
  res.locals.typed = req.body as Record<string, unknown>;
  return show(req, res);
}
