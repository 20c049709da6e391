export { deliverNotification } from './delivery.service.ts';
export { mailboxRoutes } from './mailbox.routes.ts';
export type { NotificationFact, NotificationParams, NotificationValue } from './notification.ts';
export { countUnread } from './notifications.queries.ts';
export { bell, notificationRoutes } from './notifications.routes.ts';
export { type Message, notify, readAllNotifications } from './notifications.service.ts';
export { queueRoutes } from './queues.routes.ts';
