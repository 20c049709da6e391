import type { Request, Response } from 'express';
import { system } from '../../kernel/actor.ts';
import { readCookie } from '../../platform/web/cookies.ts';
import type { WebDeps } from '../../platform/web/web.ts';
import { deviceOf } from '../device.ts';
import type { SignInMethod } from '../user.ts';
import { type LastSignIn, noteDevice } from './devices.service.ts';

declare module 'express-session' {
  interface SessionData {
    /** The sign-in before this one, for its owner to see whether it was somebody else. */
    lastSignIn: LastSignIn;
  }
}

const NOTING = 'identity/note-device';
/** Longer than browsers keep any cookie. */
const LASTS_MS = 400 * 24 * 60 * 60_000;

/** After a sign-in: notes the browser, marks it as known, and keeps what is shown of the sign-in before. */
export async function welcome(
  req: Request,
  res: Response,
  of: { web: Pick<WebDeps, 'runInTx' | 'origin'>; userId: string; method: SignInMethod },
): Promise<void> {
  const secure = of.web.origin.startsWith('https:');
  const name = secure ? '__Host-portico-device' : 'portico-device';
  const { cookie, lastSignIn } = await of.web.runInTx(
    { actor: system(NOTING), requestId: req.requestId },
    (ctx) =>
      noteDevice(ctx, {
        userId: of.userId,
        method: of.method,
        cookie: readCookie(req, name),
        device: deviceOf(req.get('user-agent') ?? ''),
      }),
  );
  req.session.lastSignIn = lastSignIn;
  res.cookie(name, cookie, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: LASTS_MS });
}
