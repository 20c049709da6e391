/** The closed set of failures a caller can expect; anything else is a bug and becomes a 500. */
export type ErrorKind = 'invalid' | 'not-found' | 'forbidden' | 'conflict' | 'rule-broken';

/** Values for the placeholders of a message, as the catalogue names them. */
export type MessageParams = Readonly<Record<string, string | number>>;

/** One wrong input: where it stands in the form (`lines.0.quantity`) and what is wrong with it. */
export type FieldError = { path: string; code: string; message: string; params?: MessageParams };

export class AppError extends Error {
  readonly kind: ErrorKind;
  /** Stable machine name, e.g. `bid.deadline-passed`; also the key of the message shown to people. */
  readonly code: string;
  readonly params: MessageParams;
  readonly fields: readonly FieldError[];
  constructor(
    kind: ErrorKind,
    code: string,
    message: string,
    more: { params?: MessageParams; fields?: readonly FieldError[] } = {},
  ) {
    super(message);
    this.kind = kind;
    this.code = code;
    this.params = more.params ?? {};
    this.fields = more.fields ?? [];
  }
}

/** An act that the rules of the business refuse (422). `code` is `noun.sentence-in-kebab`. */
export const ruleBroken = (code: string, message: string, params: MessageParams = {}): AppError =>
  new AppError('rule-broken', code, message, { params });

/** Input that cannot be read (400; shown at its fields when it came from a form). */
export const invalid = (code: string, message: string, fields: readonly FieldError[] = []): AppError =>
  new AppError('invalid', code, message, { fields });

/** Somebody else changed it meanwhile (409). */
export const conflict = (code: string, message: string, params: MessageParams = {}): AppError =>
  new AppError('conflict', code, message, { params });

/** The actor is known and may not do this (403). What one may not know of is `notFound`. */
export const forbidden = (code: string, message: string): AppError =>
  new AppError('forbidden', code, message);

export const notFound = (what: string): AppError =>
  new AppError('not-found', `${what}.not-found`, `No such ${what}`);

/** @throws AppError `<what>.not-found` */
export function found<T>(what: string, value: T | undefined | null): T {
  if (value === undefined || value === null) throw notFound(what);
  return value;
}
