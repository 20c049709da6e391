import { z } from 'zod';
import { found } from '../../kernel/errors.ts';
import { newId } from '../../kernel/id.ts';
import type { Ctx } from '../../platform/db/context.ts';
import * as store from './interrupted-form.store.ts';
import { type FormField, type InterruptedForm, KEPT_MS } from './interrupted-form.ts';

const placeOf = (id: string): string => `interrupted_form.sealed_form.${id}`;
const sealedFields = z.array(z.object({ name: z.string(), value: z.string() }));

/** Keeps a form for the one who sent it, sealed; gives its id. */
export async function keepForm(
  ctx: Ctx,
  form: { permission: string; path: string; fields: readonly FormField[] },
): Promise<string> {
  const id = newId();
  await store.insertForm(ctx.tx, {
    id,
    userId: found('user', ctx.actor.userId),
    permission: form.permission,
    path: form.path,
    sealedForm: ctx.keyRing.seal(Buffer.from(JSON.stringify(form.fields)), placeOf(id)),
    expiresAt: new Date(ctx.now.getTime() + KEPT_MS),
  });
  return id;
}

/** What waits for whoever acts, as it was typed.
 * @throws AppError `interrupted_form.not-found`, also for somebody else's */
export async function getForm(ctx: Ctx, id: string): Promise<InterruptedForm> {
  const userId = found('interrupted_form', ctx.actor.userId);
  const form = found('interrupted_form', await store.findForm(ctx.tx, { id, userId, now: ctx.now }));
  const text = ctx.keyRing.unseal(form.sealedForm, placeOf(id)).toString();
  return {
    id,
    permission: form.permission,
    path: form.path,
    fields: sealedFields.parse(JSON.parse(text)),
  };
}
