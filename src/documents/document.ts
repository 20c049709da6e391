import { type Actor, seesPrices } from '../kernel/actor.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';

export const documentLifecycle = defineLifecycle('document', 'checking', {
  checking: { clear: 'clean', quarantine: 'quarantined' },
  clean: { quarantine: 'quarantined' },
  quarantined: {},
});
export type DocumentState = (typeof documentLifecycle.states)[number];

/** Staff only; everybody who takes part in what it belongs to; or one supplier. */
export type Visibility = 'internal' | 'participants' | 'supplier';

/** What a file belongs to, e.g. `{ type: 'sourcing_event', id }`. */
export type Subject = { readonly type: string; readonly id: string };

/** A file: uploaded, or made by the portal (then `uploadedBy` is null). Never changed, only followed by a version. */
export type Document = {
  readonly id: string;
  readonly subject: Subject;
  /** `attachment`, `order-pdf`, `export` … */
  readonly kind: string;
  readonly version: number;
  readonly fileName: string;
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly storageKey: string;
  readonly visibility: Visibility;
  readonly supplierId: string | null;
  readonly state: DocumentState;
  readonly uploadedBy: string | null;
  readonly createdAt: Date;
};

/** Files of orders, bids and invoices say prices; those of deliveries and of work that was done do not. */
const UNPRICED: readonly string[] = ['despatch_advice', 'service_entry'];

/**
 * What is known of a reader before the document's own domain is asked: a supplier reads what is its own
 * and may read what is for participants; staff may read all, unless the domain objects.
 */
export function readingOf(actor: Actor, document: Document): 'yes' | 'no' | 'ask-domain' {
  if (actor.kind === 'system') return 'yes';
  if (actor.kind === 'staff') return 'ask-domain';
  if (actor.kind !== 'supplier' || actor.supplierId === null) return 'no';
  if (!seesPrices(actor) && !UNPRICED.includes(document.subject.type)) return 'no';
  if (document.visibility === 'participants') return 'ask-domain';
  return document.visibility === 'supplier' && document.supplierId === actor.supplierId ? 'yes' : 'no';
}

/** The kind of a supplier's own invoice document: whoever matches its figures sees it beside them. */
const SHOWN_BESIDE = 'supplier-invoice';
const VIEWED: readonly string[] = ['application/pdf', 'image/png', 'image/jpeg'];

/**
 * May it open in the page? A PDF that the portal made, and a supplier's invoice where it is a PDF or a picture: browsers
 * give their viewer of those no part of our origin.
 */
export const mayOpenInBrowser = (document: Pick<Document, 'uploadedBy' | 'mediaType' | 'kind'>): boolean =>
  (document.uploadedBy === null && document.mediaType === 'application/pdf') ||
  (document.kind === SHOWN_BESIDE && VIEWED.includes(document.mediaType));

const NAME_LENGTH = 150;

/**
 * A name that is safe to show and to save: no folders, no control characters, none that turn the reading
 * direction (`fdp.exe` written backwards), nothing a file system refuses. Null when nothing is left of it.
 */
export function cleanFileName(name: string): string | null {
  if (name.includes('\u0000')) return null;
  const bare = name
    .normalize('NFC')
    .replace(/^.*[/\\]/, '')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Co}]/gu, '')
    .replaceAll(/[<>:"|?*]/g, '_')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/^[ .]+|[ .]+$/g, '');
  const dot = bare.lastIndexOf('.');
  if (bare === '' || dot < 1) return null;
  const extension = bare.slice(dot);
  return `${Array.from(bare.slice(0, dot)).slice(0, NAME_LENGTH).join('')}${extension.slice(0, 10)}`;
}

/** The header that gives a download its name, in any script (RFC 6266, RFC 5987). */
export function contentDisposition(type: 'attachment' | 'inline', fileName: string): string {
  const ascii = fileName.replaceAll(/[^\x20-\x7e]|["%\\]/g, '_');
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `${type}; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
