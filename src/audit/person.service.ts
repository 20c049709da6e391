import { found } from '../kernel/errors.ts';
import { isId } from '../kernel/id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import type { Ctx } from '../platform/db/context.ts';
import {
  type AskedEvent,
  findAskedEvent,
  findEventsOfPerson,
  findRecordedPerson,
  findSeen,
  type RecordedPerson,
  type SeenRow,
  type ViewPlace,
} from './person.queries.ts';
import { anyAct, findActs, idsOfEvent, type RecordRow } from './record.queries.ts';

/** One thing that a person did or was shown. */
export type PersonEntry = ({ readonly kind: 'act' } & RecordRow) | ({ readonly kind: 'view' } & SeenRow);

/** What is asked about a person; with `before`, only until the bids of that sourcing event were opened. */
export type PersonQuestion = {
  readonly from: Date | null;
  readonly to: Date | null;
  /** The number of a sourcing event. */
  readonly before: string | null;
  /** Of that event alone, or of anything at that time. */
  readonly scope: 'event' | 'all';
  readonly show: 'all' | 'acts' | 'views';
};

export type PersonAnswer = {
  /** The event of `before`; null when none was named, or there is none of this number. */
  readonly event: AskedEvent | null;
  readonly page: Page<PersonEntry>;
};

/** The person, and the sourcing events it had to do with. @throws AppError `user.not-found` */
export async function getPerson(
  ctx: Ctx,
  userId: string,
): Promise<{ person: RecordedPerson; events: AskedEvent[] }> {
  const person = found('user', await findRecordedPerson(ctx.tx, userId));
  return { person, events: await findEventsOfPerson(ctx.tx, userId) };
}

/**
 * What a person saw and did, the newest first, acts and views in one order of time. A number that names no event
 * finds nothing: a question that cannot be understood must not look answered.
 */
export async function askPerson(
  ctx: Ctx,
  userId: string,
  question: PersonQuestion,
  request: PageRequest,
): Promise<PersonAnswer> {
  const event = question.before === null ? null : ((await findAskedEvent(ctx.tx, question.before)) ?? null);
  if (question.before !== null && event === null) return { event, page: { rows: [], nextCursor: null } };
  const { from } = question;
  const to = earlier(question.to, event?.openedAt ?? null);
  const aboutEventId = event !== null && question.scope === 'event' ? event.id : null;
  const after = readCursor(request.after);
  const limit = request.limit + 1;
  const done =
    question.show === 'views'
      ? []
      : await findActs(
          ctx.tx,
          { ...anyAct, personId: userId, from, to, aboutEventId },
          { after: after.position, limit },
        );
  const subjectIds = aboutEventId === null ? null : await idsOfEvent(ctx.tx, aboutEventId);
  const seen =
    question.show === 'acts'
      ? []
      : await findSeen(ctx.tx, { userId, from, to, subjectIds }, { after: after.view, limit });
  return { event, page: cut(inOrder(done, seen), request.limit, after) };
}

const earlier = (a: Date | null, b: Date | null): Date | null =>
  a === null || (b !== null && b < a) ? b : a;

/** Two lists, each the newest first, as one. Each goes on by its own key, so that none is ever sorted as a whole. */
function inOrder(done: readonly RecordRow[], seen: readonly SeenRow[]): PersonEntry[] {
  const entries: PersonEntry[] = [];
  let [act, view] = [0, 0];
  while (act < done.length || view < seen.length) {
    const [nextAct, nextView] = [done[act], seen[view]];
    if (nextAct !== undefined && (nextView === undefined || nextAct.at > nextView.at)) {
      entries.push({ kind: 'act', ...nextAct });
      act += 1;
    } else if (nextView !== undefined) {
      entries.push({ kind: 'view', ...nextView });
      view += 1;
    }
  }
  return entries;
}

type Cursor = { readonly position: number | null; readonly view: ViewPlace | null };

function cut(entries: readonly PersonEntry[], limit: number, from: Cursor): Page<PersonEntry> {
  const rows = entries.slice(0, limit);
  if (entries.length <= limit) return { rows, nextCursor: null };
  const lastAct = rows.findLast((row) => row.kind === 'act');
  const lastView = rows.findLast((row) => row.kind === 'view');
  return {
    rows,
    nextCursor: writeCursor({ position: lastAct?.position ?? from.position, view: lastView ?? from.view }),
  };
}

const writeCursor = ({ position, view }: Cursor): string =>
  [position ?? '', view === null ? '' : `${view.at.getTime()}_${view.batchId}_${view.lineNo}`].join('.');

/** A cursor that cannot be read begins at the beginning. */
function readCursor(after: string | null): Cursor {
  const [, position, atMs, batchId, lineNo] =
    /^(\d{1,15})?[.](?:(\d{1,15})_([0-9a-f-]{36})_(\d{1,9}))?$/.exec(after ?? '') ?? [];
  return {
    position: position === undefined ? null : Number(position),
    view:
      atMs === undefined || !isId(batchId)
        ? null
        : { at: new Date(Number(atMs)), batchId, lineNo: Number(lineNo) },
  };
}
