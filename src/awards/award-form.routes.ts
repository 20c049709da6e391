import type { Request, Response } from 'express';
import { minorUnits } from '../kernel/money.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type AwardForm, getAwardForm } from './award-form.service.ts';
import { formFor, splitRow, type TypedRow } from './award-form.ts';
import { proposalForm, proposalOf, rowsOfTyped, splitOf, startQuery } from './awards.forms.ts';
import { proposeAward } from './awards.service.ts';
import { saveScenario } from './scenarios.service.ts';
import { sharesAsQuantities } from './share.ts';

/** The buyer's form: who gets what of each line. */
export function awardFormRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  const showForm = async (req: Request, res: Response) => {
    const eventId = idParam(req, 'eventId');
    const { start, scenario } = parseForm(startQuery, req.query);
    const form = await web.runInTx(whoOf(req), (ctx) =>
      getAwardForm(ctx, { eventId, start: start ?? null, scenarioId: scenario ?? null }),
    );
    const typed = req.method === 'POST' ? rowsOfTyped(req.body) : null;
    const split = splitOf(req.body);
    const rows =
      typed === null
        ? form.rows
        : split === null
          ? recalculated(req, typed, form.asked)
          : splitRow(typed, split);
    // What was typed stays, also when a line was only split.
    if (typed !== null) res.locals.typed ??= req.body;
    await web.showPage(res, 'awards/award-form', {
      titleKey: 'awards.form.page-title',
      titleParams: { reference: form.event.reference },
      ...form,
      ...formFor({ ...form, currency: form.event.currency, rows }),
      lineCount: form.asked.length,
      minorUnits: minorUnits(form.event.currency),
    });
  };
  router.get('/events/:eventId/award/new', 'award.propose', showForm);
  router.postChecked('/events/:eventId/award', 'award.propose', async (req, res, prove) => {
    const eventId = idParam(req, 'eventId');
    // Without JavaScript a line is split, and the totals are made new, by the server: nothing is proposed yet.
    if (splitOf(req.body) !== null || isRecalculation(req)) return showForm(req, res);
    let awardId = '';
    await web.submitForm(req, res, {
      async act() {
        const proposal = proposalOf(parseForm(proposalForm, req.body));
        await web.runInTx(whoOf(req), async (ctx) => {
          awardId = await proposeAward(ctx, { eventId, ...proposal });
          prove();
        });
      },
      goTo: () => `/awards/${awardId}`,
      notice: 'awards.notice.proposed',
      orShow: showForm,
    });
  });

  // What is typed, kept to be compared: nothing of it is proposed, and no reason is asked for yet.
  router.post('/events/:eventId/award/scenario', 'award.plan', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    await web.submitForm(req, res, {
      async act() {
        const typed = parseForm(proposalForm, req.body);
        const { lines } = proposalOf(typed);
        const by = { supplierId: null, maxSuppliers: null, maxSharePercent: null };
        await web.runInTx(whoOf(req), (ctx) =>
          saveScenario(ctx, { eventId, name: typed.name, method: 'by-hand', choices: lines, ...by }),
        );
      },
      goTo: `/events/${eventId}/scenarios`,
      notice: 'scenarios.notice.saved',
      orShow: showForm,
    });
  });

  return router;
}

/** Whoever asks for the totals sees what its shares come to; whoever was refused sees what it typed. */
const recalculated = (
  req: Request,
  typed: readonly TypedRow[],
  asked: AwardForm['asked'],
): readonly TypedRow[] => (isRecalculation(req) ? sharesAsQuantities(typed, asked) : typed);
const isRecalculation = (req: Request): boolean => Object.hasOwn(req.body ?? {}, 'recalculate');
