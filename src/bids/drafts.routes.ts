import type { Request, Response } from 'express';
import { acceptedExtensions } from '../documents/index.ts';
import type { AppError } from '../kernel/errors.ts';
import { writeRatio } from '../kernel/unit-conversion.ts';
import type { Catalogue, Translate } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';
import { messageOf } from '../platform/web/page-words.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { byLots } from '../sourcing/index.ts';
import { isReadableByServer, takesBids } from './bid.ts';
import { emptyLine } from './bid-draft.ts';
import { rulesOf } from './bid-rules.ts';
import { addSheetRoutes } from './bid-sheet.routes.ts';
import { draftForm, linesQuery } from './bids.forms.ts';
import type { ClosingChoice } from './closing-choice.ts';
import { findClosingChoice } from './closing-choices.service.ts';
import { addFileRoutes } from './draft-files.routes.ts';
import { type LinesAsked, linesShown } from './draft-lines.ts';
import { type DraftPage, getDraft, getOwnBid, saveDraft } from './drafts.service.ts';
import { ALTERNATES_AT_MOST } from './offer.ts';
import { unitsPerShown } from './priced-unit.ts';
import { unitChoices } from './unit-choices.ts';

const AFTER_SAVING = { edit: 'edit', review: 'submission', files: 'files', sheet: 'sheet' } as const;

type WithChoice = { readonly closingChoice: ClosingChoice | null };

/** Writing a bid: prices, files and the spreadsheet. */
export function addDraftRoutes(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const load = (req: Request): Promise<{ page: DraftPage & WithChoice; now: Date }> => {
    const bidId = idParam(req, 'bidId');
    return web.runInTx(whoOf(req), async (ctx) => ({
      page: { ...(await getDraft(ctx, bidId)), closingChoice: await findClosingChoice(ctx, bidId) },
      now: ctx.now,
    }));
  };
  const isSealedInBrowser = (req: Request): Promise<boolean> =>
    web.runInTx(whoOf(req), async (ctx) => !isReadableByServer(await getOwnBid(ctx, idParam(req, 'bidId'))));
  /** Shows a page of the draft while it can be written; after that, the bid as it stands. */
  const showDraft =
    (view: string, more: (page: DraftPage) => object = () => ({})) =>
    async (req: Request, res: Response): Promise<void> => {
      const { page, now } = await load(req);
      const refusal = res.locals['refusal'] as AppError | undefined;
      const isOver = !takesBids(page.event, now) || page.bid.state === 'invalid';
      if (refusal === undefined && isOver) return res.redirect(303, `/bids/${page.bid.id}`);
      await web.showPage(res, view, {
        titleKey: 'bids.edit.title',
        titleParams: { reference: page.bid.reference },
        ...page,
        now,
        ...shownOf(page, catalogue.translator(req.locale)),
        isOpen: takesBids(page.event, now),
        isConflict: refusal?.code === 'bid.changed-meanwhile',
        draftErrors: errorsOf(catalogue, req, page),
        accept: acceptedExtensions,
        ...more(page),
      });
    };

  const showEdit = async (req: Request, res: Response): Promise<void> => {
    if (res.locals['refusal'] === undefined && (await isSealedInBrowser(req)))
      return res.redirect(303, `/bids/${idParam(req, 'bidId')}/sealed-edit`);
    const typed = typedLinesOf(res);
    const asked = parseForm(linesQuery, typed === null ? req.query : res.locals['typed']);
    await showDraft('bids/edit', ({ lots, items, read }) => {
      const inOrder = byLots(lots, items).flatMap((group) => group.items);
      const shown = linesShown(inOrder, read, { asked, typed });
      const onPage = shown.places.flatMap((place) => inOrder[place] ?? []);
      return { shown, groups: byLots(lots, onPage).filter((group) => group.items.length > 0) };
    })(req, res);
  };
  router.get('/bids/:bidId/edit', 'bid.own', showEdit);

  router.post('/bids/:bidId/draft', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const save = async (): Promise<{ page: DraftPage; sent: readonly string[]; goTo: string }> => {
      const { next, q, page, only, shownPage, shownOnly, ...form } = parseForm(draftForm, req.body);
      const saved = await web.runInTx(whoOf(req), (ctx) => saveDraft(ctx, { bidId, ...form }));
      const lines = { q, only: only ?? shownOnly, page: page ?? (only === undefined ? shownPage : 1) };
      const goTo = `/bids/${bidId}/${AFTER_SAVING[next]}${next === 'edit' ? addressOf(lines) : ''}`;
      return { page: saved, sent: Object.keys(form.lines), goTo };
    };
    if (req.accepts(['html', 'json']) === 'json') {
      const { page, sent } = await save();
      res.json(autosaved(catalogue, req, { ...page, sent }));
      return;
    }
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        ({ goTo } = await save());
      },
      goTo: () => goTo,
      notice: 'bids.notice.saved',
      orShow: showEdit,
    });
  });

  addFileRoutes(router, web, { showDraft });
  addSheetRoutes(router, web, { catalogue, load, showDraft });
}

/** What the pages of a draft show of the event's structure. */
function shownOf(page: DraftPage, t: Translate): object {
  const { currencies, validUntilAtLeast } = rulesOf(page.event);
  return {
    currencies,
    validUntilAtLeast,
    mostAlternates: ALTERNATES_AT_MOST,
    unitChoices: unitChoices(t),
    unitsPerOf: new Map(
      page.items.map(({ id, unit }) => [id, unitsPerShown(page.draft.lines[id] ?? emptyLine, unit)]),
    ),
  };
}

/** What autosave answers: all that the page shows of it, in the reader's words. */
function autosaved(
  catalogue: Catalogue,
  req: Request,
  page: DraftPage & { sent: readonly string[] },
): object {
  const fmt = formatFor(req.locale);
  return {
    revision: page.revision,
    savedAt: fmt.instant(page.savedAt, req.timeZone),
    isUnsubmitted: page.isUnsubmitted,
    total: fmt.money(page.read.total, page.read.currency),
    /** The total as a plain number: what is typed meanwhile is added to it. */
    totalAmount: page.read.total,
    pricedCount: page.read.pricedCount,
    missingCount: page.read.missing.length,
    /** How many of the unit asked one of the bidder's is, by line, as the rules read it: of the lines that were sent. */
    ratios: Object.fromEntries(
      page.read.lines
        .filter(({ eventItemId }) => page.sent.includes(eventItemId))
        .map(({ eventItemId, pricedIn, priceBaseQuantity: to }) => [
          eventItemId,
          pricedIn === null ? '' : writeRatio({ from: pricedIn.unitQuantity, to }),
        ]),
    ),
    /** Questions whose answer, as it stands, excludes the bid. */
    knockOuts: page.responses.filter((one) => one.isKnockOut).map((one) => one.requirement.id),
    errors: errorsOf(catalogue, req, page),
  };
}

/** The lines that a refused form brought; null where none was. */
function typedLinesOf(res: Response): ReadonlySet<string> | null {
  const lines = (res.locals['typed'] as { lines?: unknown } | undefined)?.lines;
  return typeof lines === 'object' && lines !== null ? new Set(Object.keys(lines)) : null;
}

function addressOf({ q, only, page }: LinesAsked): string {
  const query = new URLSearchParams();
  if (q !== '') query.set('q', q);
  if (only !== 'all') query.set('only', only);
  if (page > 1) query.set('page', String(page));
  return query.size === 0 ? '' : `?${query.toString()}`;
}

const errorsOf = (catalogue: Catalogue, req: Request, page: DraftPage): Record<string, string> =>
  Object.fromEntries(page.read.errors.map((error) => [error.path, messageOf(catalogue, req.locale, error)]));
