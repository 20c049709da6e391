import type { Request, Response } from 'express';
import type { ScheduledJob } from '../platform/queue/job.ts';
import type { Queues } from '../platform/queue/queues.ts';
import { parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { retryForm } from './queues.forms.ts';
import { queueOverview } from './queues.queries.ts';
import { retryAllJobs, retryJob } from './queues.service.ts';

/** What runs without a click, for the one who looks after it. */
export function queueRoutes(
  web: WebDeps,
  { queues, scheduledJobs }: { queues: Queues; scheduledJobs: readonly ScheduledJob[] },
): PortalRouter {
  const router = makeRouter(web);

  const showQueues = async (req: Request, res: Response): Promise<void> => {
    const overview = await web.runInTx(whoOf(req), (ctx) => queueOverview(ctx, queues, scheduledJobs));
    await web.showPage(res, 'administration/queues', { titleKey: 'queues.title', ...overview });
  };

  router.get('/administration/queues', 'queues.see', showQueues);

  router.post('/administration/queues/retry', 'queues.retry', (req, res) =>
    web.submitForm(req, res, {
      act: () => {
        const of = parseForm(retryForm, req.body);
        return web.runInTx(whoOf(req), (ctx) => retryJob(ctx, queues, of));
      },
      goTo: '/administration/queues',
      notice: 'queues.notice.retried',
      orShow: showQueues,
    }),
  );

  router.post('/administration/queues/retry-all', 'queues.retry', (req, res) =>
    web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => retryAllJobs(ctx, queues)),
      goTo: '/administration/queues',
      notice: 'queues.notice.all-retried',
      orShow: showQueues,
    }),
  );

  return router;
}
