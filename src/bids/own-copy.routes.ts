import type { Catalogue, Translate } from '../platform/i18n/catalogue.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { versionQuery } from './bids.forms.ts';
import { linesEnvelope } from './envelope-content.ts';
import { linesToShow } from './lines-to-show.ts';
import { getOwnCopy, type OwnCopyPage } from './own-copy.service.ts';

const WORDS = [
  'bids.units',
  'unit',
  'bids.line.no-bid',
  'sealing.own',
  'sealing.passphrase.wrong',
  'structure.bid.capacity-of',
  'structure.bid.at',
  'requirements.yes',
  'requirements.no',
];

/** A bid as its bidder's own key opens it, in the bidder's browser. */
export function addOwnCopyRoutes(router: PortalRouter, web: WebDeps, catalogue: Catalogue): void {
  router.get('/bids/:bidId/own-copy', 'bid.own', async (req, res) => {
    const bidId = idParam(req, 'bidId');
    const { version = null } = parseForm(versionQuery, req.query);
    const page = await web.runInTx(whoOf(req), (ctx) => getOwnCopy(ctx, { bidId, version }));
    await web.showPage(res, 'bids/own-copy', {
      titleKey: 'sealing.own.title',
      ...page,
      work: JSON.stringify(workOf(page, catalogue.translator(req.locale))),
      words: JSON.stringify(catalogue.textsUnder(req.locale, WORDS)),
    });
  });
}

/** All that the page's module works with; nothing of it is secret. */
const workOf = ({ bid, receipt, items, lots, wrappedKey }: OwnCopyPage, t: Translate): object => ({
  bidId: bid.id,
  version: receipt.version,
  envelopes: receipt.envelopes.map(({ envelope, recipient, contentSha256, sealedSha256 }) => ({
    envelope,
    recipient,
    contentSha256,
    sealedSha256,
  })),
  linesEnvelope: linesEnvelope(receipt.envelopes.map((one) => one.envelope)),
  ...linesToShow({ lots, items }, t),
  wrappedKey,
});
