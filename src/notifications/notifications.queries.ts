import { isId } from '../kernel/id.ts';
import { type Page, type PageRequest, toPage } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import { named } from '../platform/db/statements.ts';
import type { Notification } from './notification.ts';

export type NotificationRow = Pick<Notification, 'id' | 'template' | 'params' | 'createdAt' | 'readAt'>;

/** The reader's own notifications: unread first, then newest first. */
export async function findMyNotifications(ctx: Ctx, page: PageRequest): Promise<Page<NotificationRow>> {
  const after = parseCursor(page.after);
  const rows = await named<NotificationRow>(ctx.tx, {
    name: 'notification.mine',
    text: `
      SELECT notification.id, notification.template, notification.params,
             notification.created_at AS "createdAt", notification.read_at AS "readAt"
        FROM notification
       WHERE notification.user_id = $1
         AND ($3::uuid IS NULL OR ((notification.read_at IS NULL), notification.id) < ($2::boolean, $3::uuid))
       ORDER BY (notification.read_at IS NULL) DESC, notification.id DESC
       LIMIT $4`,
    values: [ctx.actor.userId, after?.isUnread ?? null, after?.id ?? null, page.limit + 1],
  });
  return toPage(rows, page.limit, (row) => `${row.readAt === null ? 'unread' : 'read'}.${row.id}`);
}

/**
 * How many a user has not read, as SQL to be read with the user; at most 100, because the bell says `99+`.
 * A statement of its own would cost each page a round trip.
 */
export const unreadCountSql = (userId: string): string =>
  `(SELECT count(*) FROM (SELECT 1 FROM notification AS n WHERE n.user_id = ${userId} AND n.read_at IS NULL LIMIT 100) AS unread)`;

/** A cursor nobody made leads to the first page. */
function parseCursor(cursor: string | null): { isUnread: boolean; id: string } | null {
  const [state, id] = cursor?.split('.') ?? [];
  return (state === 'unread' || state === 'read') && isId(id) ? { isUnread: state === 'unread', id } : null;
}
