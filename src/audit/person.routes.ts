import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import type { PageRequest } from '../kernel/page.ts';
import type { Catalogue, Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { asPersonQuery, asQuestion, personQuery } from './audit.forms.ts';
import { pageKeyOf } from './page-view.ts';
import { askPerson, getPerson, type PersonAnswer, type PersonEntry } from './person.service.ts';
import { subjectKinds } from './subject.ts';

const EXPORT_ROWS = 1000;

/** What one person saw and did, as a page and as a file. */
export function addPeople(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  router.get('/audit/people/:userId', 'audit.read', async (req, res) => {
    const userId = idParam(req, 'userId');
    const asked = personQuery.parse(req.query);
    const request = pageRequest(req);
    const shown = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getPerson(ctx, userId)),
      ...(await askPerson(ctx, userId, asQuestion(asked, req.timeZone), request)),
    }));
    await web.showPage(res, 'audit/person', {
      title: shown.person.name,
      person: shown.person,
      events: shown.events,
      event: shown.event,
      rows: shown.page.rows.map((row) => ({ ...row, ...placeOf(row) })),
      nextCursor: shown.page.nextCursor,
      isFirst: request.after === null,
      asked,
      query: asPersonQuery(asked),
    });
  });

  router.get('/audit/people/:userId/export.csv', 'audit.read', async (req, res) => {
    const userId = idParam(req, 'userId');
    const t = catalogue.translator(req.locale);
    const named = (key: string, fallback: string): string =>
      catalogue.has(req.locale, key) ? t(key) : fallback;
    await web.runInTx(whoOf(req), (ctx) => getPerson(ctx, userId));
    res.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="seen-and-done-${userId}.csv"`,
      'Cache-Control': 'private, no-store',
    });
    const at = (instant: Date): string => formatFor(req.locale).instant(instant, req.timeZone);
    await pipeline(streamCsv(columns(t), asRows(foundEntries(web, req, userId), { named, at, t })), res);
  });
}

/** The page's name in the catalogue, and where its subject can be seen. */
const placeOf = (row: PersonEntry) => ({
  pageKey: row.kind === 'view' ? pageKeyOf(row.route) : null,
  subjectHref: hrefOf(row.subjectType, row.subjectId),
});

const hrefOf = (type: string | null, id: string | null): string | null => {
  const page = subjectKinds.find((kind) => kind.type === type)?.page ?? null;
  return page === null || id === null ? null : `${page}${id}`;
};

/** All that is found, a page at a time: no transaction is open while a slow reader takes its time. */
async function* foundEntries(web: WebDeps, req: Request, userId: string): AsyncGenerator<PersonEntry> {
  const question = asQuestion(personQuery.parse(req.query), req.timeZone);
  let after: string | null = null;
  do {
    const request: PageRequest = { after, limit: EXPORT_ROWS };
    const { page }: PersonAnswer = await web.runInTx(whoOf(req), (ctx) =>
      askPerson(ctx, userId, question, request),
    );
    yield* page.rows;
    after = page.nextCursor;
  } while (after !== null);
}

const columns = (t: Translate): ExportColumn[] =>
  [
    'at',
    'at-utc',
    'seen-or-done',
    'act',
    'action',
    'kind',
    'reference',
    'for',
    'supplier',
    'from',
    'to',
    'reason',
    'session',
    'request',
    'id',
  ].map((name) => ({ heading: t(`audit.column.${name}`), kind: 'text', width: 20 }));

type Words = {
  named(key: string, fallback: string): string;
  at(at: Date): string;
  readonly t: Translate;
};

async function* asRows(entries: AsyncIterable<PersonEntry>, words: Words): AsyncGenerator<ExportRow> {
  const { named, at, t } = words;
  for await (const row of entries) {
    const about = row.subjectType === null ? null : named(`audit.type.${row.subjectType}`, row.subjectType);
    const state = (name: string | null): string | null =>
      name === null ? null : named(`state.${row.subjectType}.buyer.${name}`, name);
    const when = [at(row.at), row.at.toISOString(), t(`audit.person.${row.kind}`)];
    yield row.kind === 'act'
      ? [
          ...when,
          named(`event-name.${row.action}`, row.action),
          row.action,
          about,
          row.reference,
          row.onBehalfOfName,
          row.supplierName,
          state(row.fromState),
          state(row.toState),
          row.reason,
          null,
          row.requestId,
          row.id,
        ]
      : [
          ...when,
          named(pageKeyOf(row.route), row.route),
          row.route,
          about,
          row.reference,
          null,
          null,
          null,
          null,
          null,
          row.session,
          row.requestId,
          row.subjectId,
        ];
  }
}
