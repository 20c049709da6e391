import type { Request } from 'express';
import type { User } from './user.ts';
import { renewSession, startSession } from './web-session.ts';

/** Must suppliers have a second factor, or may they? */
export type SecondFactorPolicy = 'required' | 'offered';

/** How long the second step may take. */
const STEP_LASTS_MS = 10 * 60_000;

/**
 * After a right password or link: asks for the second step, or opens the session; where the house requires a
 * second factor and there is none, only for setting one up. True when the user is in.
 */
export async function passFirstStep(
  req: Request,
  of: { user: User; at: Date; by: 'link' | 'password'; policy: SecondFactorPolicy },
): Promise<boolean> {
  const { user, at, by } = of;
  if (user.hasSecondFactor) {
    await renewSession(req);
    req.session.firstStep = { userId: user.id, by, at: at.toISOString() };
    return false;
  }
  await startSession(req, { userId: user.id, at, by });
  if (user.kind === 'supplier' && of.policy === 'required') req.session.mustSetUp = true;
  return true;
}

/** Who has passed the first step in this browser, until, and not at, its end. */
export function passedFirstStep(req: Request, now: Date): { userId: string; by: 'link' | 'password' } | null {
  const { firstStep } = req.session;
  if (firstStep === undefined) return null;
  return now.getTime() - Date.parse(firstStep.at) < STEP_LASTS_MS ? firstStep : null;
}
