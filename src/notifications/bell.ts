import type { RequestHandler } from 'express';
import type { Database } from '../platform/db/database.ts';
import { countUnread } from './notifications.queries.ts';

/** Counts for the bell at the top of each page; pieces of pages and acts have none. */
export const bell =
  (db: Database): RequestHandler =>
  async (req, res, next) => {
    const { userId } = req.actor;
    if (userId !== null && req.method === 'GET' && req.get('hx-request') === undefined)
      res.locals['unreadCount'] = await countUnread(db, userId);
    next();
  };
