import type { DecimalString } from '../kernel/money.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  amountKey,
  currencyKey,
  findListPage,
  idKey,
  instantKey,
  partOf,
  type Sort,
} from '../platform/db/keyset.ts';
import { scopeConditions } from '../platform/db/scope.ts';
import type { SourcingEventState } from './sourcing-event.ts';

/** A line of the list of events. */
export type EventRow = {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: SourcingEventState;
  readonly categoryEn: string;
  readonly categoryZh: string;
  readonly closesAt: Date | null;
  readonly timeZone: string;
  readonly currency: string;
  readonly estimatedValue: DecimalString | null;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly lineCount: number;
  readonly invitationCount: number;
  /** Questions without an answer, while bids are taken. */
  readonly unansweredCount: number;
  readonly createdAt: Date;
};

export const eventSorts = ['newest', 'oldest', 'closing', 'closed', 'largest', 'smallest'] as const;
export type EventSort = (typeof eventSorts)[number];

/** What a list of events is asked for; `search` finds a part of the title or of the number. */
export type EventListFilter = {
  readonly search: string;
  readonly state: SourcingEventState | null;
  readonly category: string | null;
  readonly ownerId: string | null;
  readonly sort: EventSort;
};

const ID = idKey<EventRow>('event.id');
const CREATED = instantKey<EventRow>('event.created_at', (row) => row.createdAt);
const CLOSING = instantKey<EventRow>(
  `COALESCE(event.closes_at, 'infinity'::timestamptz)`,
  (row) => row.closesAt,
);
const CURRENCY = currencyKey<EventRow>('event.currency', (row) => row.currency);
const VALUE = amountKey<EventRow>('COALESCE(event.estimated_value, 0)', (row) => row.estimatedValue ?? '0');

/** Each is the order of an index, so that a deep page costs what the first one does. */
const SORTS: Readonly<Record<EventSort, Sort<EventRow>>> = {
  newest: { keys: [CREATED, ID], direction: 'DESC' },
  oldest: { keys: [CREATED, ID], direction: 'ASC' },
  closing: { keys: [CLOSING, ID], direction: 'ASC' },
  closed: { keys: [CLOSING, ID], direction: 'DESC' },
  largest: { keys: [CURRENCY, VALUE, ID], direction: 'DESC' },
  smallest: { keys: [CURRENCY, VALUE, ID], direction: 'ASC' },
};

const SELECT = `
  SELECT event.id, event.reference, event.title, event.state, category.name_en AS "categoryEn",
         category.name_zh AS "categoryZh", event.closes_at AS "closesAt", event.time_zone AS "timeZone",
         event.currency, event.estimated_value AS "estimatedValue", event.owner_id AS "ownerId",
         owner.name AS "ownerName",
         (SELECT count(*)::int FROM event_item WHERE event_item.event_id = event.id) AS "lineCount",
         (SELECT count(*)::int
            FROM invitation
           WHERE invitation.event_id = event.id
             AND invitation.state <> 'uninvited') AS "invitationCount",
         CASE WHEN event.state IN ('open', 'paused', 'amending')
              THEN (SELECT count(*)::int
                      FROM enquiry
                     WHERE enquiry.event_id = event.id
                       AND NOT EXISTS (SELECT FROM enquiry_response AS response
                                        WHERE response.enquiry_id = enquiry.id))
              ELSE 0 END AS "unansweredCount",
         event.created_at AS "createdAt"
    FROM sourcing_event AS event
    JOIN category ON category.code = event.category_code
    JOIN user_account AS owner ON owner.id = event.owner_id`;

/** One page of the events. @throws AppError `page.not-found` for a cursor that is not one of ours */
export const listEvents = (ctx: Ctx, filter: EventListFilter, page: PageRequest): Promise<Page<EventRow>> =>
  findListPage<EventRow>(ctx.tx, {
    name: 'sourcing-event.list',
    select: SELECT,
    conditions: [
      ...scopeConditions(ctx.actor, { plant: 'event.plant_code', category: 'event.category_code' }),
      { name: 'state', value: filter.state, sql: (at) => `event.state = ${at}` },
      { name: 'category', value: filter.category, sql: (at) => `event.category_code = ${at}` },
      { name: 'owner', value: filter.ownerId, sql: (at) => `event.owner_id = ${at}::uuid` },
      {
        name: 'search',
        value: partOf(filter.search),
        sql: (at) => `(event.title ILIKE ${at} OR event.reference ILIKE ${at})`,
      },
    ],
    sort: { ...SORTS[filter.sort], name: filter.sort },
    page,
  });
