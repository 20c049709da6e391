import type { Request, Response } from 'express';
import { found } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import type { KeptCalendar } from './calendar.ts';
import { writeDays } from './calendar-days.ts';
import { changeCalendarForm, newCalendarForm } from './calendars.forms.ts';
import { changeCalendar, createCalendar, listCalendars, setPlantsOf } from './calendars.service.ts';
import { listPlants } from './catalog.service.ts';

/** The calendars that working days are counted in. */
export function calendarRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/catalog/calendars', 'catalog.read', async (req, res) => {
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      calendars: await listCalendars(ctx),
      plants: await listPlants(ctx),
    }));
    await web.showPage(res, 'catalog/calendars', { titleKey: 'calendars.title', ...model });
  });

  const showForm = async (req: Request, res: Response, code: string | null): Promise<void> => {
    const { calendar, plants } = await web.runInTx(whoOf(req), async (ctx) => ({
      calendar: code === null ? null : await calendarOf(ctx, code),
      plants: await listPlants(ctx),
    }));
    await web.showPage(res, 'catalog/calendar', {
      titleKey: calendar === null ? 'calendars.new' : 'calendars.change',
      calendar,
      plants,
      days: calendar === null ? '' : writeDays(calendar.days),
      typed: res.locals.typed ?? null,
      isStale: res.statusCode === 409,
    });
  };
  const showNew = (req: Request, res: Response): Promise<void> => showForm(req, res, null);
  router.get('/catalog/calendars/new', 'calendar.manage', showNew);
  router.post('/catalog/calendars', 'calendar.manage', async (req, res) => {
    await web.submitForm(req, res, {
      act: async () => {
        const { plantCodes, ...calendar } = parseForm(newCalendarForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          await createCalendar(ctx, calendar);
          await setPlantsOf(ctx, { calendarCode: calendar.code, plantCodes });
        });
      },
      goTo: '/catalog/calendars',
      notice: 'calendars.notice.saved',
      orShow: showNew,
    });
  });

  const showChange = (req: Request, res: Response): Promise<void> => showForm(req, res, codeIn(req));
  router.get('/catalog/calendars/:calendarCode', 'calendar.manage', showChange);
  router.post('/catalog/calendars/:calendarCode', 'calendar.manage', async (req, res) => {
    const code = codeIn(req);
    await web.submitForm(req, res, {
      act: async () => {
        const { plantCodes, ...to } = parseForm(changeCalendarForm, req.body);
        await web.runInTx(whoOf(req), async (ctx) => {
          await changeCalendar(ctx, { ...to, code });
          await setPlantsOf(ctx, { calendarCode: code, plantCodes });
        });
      },
      goTo: '/catalog/calendars',
      notice: 'calendars.notice.saved',
      orShow: showChange,
    });
  });

  return router;
}

const codeIn = (req: Request): string => String(req.params['calendarCode']);

/** @throws AppError `calendar.not-found` */
const calendarOf = async (ctx: Ctx, code: string): Promise<KeptCalendar> =>
  found(
    'calendar',
    (await listCalendars(ctx)).find((one) => one.code === code),
  );
