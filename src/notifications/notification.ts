import type { LinkWanted } from '../identity/index.ts';
import { defineLifecycle } from '../kernel/lifecycle.ts';
import type { Catalogue, Locale, Params } from '../platform/i18n/catalogue.ts';
import { formatFor } from '../platform/i18n/format.ts';

/** `failed` says that the last try to mail it failed; the queue may try again. */
export const notificationLifecycle = defineLifecycle('notification', 'queued', {
  queued: { send: 'sent', fail: 'failed' },
  failed: { send: 'sent', fail: 'failed' },
  sent: {},
});
export type NotificationState = (typeof notificationLifecycle.states)[number];

/**
 * What a text's placeholder is filled with: as it is, or as each recipient writes it. An instant is shown in
 * the recipient's zone, and first in `timeZone` where a document has one of its own; `key` is a text of the
 * catalogue, e.g. a state's label.
 */
export type NotificationValue =
  | string
  | number
  | { readonly amount: string; readonly currency: string }
  | { readonly quantity: string; readonly unit: string }
  | { readonly instant: Date | string; readonly timeZone?: string }
  | { readonly day: string }
  | { readonly month: string }
  | { readonly key: string }
  | { readonly texts: Readonly<Record<Locale, string>> };
export type NotificationParams = Readonly<Record<string, NotificationValue>>;

/** The company's name, for each reader in their language. */
export const companyName = (company: { name: string; nameLocal: string }): NotificationValue => ({
  texts: { en: company.name, 'zh-CN': company.nameLocal },
});

/** A line of the small table in the mail; `label` is a key of the catalogue. */
export type NotificationFact = { readonly label: string; readonly value: NotificationValue };

/** What a mail's signed link is for, as it is stored; the link itself is made when the mail goes out. */
export type LinkToDocument = Omit<LinkWanted, 'endsAt'> & { readonly endsAt: Date | string | null };

export type Notification = {
  readonly id: string;
  readonly eventId: string;
  readonly userId: string;
  /** Its texts stand at `mail.<template>.subject`, `.heading`, `.body` and `.action`. */
  readonly template: string;
  readonly params: NotificationParams;
  readonly facts: readonly NotificationFact[];
  /** A path of ours. */
  readonly link: string;
  readonly hasSignInLink: boolean;
  /** The document that the mail's signed link opens for a supplier's user. */
  readonly signedLink: LinkToDocument | null;
  readonly documentId: string | null;
  readonly state: NotificationState;
  readonly createdAt: Date;
  readonly readAt: Date | null;
};

/** Who reads it, as far as writing goes. */
export type Reader = { readonly locale: Locale; readonly timeZone: string };

/** A value as this reader writes it. */
export function writeValue(catalogue: Catalogue, reader: Reader, value: NotificationValue): string | number {
  if (typeof value !== 'object') return value;
  const format = formatFor(reader.locale);
  if ('currency' in value) return format.money(value.amount, value.currency);
  if ('day' in value) return format.day(value.day);
  if ('month' in value) return format.month(value.month);
  const t = catalogue.translator(reader.locale);
  if ('key' in value) return t(value.key);
  if ('texts' in value) return value.texts[reader.locale];
  if ('quantity' in value) return `${format.quantity(value.quantity)} ${t(`unit.${value.unit}`)}`;
  const own = format.instant(value.instant, reader.timeZone);
  if (value.timeZone === undefined) return own;
  const there = format.instant(value.instant, value.timeZone);
  return there === own ? own : `${there} (${own})`;
}

export const writeParams = (catalogue: Catalogue, reader: Reader, params: NotificationParams): Params =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, writeValue(catalogue, reader, value)]),
  );
