import { pipeline } from 'node:stream/promises';
import type { Request } from 'express';
import type { Page, PageRequest } from '../kernel/page.ts';
import { dayIn } from '../kernel/time.ts';
import type { Catalogue, Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import type { ExportColumn, ExportRow } from '../platform/sheet/export.ts';
import { streamCsv } from '../platform/sheet/stream-csv.ts';
import { idParam, pageRequest } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { asFilter, askedTypes, asQuery, checkpointQuery, recordQuery } from './audit.forms.ts';
import * as audit from './audit.service.ts';
import { verifierKey } from './checkpoint.ts';
import { addPeople } from './person.routes.ts';
import type { RecordFilter, RecordRow } from './record.queries.ts';
import { subjectKinds } from './subject.ts';

const EXPORT_ROWS = 1000;
const EVENT_NAME = 'event-name.';

/** The auditor's pages: the record searched, one act proved, one person, the checkpoints. They change nothing. */
export function auditRoutes(web: WebDeps, { catalogue }: { catalogue: Catalogue }): PortalRouter {
  const router = makeRouter(web);
  addSearch(router, web, catalogue);
  addActs(router, web);
  addProofs(router, web);
  addPeople(router, web, catalogue);
  addCheckpoints(router, web);
  return router;
}

function addSearch(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const actions = catalogue
    .keys('en')
    .filter((key) => key.startsWith(EVENT_NAME))
    .map((key) => key.slice(EVENT_NAME.length))
    .sort();

  router.get('/audit', 'audit.read', async (req, res) => {
    const query = recordQuery.parse(req.query);
    const request = pageRequest(req);
    const page = await web.runInTx(whoOf(req), (ctx) =>
      audit.searchRecord(ctx, asFilter(query, req.timeZone), request),
    );
    await web.showPage(res, 'audit/search', {
      titleKey: 'audit.heading',
      rows: page.rows,
      nextCursor: page.nextCursor,
      isFirst: request.after === null,
      asked: query,
      query: asQuery(query),
      actions,
      types: askedTypes,
    });
  });

  router.get('/audit/export.csv', 'audit.read', async (req, res) => {
    const query = recordQuery.parse(req.query);
    const t = catalogue.translator(req.locale);
    const day = await web.runInTx(whoOf(req), async (ctx) => dayIn(ctx.now, req.timeZone));
    res.set({
      'Content-Type': 'text/csv; charset=utf-8',
      'Content-Disposition': `attachment; filename="record-${day}.csv"`,
      'Cache-Control': 'private, no-store',
    });
    const named = (key: string, fallback: string): string =>
      catalogue.has(req.locale, key) ? t(key) : fallback;
    const rows = exportRows(foundRows(web, req, asFilter(query, req.timeZone)), {
      action: (action) => named(`${EVENT_NAME}${action}`, action),
      state: (type, state) => (state === null ? null : named(`state.${type}.buyer.${state}`, state)),
      type: (type) => named(`audit.type.${type}`, type),
      at: (at) => formatFor(req.locale).instant(at, req.timeZone),
    });
    await pipeline(streamCsv(exportColumns(t), rows), res);
  });
}

function addActs(router: PortalRouter, web: WebDeps): void {
  router.get('/audit/events/:eventId', 'audit.read', async (req, res) => {
    const shown = await web.runInTx(whoOf(req), (ctx) => audit.getRecordedAct(ctx, idParam(req, 'eventId')));
    const kind = subjectKinds.find(({ type }) => type === shown.act.subjectType);
    const page = kind?.page ?? null;
    await web.showPage(res, 'audit/act', {
      titleKey: 'audit.act.heading',
      ...shown,
      subjectHref: page === null ? null : `${page}${shown.act.subjectId}`,
    });
  });
}

function addProofs(router: PortalRouter, web: WebDeps): void {
  router.get('/audit/events/:eventId/proof.json', 'audit.read', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    const proof = await web.runInTx(whoOf(req), (ctx) => audit.getProofFile(ctx, eventId));
    res
      .set({
        'Content-Disposition': `attachment; filename="proof-${eventId}.json"`,
        'Cache-Control': 'private, no-store',
      })
      .type('json')
      .send(`${JSON.stringify(proof, null, 2)}\n`);
  });
}

function addCheckpoints(router: PortalRouter, web: WebDeps): void {
  router.get('/audit/checkpoints', 'audit.read', async (req, res) => {
    const { note } = checkpointQuery.parse(req.query);
    const request = pageRequest(req);
    const shown = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await audit.listCheckpoints(ctx, request)),
      comparison: note === null ? null : await audit.compareCheckpoint(ctx, note),
      key: verifierKey(ctx.keyRing),
      now: ctx.now,
    }));
    await web.showPage(res, 'audit/checkpoints', {
      titleKey: 'audit.checkpoints.heading',
      ...shown,
      rows: shown.page.rows,
      nextCursor: shown.page.nextCursor,
      isFirst: request.after === null,
      query: {},
      note,
    });
  });

  router.get('/audit/checkpoints/:checkpointId', 'audit.read', async (req, res) => {
    const { note, treeSize } = await web.runInTx(whoOf(req), (ctx) =>
      audit.getCheckpointNote(ctx, idParam(req, 'checkpointId')),
    );
    res
      .set('Content-Disposition', `attachment; filename="checkpoint-${treeSize}.txt"`)
      .type('text')
      .send(note);
  });
}

/** All that a search finds, a page at a time: no transaction is open while a slow reader takes its time. */
async function* foundRows(web: WebDeps, req: Request, filter: RecordFilter): AsyncGenerator<RecordRow> {
  let after: string | null = null;
  do {
    const request: PageRequest = { after, limit: EXPORT_ROWS };
    const page: Page<RecordRow> = await web.runInTx(whoOf(req), (ctx) =>
      audit.searchRecord(ctx, filter, request),
    );
    yield* page.rows;
    after = page.nextCursor;
  } while (after !== null);
}

type Words = {
  action(action: string): string;
  state(type: string, state: string | null): string | null;
  type(type: string): string;
  at(at: Date): string;
};

const exportColumns = (t: Translate): ExportColumn[] =>
  [
    'position',
    'at',
    'at-utc',
    'person',
    'for',
    'act',
    'action',
    'kind',
    'reference',
    'supplier',
    'from',
    'to',
    'reason',
    'id',
  ].map((name) => ({
    heading: t(`audit.column.${name}`),
    kind: name === 'position' ? 'number' : 'text',
    width: 20,
  }));

async function* exportRows(rows: AsyncIterable<RecordRow>, words: Words): AsyncGenerator<ExportRow> {
  for await (const row of rows)
    yield [
      String(row.position),
      words.at(row.at),
      row.at.toISOString(),
      row.actorName,
      row.onBehalfOfName,
      words.action(row.action),
      row.action,
      words.type(row.subjectType),
      row.reference,
      row.supplierName,
      words.state(row.subjectType, row.fromState),
      words.state(row.subjectType, row.toState),
      row.reason,
      row.id,
    ];
}
