import { record } from '../audit/index.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import { insertLinkRequest, takeUserIdsOfLinkRequest } from './link-request.store.ts';

/** Notes that somebody asked for a new link: the same for an address that nobody has. The worker does the rest. */
export async function requestNewLink(ctx: Ctx, of: { email: string }): Promise<void> {
  const id = newId();
  await insertLinkRequest(ctx.tx, { id, email: of.email, requestedAt: ctx.now });
  await record(ctx, { action: 'user.link-requested', subject: { type: 'link_request', id } });
}

/** Who gets the link that was asked for; a request is answered once, and nobody is left of it. */
export const answerLinkRequest = (ctx: Ctx, requestId: string): Promise<string[]> =>
  takeUserIdsOfLinkRequest(ctx.tx, requestId);
