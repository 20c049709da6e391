import type { Request } from 'express';
import { ruleBroken } from '../kernel/errors.ts';

const CHALLENGE_LASTS_MS = 5 * 60_000;

/** Remembers what this browser's passkey must answer. */
export function keepChallenge(req: Request, challenge: string, now: Date): void {
  req.session.passkeyChallenge = { challenge, at: now.toISOString() };
}

/** What this browser's passkey had to answer: once, and for five minutes.
 * @throws AppError `passkey.not-accepted` */
export function takeChallenge(req: Request, now: Date): string {
  const kept = req.session.passkeyChallenge;
  delete req.session.passkeyChallenge;
  if (kept === undefined || now.getTime() - Date.parse(kept.at) >= CHALLENGE_LASTS_MS)
    throw ruleBroken('passkey.not-accepted', 'This passkey was not accepted');
  return kept.challenge;
}
