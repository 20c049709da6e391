import type { Request, Response } from 'express';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { writeParams } from './notification.ts';
import { findMyNotifications, type NotificationRow } from './notifications.queries.ts';
import { readAllNotifications, readNotification } from './notifications.service.ts';

/** The list under the bell. */
export function notificationRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);

  const showList = async (req: Request, res: Response): Promise<void> => {
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) => findMyNotifications(ctx, request));
    await web.showPage(res, 'notifications/list', {
      titleKey: 'notifications.title',
      notifications: page.rows.map((row) => ({ ...row, ...wordsOf(catalogue, req, row) })),
      nextCursor: page.nextCursor,
      isFirst: request.after === null,
      query: {},
    });
  };

  router.get('/notifications', 'notification.read', showList);

  router.post('/notifications/reading', 'notification.read', (req, res) =>
    web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), readAllNotifications),
      goTo: '/notifications',
      notice: 'notifications.all-read',
      orShow: showList,
    }),
  );

  // Opening one is what reads it, so the way to its document is a form.
  router.post('/notifications/:notificationId/reading', 'notification.read', async (req, res) => {
    const id = idParam(req, 'notificationId');
    let link = '/notifications';
    await web.submitForm(req, res, {
      act: async () => {
        link = await web.runInTx(whoOf(req), (ctx) => readNotification(ctx, id));
      },
      goTo: () => link,
      orShow: showList,
    });
  });

  return router;
}

/** The mail's subject and heading; a template that a later release dropped still says that something happened. */
function wordsOf(
  catalogue: Catalogue,
  req: Request,
  row: NotificationRow,
): { subject: string; heading: string } {
  const t = catalogue.translator(req.locale);
  if (!catalogue.has(req.locale, `mail.${row.template}.subject`))
    return { subject: t('notifications.gone-template'), heading: '' };
  const params = writeParams(catalogue, req, row.params);
  return {
    subject: t(`mail.${row.template}.subject`, params),
    heading: t(`mail.${row.template}.heading`, params),
  };
}
