import type { Role } from '../src/kernel/actor.ts';

/**
 * Which role may do what: the one table. What belongs to whom is decided with the document.
 * `signed-in` is everybody with an account.
 */
export const permissions = {
  'home.see': 'signed-in',
  'preferences.change': 'anyone',
  'timeline.see': 'signed-in',

  'password.set': 'signed-in',
  'document.read': 'signed-in',
} as const satisfies Readonly<Record<string, readonly Role[] | 'signed-in' | 'anyone'>>;
