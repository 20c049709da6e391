import { AppError, forbidden, ruleBroken } from '../kernel/errors.ts';
import type { Ctx } from '../platform/db/context.ts';
import { type Decision, decide, type Resource } from './decide.ts';
import { actorFor } from './delegation/delegation.ts';

/**
 * Refuses an act that the table of rights does not allow this actor on this document.
 * @throws AppError `page.forbidden`; for suppliers and others' documents `page.not-found`;
 * `<noun>.cannot-<act>` in another state; the code of the rule that separates the duties
 */
export function assertMay(ctx: Pick<Ctx, 'access' | 'actor' | 'now'>, act: string, resource: Resource): void {
  const decision = decide(ctx.access, ctx.actor, act, resource, ctx.now);
  if (decision.isAllowed) return;
  const [noun, verb] = act.split('.');
  switch (decision.because) {
    case 'separation':
      throw ruleBroken(decision.code, `Whoever is its ${decision.tie} may not ${verb} this ${noun}`);
    case 'state':
    case 'time':
      throw ruleBroken(`${noun}.cannot-${verb}`, `A ${resource.state} ${noun} cannot ${verb}`, {
        state: resource.state,
      });
    case 'role':
      if (ctx.actor.kind !== 'supplier') throw forbidden('page.forbidden', `The role does not give ${act}`);
      break;
    case 'relation':
      break;
  }
  throw new AppError('not-found', 'page.not-found', 'No such page');
}

/** Does the actor's role give this right? What a page outside of the right's own routes asks. */
export const mayUse = (ctx: Pick<Ctx, 'access' | 'actor'>, right: string): boolean =>
  decide(ctx.access, ctx.actor, right, null, null).isAllowed;

type Asked = Pick<Ctx, 'access' | 'actor' | 'now'>;

/**
 * Would {@link assertMay} let it pass, in the actor's own name or for whom it acts? What buttons are drawn from; the
 * act asks again.
 */
export const may = (ctx: Asked, act: string, resource: Resource): boolean =>
  decideAsActing(ctx, act, resource)?.isAllowed === true;

/** Is it only what the actor, or for whom it acts, did before that stands in the way? */
export function isSeparated(ctx: Asked, act: string, resource: Resource): boolean {
  const decision = decideAsActing(ctx, act, resource);
  return decision?.isAllowed === false && decision.because === 'separation';
}

function decideAsActing({ access, actor, now }: Asked, act: string, resource: Resource): Decision | null {
  const right = access.acts.get(act)?.right;
  if (right === undefined) return null;
  const acting = actorFor(actor, right, (one, of) => decide(access, one, of, null, null).isAllowed);
  return acting === null ? null : decide(access, acting, act, resource, now);
}
