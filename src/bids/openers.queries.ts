import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import { rowsOf } from '../platform/db/statements.ts';
import { findCurrentKey } from './opener.store.ts';

type EventToOpen = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly closedAt: Date | null;
  readonly count: number;
};

/** What waits for a buyer or bid opener: events that the house opens, parts that are asked of it, a key to be made. */
export async function waitingForOpener(ctx: Ctx): Promise<WaitingItem[]> {
  const { userId, onBehalfOf, roles } = ctx.actor;
  const house = toItem('waiting.bids.openings', '/events?state=closed', await findOpenedByHouse(ctx, userId));
  // Nobody has another person's passphrase: a deputy gives no part and makes no key.
  if (userId === null || onBehalfOf !== undefined) return house;
  const parts = toItem('waiting.bids.parts', '/events?state=closed', await findPartsAsked(ctx, userId));
  const lacksKey = roles.includes('bid_opener') && (await findCurrentKey(ctx.tx, userId)) === undefined;
  const key = { key: 'waiting.bids.opener-key', count: 1, href: '/opener-key', urgent: false, items: [] };
  return [...parts, ...house, ...(lacksKey ? [key] : [])];
}

/** Closed events of others without openers of their own; one that nobody bid for is the house's to end, whoever was appointed. */
const findOpenedByHouse = (ctx: Ctx, userId: string | null): Promise<EventToOpen[]> =>
  rowsOf<EventToOpen>(
    ctx.tx,
    `SELECT event.id, event.reference, event.title, event.closed_at AS "closedAt", count(*) OVER () AS count
       FROM sourcing_event AS event
      WHERE event.state = 'closed'
        AND (event.opener_threshold IS NULL AND event.owner_id IS DISTINCT FROM ?
             OR NOT EXISTS (SELECT FROM bid
                             WHERE bid.event_id = event.id
                               AND bid.round = event.round
                               AND bid.state IN ('submitted', 'sealed')))
      ORDER BY event.closed_at, event.id
      LIMIT 5`,
    [userId],
  );

/**
 * Events whose opening waits for this person's part, or where one of its shares did not fit: the time of opening has
 * come, and there is a bid to open or one that stayed shut. The page of the opening asks the same (`getProgress`).
 */
const findPartsAsked = (ctx: Ctx, userId: string): Promise<EventToOpen[]> =>
  rowsOf<EventToOpen>(
    ctx.tx,
    `SELECT event.id, event.reference, event.title, event.closed_at AS "closedAt", count(*) OVER () AS count
       FROM event_opener AS opener
       JOIN sourcing_event AS event ON event.id = opener.event_id
      WHERE opener.user_id = ?
        AND event.state IN ('closed', 'opening', 'evaluation')
        AND greatest(event.closes_at, event.opening_not_before) <= ?
        AND EXISTS (
          SELECT FROM bid
           WHERE bid.event_id = event.id
             AND bid.round = event.round
             AND (event.state = 'closed' AND bid.state IN ('submitted', 'sealed')
                  OR event.state = 'opening'
                     AND bid.state IN ('sealed', 'opened')
                     AND NOT EXISTS (SELECT FROM opening
                                      WHERE opening.event_id = event.id
                                        AND opening.round = event.round
                                        AND opening.opened_at IS NOT NULL
                                        AND opening.concluded_at IS NULL)
                  OR event.state <> 'closed'
                     AND bid.state = 'opened'
                     AND EXISTS (SELECT FROM opened_envelope AS shut
                                  WHERE shut.bid_id = bid.id AND shut.fault = 'too-few-shares')))
        AND NOT EXISTS (
          SELECT FROM opener_part AS part
           WHERE part.opener_id = opener.user_id
             AND part.wrong = '{}'
             AND part.opening_id = (SELECT latest.id
                                      FROM opening AS latest
                                     WHERE latest.event_id = event.id
                                       AND latest.round = event.round
                                       AND (latest.concluded_at IS NULL OR event.state = 'evaluation')
                                     ORDER BY latest.started_at DESC
                                     LIMIT 1))
      ORDER BY event.closed_at, event.id
      LIMIT 5`,
    [userId, ctx.now],
  );

const toItem = (key: string, href: string, rows: readonly EventToOpen[]): WaitingItem[] =>
  rows[0] === undefined
    ? []
    : [
        {
          key,
          count: rows[0].count,
          href,
          urgent: true,
          items: rows.map((row) => ({
            label: `${row.reference} · ${row.title}`,
            href: `/events/${row.id}/opening`,
            dueAt: row.closedAt,
          })),
        },
      ];
