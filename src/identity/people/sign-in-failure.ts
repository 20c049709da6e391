import { AppError } from '../../kernel/errors.ts';

/** How somebody tried to get in. */
export const failureKinds = ['password', 'second-step', 'passkey', 'link', 'saml'] as const;
export type FailureKind = (typeof failureKinds)[number];

/** How long failures are kept. */
export const FAILURES_KEPT_DAYS = 30;

/** Refusals that are failed sign-ins; anything else is a fault, or a form that was filled in wrongly. */
const FAILURES: ReadonlySet<string> = new Set([
  'sign-in.not-recognised',
  'sign-in.too-many-tries',
  'sign-in.response-refused',
  'sign-in.ticket-used',
  'sign-in.another-browser',
  'sign-in-link.does-not-work',
  'second-step.code-is-wrong',
  'second-step.took-too-long',
  'passkey.not-accepted',
  'user.deactivated',
]);

/** Why a sign-in failed, as one word, and whose it was where the refusal says so; null when it was something else. */
export function failureOf(error: unknown): { reason: string; userId: string | null } | null {
  if (!(error instanceof AppError) || !FAILURES.has(error.code)) return null;
  const { reason, userId } = error.params;
  const word = typeof reason === 'string' ? reason : error.code.slice(error.code.indexOf('.') + 1);
  return {
    reason: /^[a-z0-9-]{1,60}$/.test(word) ? word : 'refused',
    userId: typeof userId === 'string' ? userId : null,
  };
}

/** An e-mail address that its owner recognises and nobody else learns; whatever is no address shows nothing. */
export function maskEmail(typed: string): string {
  const [, first, domain, top] = /^([^@\s])[^@\s]*@([a-z0-9])[a-z0-9.-]*\.([a-z]{2,10})$/i.exec(typed) ?? [];
  if (first === undefined || domain === undefined || top === undefined) return '***';
  return `${first}***@${domain}***.${top}`.toLowerCase();
}

/** The network an address belongs to: IPv4 without its last byte, IPv6 without all that one site gives out. */
export function maskAddress(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const v4 = /^(\d{1,3}\.\d{1,3}\.\d{1,3})\.\d{1,3}$/.exec(plain)?.[1];
  if (v4 !== undefined) return `${v4}.0/24`;
  if (!plain.includes(':')) return '***';
  const [head = ''] = plain.toLowerCase().split('::');
  const parts = head.split(':').filter((part) => part !== '');
  return `${[...parts, '0', '0', '0'].slice(0, 3).join(':')}::/48`;
}
