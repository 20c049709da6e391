import { MOST_ROWS_IN_A_FILE, wholeList } from '../kernel/page.ts';
import { dayIn } from '../kernel/time.ts';
import { asQuery, isFiltered } from '../platform/web/list-query.ts';
import { idParam, pageRequest, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findAwards } from './award-list.queries.ts';
import { awardsFile } from './award-list.report.ts';
import { showAwardPage } from './award-page.routes.ts';
import { approvalForm, awardsQuery, outcomeForm, returnForm } from './awards.forms.ts';
import { approveAward, findLatestAward, returnAward } from './awards.service.ts';
import { chooseOutcome } from './outcome.service.ts';

const LISTED_STATES = [
  'proposed',
  'pending_approval',
  'active',
  'notified',
  'standstill',
  'final',
  'returned',
  'cancelled',
] as const;

/** What was proposed and decided: the list, and the approver's page. */
export function awardsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/awards', 'award.read', async (req, res) => {
    const { q, ...filter } = awardsQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => findAwards(ctx, { ...filter, search: q }, request));
    await web.showPage(res, 'awards/awards', {
      titleKey: 'awards.list.title',
      page,
      filter: { ...filter, q },
      query: asQuery({ ...filter, q }, 'newest'),
      isFiltered: isFiltered({ ...filter, q }),
      states: LISTED_STATES,
      isFirst: request.after === null,
    });
  });

  router.get('/awards/export.csv', 'award.read', async (req, res) => {
    const { q, ...filter } = awardsQuery.parse(req.query);
    const { rows, day } = await web.runInTx(whoOf(req), async (ctx) => ({
      rows: wholeList(
        await findAwards(ctx, { ...filter, search: q }, { after: null, limit: MOST_ROWS_IN_A_FILE }),
      ),
      day: dayIn(ctx.now, req.timeZone),
    }));
    await web.sendCsv(res, awardsFile(rows, day));
  });

  // An event's pages link here without knowing which award is its latest.
  router.get('/events/:eventId/award', 'award.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const award = await web.runInTx(whoOf(req), (ctx) => findLatestAward(ctx, eventId));
    res.redirect(303, `/awards/${award.id}`);
  });

  const showAward = showAwardPage(web);
  router.get('/awards/:awardId', 'award.read', showAward);
  router.post('/awards/:awardId/approval', 'award.approve', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    let isLast = false;
    await web.submitForm(req, res, {
      async act() {
        const { comment } = parseForm(approvalForm, req.body);
        isLast = await web.runInTx(whoOf(req), (ctx) => approveAward(ctx, awardId, comment));
      },
      goTo: `/awards/${awardId}`,
      notice: () => (isLast ? 'awards.notice.approved' : 'awards.notice.agreed'),
      orShow: showAward,
    });
  });
  router.post('/awards/:awardId/outcome', 'award.plan', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      async act() {
        const { outcome } = parseForm(outcomeForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => chooseOutcome(ctx, { awardId, outcome }));
      },
      goTo: `/awards/${awardId}`,
      notice: 'agreements.of-award.notice',
      orShow: showAward,
    });
  });
  router.post('/awards/:awardId/return', 'award.approve', async (req, res) => {
    const awardId = idParam(req, 'awardId');
    await web.submitForm(req, res, {
      async act() {
        const { reason } = parseForm(returnForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => returnAward(ctx, awardId, reason));
      },
      goTo: `/awards/${awardId}`,
      notice: 'awards.notice.returned',
      orShow: showAward,
    });
  });

  return router;
}
