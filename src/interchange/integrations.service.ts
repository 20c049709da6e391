import { record } from '../audit/index.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './integration.store.ts';
import { type Admitted, hashOf, type Integration, type IntegrationScope, newToken } from './integration.ts';

export const listIntegrations = (ctx: Ctx): Promise<Integration[]> => store.findAll(ctx.tx);

/**
 * Lets a program in. Gives its token, which is kept nowhere and shown once.
 * @throws AppError `integration.name-in-use`
 */
export async function issueIntegration(
  ctx: Ctx,
  of: { name: string; scopes: readonly IntegrationScope[] },
): Promise<string> {
  const token = newToken();
  const id = newId();
  const isNew = await store.insertIntegration(ctx.tx, {
    ...of,
    id,
    tokenSha256: hashOf(token),
    createdBy: ctx.actor.userId ?? '',
    createdAt: ctx.now,
  });
  if (!isNew) throw ruleBroken('integration.name-in-use', 'One of this name is let in', { name: of.name });
  await record(ctx, {
    action: 'integration.issued',
    subject: { type: 'integration', id },
    changes: { name: of.name, scopes: of.scopes },
  });
  return token;
}

/** Shuts a program out from its next call on. @throws AppError `integration.not-found` */
export async function revokeIntegration(ctx: Ctx, id: string): Promise<void> {
  const { name } = found('integration', await store.saveRevoked(ctx.tx, { id, at: ctx.now }));
  await record(ctx, {
    action: 'integration.revoked',
    subject: { type: 'integration', id },
    changes: { name },
  });
}

/** Who holds this token; undefined for nobody who is let in. */
export const admitIntegration = (ctx: Ctx, token: string): Promise<Admitted | undefined> =>
  store.findByToken(ctx.tx, hashOf(token));
