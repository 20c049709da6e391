import type { Request } from 'express';
import { newToken } from '../../platform/web/cross-site.ts';

declare module 'express-session' {
  interface SessionData {
    /** When its user last proved who it is after the sign-in; an ISO instant. */
    freshAt: string;
    /** SAML requests whose answer is a proof and no sign-in, and where to go with it; the newest last. */
    proving: { requestId: string; onwards: string }[];
  }
}

/** The same session under a new id, proved at this instant: an id known before opens nothing that needs the proof. */
export async function raiseSession(req: Request, at: Date): Promise<void> {
  const { cookie: _, ...kept } = { ...req.session };
  await new Promise<void>((resolve, reject) => {
    req.session.regenerate((error: unknown) => (error ? reject(error) : resolve()));
  });
  Object.assign(req.session, kept, { freshAt: at.toISOString(), csrfToken: newToken() });
  delete req.session.proving;
}
