import type { Portal } from './portal.ts';

/** Who can sign in to the demonstration, and how. */
export type SignIn = { readonly name: string; readonly how: string };

/** Loads the demonstration company when the database is empty; gives who can sign in. */
export async function loadDemonstration(
  _portal: Portal,
  _say: (line: string) => void,
): Promise<readonly SignIn[]> {
  return [];
}
