import { randomInt } from 'node:crypto';

/** A one-time code for one act: what binds a supplier is done by link only with the code that its contact is mailed. */
export type ActCode = {
  readonly id: string;
  readonly linkId: string;
  readonly act: string;
  /** Keyed hash of the page's address and of all that was typed: the code is for exactly this. */
  readonly contentHash: string;
  readonly codeHash: string;
  readonly tries: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usedAt: Date | null;
};

export const CODE_LASTS_MS = 10 * 60_000;
export const CODE_TRIES = 5;
export const SEND_AGAIN_AFTER_MS = 60_000;
/** As many wrong codes end the link: whoever has the mail's link but not its mailbox gets no further. */
export const WRONG_CODES_A_LINK = 15;
/** Codes one contact is mailed: in an hour, and in a day. */
export const CODES_AN_HOUR = 6;
export const CODES_A_DAY = 20;

/** Six digits, each as likely as any other. */
export const newCode = (): string => String(randomInt(1_000_000)).padStart(6, '0');

/** A code however it was typed. */
export const plainCode = (typed: string): string => typed.replaceAll(/[\s-]/g, '');

/** A code counts until, and not at, its end, once, and not after five wrong tries. */
export const isLive = (code: Pick<ActCode, 'expiresAt' | 'usedAt' | 'tries'>, now: Date): boolean =>
  code.usedAt === null && code.tries < CODE_TRIES && now.getTime() < code.expiresAt.getTime();

/** One field of a form as a browser sends it. */
export type FormField = { readonly name: string; readonly value: string };

/** A parsed form as the fields it was sent as, nested ones as `lines[0][quantity]`. */
export function fieldsOf(form: unknown, at = ''): FormField[] {
  if (typeof form === 'string') return [{ name: at, value: form }];
  if (typeof form !== 'object' || form === null) return [];
  return Object.entries(form).flatMap(([key, value]) => fieldsOf(value, at === '' ? key : `${at}[${key}]`));
}

/** The text a code is bound to: the same for the same address and fields, in whatever order. */
export const contentOf = (path: string, fields: readonly FormField[]): string =>
  JSON.stringify([path, fields.map(({ name, value }) => JSON.stringify([name, value])).toSorted()]);
