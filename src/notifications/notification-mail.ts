import type { Catalogue } from '../platform/i18n/catalogue.ts';
import { type Notification, type Reader, writeParams, writeValue } from './notification.ts';

/** What a mail says, in its recipient's language; made into HTML and plain text from here. */
export type MailWords = {
  readonly locale: string;
  readonly companyName: string;
  readonly subject: string;
  readonly heading: string;
  readonly paragraphs: readonly string[];
  readonly facts: readonly { label: string; value: string }[];
  /** What the large button does; null for a mail that leads nowhere. */
  readonly action: { readonly label: string; readonly url: string } | null;
  /** The other way: the one document, without signing in. */
  readonly second: { readonly label: string; readonly url: string } | null;
  /** What is to be typed elsewhere, e.g. a one-time code. */
  readonly code: string | null;
  /** Small print: what the button does, and why this came. */
  readonly notes: readonly string[];
};

/** Puts the template's texts together for one reader. `url` is where the button leads. */
export function writeMail(
  catalogue: Catalogue,
  notification: Pick<Notification, 'template' | 'params' | 'facts'>,
  to: {
    reader: Reader;
    companyName: string;
    url: string;
    personalLinkHours: number | null;
    hasFile: boolean;
    signed?: { url: string; reference: string; until: Date } | null;
  },
): MailWords & { readonly action: { readonly label: string; readonly url: string } } {
  const { reader, signed = null } = to;
  const t = catalogue.translator(reader.locale);
  const params = writeParams(catalogue, reader, notification.params);
  const text = (part: string): string => t(`mail.${notification.template}.${part}`, params);
  return {
    locale: reader.locale,
    companyName: to.companyName,
    subject: text('subject'),
    heading: text('heading'),
    paragraphs: text('body').split(/\n{2,}/),
    facts: notification.facts.map((fact) => ({
      label: t(fact.label),
      value: String(writeValue(catalogue, reader, fact.value)),
    })),
    ...buttonsOf({ t, action: text('action'), url: to.url, signs: to.personalLinkHours !== null, signed }),
    code: null,
    notes: [
      ...(to.hasFile ? [t('notifications.mail.attached')] : []),
      ...(to.personalLinkHours === null
        ? []
        : [t('notifications.mail.personal-link', { hours: to.personalLinkHours })]),
      ...(signed === null
        ? []
        : [
            t('signed-link.mail.note', {
              reference: signed.reference,
              until: String(writeValue(catalogue, reader, { instant: signed.until })),
              button: to.personalLinkHours === null ? text('action') : t('signed-link.mail.open'),
            }),
          ]),
      t('notifications.mail.why', { company: to.companyName }),
    ],
  };
}

/**
 * The large button opens what the mail is about, for whoever presses it: by the one link that signs in, else by the
 * signed one, which shows the document first. Where that is the large one, the other way is to sign in.
 */
function buttonsOf(of: {
  t: (key: string) => string;
  action: string;
  url: string;
  signs: boolean;
  signed: { url: string } | null;
}): { action: { label: string; url: string }; second: { label: string; url: string } | null } {
  const { t, action, url, signs, signed } = of;
  if (signed === null) return { action: { label: action, url }, second: null };
  return signs
    ? { action: { label: action, url }, second: { label: t('signed-link.mail.open'), url: signed.url } }
    : { action: { label: action, url: signed.url }, second: { label: t('signed-link.mail.sign-in'), url } };
}

/** The same mail for readers without HTML. */
export const plainText = (words: MailWords): string =>
  [
    words.heading,
    ...words.paragraphs,
    ...(words.facts.length === 0
      ? []
      : [words.facts.map((fact) => `${fact.label}: ${fact.value}`).join('\n')]),
    ...(words.code === null ? [] : [words.code]),
    ...[words.action, words.second].flatMap((button) =>
      button === null ? [] : [`${button.label}:\n${button.url}`],
    ),
    `-- \n${words.notes.join('\n')}`,
  ].join('\n\n');
