import { record } from '../audit/index.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { insertLinkRequest, takeLinkRequest } from './link-request.store.ts';
import { whereLinkLed } from './sign-in-links.service.ts';

/**
 * Notes that somebody asked for a new link: the same for an address that nobody has. The worker does the rest. The
 * new link leads where the lost one did, or else to the page that was asked for before.
 */
export async function requestNewLink(
  ctx: Ctx,
  of: { email: string; lostLink: string | null; wanted: string | null },
): Promise<void> {
  const id = newId();
  const returnTo = (of.lostLink === null ? null : await whereLinkLed(ctx, of.lostLink)) ?? of.wanted;
  await insertLinkRequest(ctx.tx, { id, email: of.email, returnTo, requestedAt: ctx.now });
  await record(ctx, { action: 'user.link-requested', subject: { type: 'link_request', id } });
}

/** Who gets the link that was asked for, and where it leads; a request is answered once, and nothing is left of it. */
export const answerLinkRequest = (
  ctx: Ctx,
  requestId: string,
): Promise<{ userId: string; returnTo: string | null }[]> => takeLinkRequest(ctx.tx, requestId);
