import { acceptedExtensions } from '../documents/index.ts';
import { newId } from '../kernel/id.ts';
import { type Catalogue, locales, type Translate } from '../platform/i18n/catalogue.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { byLots, isKnockOut } from '../sourcing/index.ts';
import { takesBids } from './bid.ts';
import { emptyDraft } from './bid-draft.ts';
import { linesQuery } from './bids.forms.ts';
import { sheetKeyOf, writeBidSheet } from './bids.sheet.ts';
import { LINES_A_PAGE } from './draft-lines.ts';
import { getOwnBid } from './drafts.service.ts';
import { linesEnvelope } from './envelope-content.ts';
import { linesToShow } from './lines-to-show.ts';
import { ALTERNATES_AT_MOST } from './offer.ts';
import { sealedDraftForm, sealedSubmissionForm, wrappedKeyForm } from './sealed-bid.forms.ts';
import {
  addSealedFile,
  getLinesToSeal,
  getSealedDraft,
  keepWrappedKey,
  readSealedFile,
  type SealedDraftPage,
  saveSealedDraft,
  sealOnArrival,
  submitSealed,
} from './sealed-bids.service.ts';
import { sendFile } from './send-file.routes.ts';
import { unitChoices } from './unit-choices.ts';
import { readWholeDraft } from './whole-draft.ts';

const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
const UPLOAD = { files: 1, bytesPerFile: 26 * 1024 * 1024 };

// What the page may have to say, in the reader's language: of the rules that run there, and of saving.
const WORDS = [
  'rounds.kept',
  'errors.bid',
  'errors.response',
  'errors.document.too-many',
  'bids.units',
  'bids.lines',
  'bids.sheet',
  'bids.line.no',
  'bids.line.item',
  'documents.sheet',
  'errors.bid_sheet',
  'errors.sheet',
  'bids.saving.signed-out',
  'bids.submission.error-in-line',
  'unit',
  'requirements.yes',
  'requirements.no',
  'structure.bid.capacity-of',
  'structure.bid.at',
  'bids.line.no-bid',
  'bids.submission.lines-priced',
  'bids.submission.free-is-meant',
  'bids.submission.missing',
  'documents.remove',
  'sealing.edit',
  'sealing.passphrase',
];

/** A bid that is written and sealed in the bidder's browser: what comes here is ciphertext. */
export function addSealedBidRoutes(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  const showSealed: PageHandler = async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getSealedDraft(ctx, bidId));
    const isOpen = takesBids(page.event, page.now);
    if (!isOpen && res.locals['refusal'] === undefined) return res.redirect(303, `/bids/${bidId}`);
    await web.showPage(res, 'bids/sealed-edit', {
      titleKey: 'bids.edit.title',
      titleParams: { reference: page.bid.reference },
      ...page,
      ...emptyForm(page, 1),
      unitChoices: unitChoices(catalogue.translator(req.locale)),
      isOpen,
      work: JSON.stringify({
        ...workOf(page, catalogue.translator(req.locale)),
        sheet: sheetOf(catalogue, page),
      }),
      words: JSON.stringify(catalogue.textsUnder(req.locale, WORDS)),
    });
  };
  router.get('/bids/:bidId/sealed-edit', 'bid.own', showSealed);
  // What is asked of some lines, and nothing of what is offered.
  router.get('/bids/:bidId/sealed-lines', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const { page: number } = parseForm(linesQuery, req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getLinesToSeal(ctx, bidId));
    await web.showFragment(res, 'bids/_line-rows', {
      title: '',
      ...page,
      ...emptyForm({ ...page, requirements: [] }, number),
      base: `/bids/${bidId}`,
      messageAt: () => null,
      saved: () => null,
    });
  });
  // Empty: what is filled in is read in the browser again.
  router.get('/bids/:bidId/sealed-sheet.xlsx', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const page = await web.runInTx(whoOf(req), (ctx) => getSealedDraft(ctx, bidId));
    const empty = { ...page, draft: emptyDraft, read: { currency: currencyNamed(page) } };
    sendFile(res, `${page.bid.reference}.xlsx`, await writeBidSheet(catalogue, req, empty, page.now), XLSX);
  });
  router.post('/bids/:bidId/sealed-draft', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const revision = await web.runInTx(whoOf(req), async (ctx) => {
      await getOwnBid(ctx, bidId);
      return saveSealedDraft(ctx, { bidId, ...parseForm(sealedDraftForm, req.body) });
    });
    res.json({ revision });
  });
  router.post('/bids/:bidId/draft-key', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.runInTx(whoOf(req), async (ctx) => {
      await getOwnBid(ctx, bidId);
      await keepWrappedKey(ctx, { bidId, ...parseForm(wrappedKeyForm, req.body) });
    });
    res.json({});
  });
  router.upload('/bids/:bidId/sealed-files', 'bid.own', UPLOAD, async (req, res) => {
    const bidId = idParam(req, 'bidId');
    res.json({ fileId: await web.runInTx(whoOf(req), (ctx) => addSealedFile(ctx, bidId, req.uploads[0])) });
  });
  router.get('/bids/:bidId/sealed-files/:fileId', 'bid.own', async (req, res) => {
    const [bidId, fileId] = [idParam(req, 'bidId'), idParam(req, 'fileId')];
    const sealed = await web.runInTx(whoOf(req), (ctx) => readSealedFile(ctx, { bidId, fileId }));
    sendFile(res, 'sealed.age', sealed);
  });
  router.post('/bids/:bidId/sealed-submission', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const version = await web.runInTx(whoOf(req), async (ctx) => {
      await getOwnBid(ctx, bidId);
      return submitSealed(ctx, { bidId, ...parseForm(sealedSubmissionForm, req.body) });
    });
    res.json({ version });
  });
  router.post('/bids/:bidId/sealing-on-arrival', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    await web.submitForm(req, res, {
      act: () => web.runInTx(whoOf(req), (ctx) => sealOnArrival(ctx, bidId)),
      goTo: `/bids/${bidId}/edit`,
      notice: 'sealing.notice.on-arrival',
      orShow: showSealed,
    });
  });
}

/** The form as it is before the browser has opened the draft: what is asked, and nothing typed. */
function emptyForm(
  {
    event,
    items,
    lots,
    rules,
    requirements,
  }: Pick<SealedDraftPage, 'event' | 'items' | 'lots' | 'rules' | 'requirements'>,
  page: number,
): object {
  const inOrder = byLots(lots, items).flatMap((group) => group.items);
  const onPage = inOrder.slice((page - 1) * LINES_A_PAGE, page * LINES_A_PAGE);
  const whole = readWholeDraft(emptyDraft, { items: onPage, rules, requirements }, isKnockOut);
  return {
    ...whole,
    draft: emptyDraft,
    groups: byLots(lots, onPage).filter((group) => group.items.length > 0),
    priceCurrency: currencyNamed({ event, rules }),
    shown: { places: onPage, only: 'all', q: '', pageCount: 1 },
    linesEnvelope: linesEnvelope(event.envelopes),
    currencies: rules.currencies,
    validUntilAtLeast: rules.validUntilAtLeast,
    mostAlternates: ALTERNATES_AT_MOST,
    accept: acceptedExtensions,
    isConflict: false,
    isInBrowser: true,
    unitsPerOf: new Map(),
  };
}

/** A currency among several is chosen in the browser, and not named before. */
const currencyNamed = ({ event, rules }: Pick<SealedDraftPage, 'event' | 'rules'>): string =>
  rules.currencies.length > 1 ? '¤' : event.currency;

/** What a filled-in sheet is read by, in the browser. */
const sheetOf = (catalogue: Catalogue, page: SealedDraftPage): object => ({
  key: sheetKeyOf(page),
  currency: currencyNamed(page),
  words: locales.map((locale) => ({
    locale,
    texts: catalogue.textsUnder(locale, ['bids.sheet.column', 'bids.line.no-bid']),
  })),
});

/** All that the page's module works with; nothing of it is secret. */
const workOf = ({ bid, event, ...page }: SealedDraftPage, t: Translate): object => ({
  bidId: bid.id,
  reference: bid.reference,
  supplierId: bid.supplierId,
  version: bid.currentVersion + 1,
  eventId: event.id,
  eventSha256: page.eventSha256,
  envelopes: event.envelopes,
  linesEnvelope: linesEnvelope(event.envelopes),
  ...linesToShow(page, t),
  sellsIn: Object.fromEntries(page.items.map(({ id, sellsIn }) => [id, sellsIn])),
  rules: page.rules,
  requirements: page.requirements,
  keys: page.keys,
  revision: page.revision,
  sealedDraft: page.sealedDraft,
  wrappedKey: page.wrappedKey,
  mostFiles: page.mostFiles,
  fixedItemIds: [...page.fixedItemIds],
  earlier: page.earlier,
  idempotencyKey: newId(),
});
