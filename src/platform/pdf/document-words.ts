import type { Locale, Translate } from '../i18n/catalogue.ts';
import { type Format, formatFor } from '../i18n/format.ts';

/** What a document for a supplier is written with: the words and formats of its language. */
export type DocumentWords = {
  readonly t: Translate;
  readonly fmt: Format;
  /** The name of a unit; a code that has none stays as it is. */
  readonly unit: (code: string) => string;
  readonly country: (code: string) => string;
};

export function documentWords(
  language: Locale,
  of: { t: Translate; hasText: (key: string) => boolean },
): DocumentWords {
  const countries = new Intl.DisplayNames(language, { type: 'region' });
  return {
    t: of.t,
    fmt: formatFor(language),
    unit: (code) => (of.hasText(`unit.${code}`) ? of.t(`unit.${code}`) : code),
    country: (code) => countries.of(code) ?? code,
  };
}
