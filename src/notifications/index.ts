export { deliverNotification } from './delivery.service.ts';
export { type DirectMail, sendDirectMail } from './direct-mail.service.ts';
export { mailboxRoutes } from './mailbox.routes.ts';
export {
  companyName,
  type NotificationFact,
  type NotificationParams,
  type NotificationValue,
} from './notification.ts';
export { type MailWords, plainText } from './notification-mail.ts';
export { unreadCountSql } from './notifications.queries.ts';
export { notificationRoutes } from './notifications.routes.ts';
export { type Message, notify, passOnUnread, readAllNotifications } from './notifications.service.ts';
export { queueRoutes } from './queues.routes.ts';
