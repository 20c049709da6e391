/** How long a proof of who one is counts as fresh. */
export const FRESH_MS = 5 * 60_000;

/** When the user last proved who it is: at the sign-in, or after it; ISO instants, as the session stores them. */
export type Proofs = { readonly signedInAt?: string | undefined; readonly freshAt?: string | undefined };

/** A proof is fresh until, and not at, the end of five minutes. A sign-in is one. */
export function isFresh(proofs: Proofs, now: Date): boolean {
  const ageMs = now.getTime() - Date.parse(proofs.freshAt ?? proofs.signedInAt ?? '');
  return ageMs < FRESH_MS;
}
