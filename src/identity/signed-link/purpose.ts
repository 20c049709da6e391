import type { Limit } from '../../kernel/limit.ts';

export const purposeNames = ['order', 'invitation', 'invoice', 'despatch', 'receipt'] as const;
export type PurposeName = (typeof purposeNames)[number];

/** What a link in a mail is for: which document, for how long, and which pages and acts it opens. */
export type Purpose = {
  readonly subjectType: string;
  /** The document's page; `:id` stands for the document. */
  readonly page: string;
  /** At most; an invitation's link ends with the closing. */
  readonly lastsDays: number;
  readonly permissions: readonly string[];
  /** Every route it opens, as the router knows them. A first `:…Id` that is not a file's is the document. */
  readonly routes: readonly string[];
  readonly acts: Limit['acts'];
};

const DOWNLOAD = 'GET /documents/:documentId/:fileName';
/** Asking and answering on the document; opening a dispute is for whoever signs in. */
const TALK = [
  'GET /messages/:subjectType/:subjectId',
  'GET /messages/:subjectType/:subjectId/summary',
  'POST /messages/:subjectType/:subjectId/reading',
  'POST /messages/:subjectType/:subjectId',
];
const TALKING = ['dispute.read', 'dispute.write'];
const TALKED = { 'message.written': 'free' } as const;

/** The one table of purposes. What no line names is not opened. */
export const purposes: Readonly<Record<PurposeName, Purpose>> = {
  order: {
    subjectType: 'purchase_order',
    page: '/orders/:id',
    lastsDays: 30,
    permissions: ['order.read', 'order.acknowledge', 'document.read', ...TALKING],
    routes: ['GET /orders/:orderId', 'POST /orders/:orderId/acknowledgement', DOWNLOAD, ...TALK],
    acts: { 'purchase_order.acknowledged': 'code', ...TALKED },
  },
  invitation: {
    subjectType: 'sourcing_event',
    page: '/bids/invitations/:id',
    lastsDays: 90,
    permissions: ['bid.own', 'document.read'],
    routes: [
      'GET /bids/invitations/:eventId',
      'POST /bids/invitations/:eventId/view',
      'POST /bids/invitations/:eventId/answer',
      DOWNLOAD,
    ],
    // To decline is for good: whom the mail was forwarded to must not be able to.
    acts: { 'invitation.viewed': 'free', 'invitation.accepted': 'free', 'invitation.declined': 'code' },
  },
  invoice: {
    subjectType: 'invoice',
    page: '/invoices/:id',
    lastsDays: 60,
    permissions: ['invoice.read', 'invoice.submit', ...TALKING],
    routes: [
      'GET /invoices/:invoiceId',
      'GET /invoices/:invoiceId/correction',
      'POST /invoices/:invoiceId/correction',
      ...TALK,
    ],
    acts: { 'invoice.corrected': 'code', ...TALKED },
  },
  despatch: {
    subjectType: 'despatch_advice',
    page: '/despatches/:id',
    lastsDays: 30,
    permissions: ['delivery.read', 'document.read', ...TALKING],
    routes: ['GET /despatches/:despatchId', DOWNLOAD, ...TALK],
    acts: TALKED,
  },
  receipt: {
    subjectType: 'goods_receipt',
    page: '/receipts/:id',
    lastsDays: 60,
    permissions: ['delivery.read', ...TALKING],
    routes: ['GET /receipts/:receiptId', ...TALK],
    acts: TALKED,
  },
};

/** The purpose of this name; null for a name that no release knows any more. */
export const purposeOf = (name: string): Purpose | null =>
  Object.entries(purposes).find(([known]) => known === name)?.[1] ?? null;

/** The page of the link's document. */
export const pageOf = (purpose: Purpose, subjectId: string): string => purpose.page.replace(':id', subjectId);

/** Where a request stands towards a purpose: of the link's own document, of another one, or of neither. */
export type Place = 'own' | 'other' | 'outside';

const ID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';

/** Compares letter by letter: what Express would match beyond this (capitals, a stroke at the end) stays closed. */
export function placeOf(purpose: Purpose, of: { subjectId: string; method: string; path: string }): Place {
  const method = of.method === 'HEAD' ? 'GET' : of.method;
  const matches = (id: string): boolean =>
    purpose.routes.some((route) => {
      const [verb, path = ''] = route.split(' ');
      const pattern = path
        .replaceAll('.', '\\.')
        .replace(':fileName', '[^/]+')
        .replace(':subjectType', purpose.subjectType)
        .replace(':documentId', ID)
        .replace(/:[A-Za-z]+Id/, id);
      return verb === method && new RegExp(`^${pattern}$`).test(of.path);
    });
  if (matches(of.subjectId)) return 'own';
  return matches(ID) ? 'other' : 'outside';
}
