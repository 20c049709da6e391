// The texts of a page, filled in here as the server fills them in.
import { IntlMessageFormat } from 'intl-messageformat';

/** @param texts by their keys, with placeholders; a key that is not among them is said as it is */
export const makeWords =
  (texts, locale) =>
  (key, params = {}) =>
    texts[key] === undefined
      ? key
      : String(new IntlMessageFormat(texts[key], locale, undefined, { ignoreTag: true }).format(params));
