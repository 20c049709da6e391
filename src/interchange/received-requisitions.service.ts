import { findUsersByRole } from '../identity/index.ts';
import { conflict, invalid } from '../kernel/errors.ts';
import { canonicalJson } from '../platform/crypto/canonical-json.ts';
import type { Ctx } from '../platform/db/context.ts';
import { createRequisition, findRequisition, submitRequisition } from '../requisitions/index.ts';
import type { RequisitionBody } from './api.forms.ts';
import * as store from './integration.store.ts';
import { type Admitted, hashOf } from './integration.ts';

/** What a system is told of a requisition. */
export type RequisitionAnswer = {
  readonly id: string;
  readonly reference: string;
  readonly state: string;
  readonly externalReference: string | null;
};

/**
 * Takes a requisition that a system sends for one of our people. The same call again gets the same answer and makes
 * nothing; what is refused makes nothing either and may be sent again, corrected, with the same key.
 * @throws AppError `integration.key-reused`, `form.invalid`, and what making and submitting a requisition throws
 */
export async function receiveRequisition(
  ctx: Ctx,
  of: { integration: Admitted; key: string; body: RequisitionBody },
): Promise<{ answer: RequisitionAnswer; isNew: boolean }> {
  const { integration, key, body } = of;
  const requestSha256 = hashOf(canonicalJson(body));
  const before = await store.lockCall(ctx.tx, { integrationId: integration.id, key });
  if (before !== undefined) {
    if (before.requestSha256 !== requestSha256)
      throw conflict('integration.key-reused', 'This key was used for another call');
    return { answer: before.answer as RequisitionAnswer, isNew: false };
  }
  const { requesterEmail, submit, externalReference, ...terms } = body;
  const requesterId = await findRequester(ctx, requesterEmail);
  const id = await createRequisition(ctx, terms, {
    requesterId,
    source: integration.name,
    externalReference,
  });
  if (submit) await submitRequisition(ctx, id);
  const answer = answerOf(await findRequisition(ctx, id));
  await store.insertCall(ctx.tx, { integrationId: integration.id, key, requestSha256, answer, at: ctx.now });
  await store.saveUse(ctx.tx, { id: integration.id, at: ctx.now });
  return { answer, isNew: true };
}

const answerOf = ({ id, reference, state, externalReference }: RequisitionAnswer): RequisitionAnswer => ({
  id,
  reference,
  state,
  externalReference,
});

/** How far a requisition is. @throws AppError `requisition.not-found` */
export const tellRequisition = async (ctx: Ctx, id: string): Promise<RequisitionAnswer> =>
  answerOf(await findRequisition(ctx, id));

/** Somebody of ours who may ask for things. @throws AppError `form.invalid` at `requesterEmail` */
async function findRequester(ctx: Ctx, email: string): Promise<string> {
  const people = [...(await findUsersByRole(ctx, 'requester')), ...(await findUsersByRole(ctx, 'buyer'))];
  const person = people.find((one) => one.email.toLowerCase() === email.toLowerCase());
  if (person === undefined)
    throw invalid('form.invalid', 'The form has errors', [
      {
        path: 'requesterEmail',
        code: 'integration.no-such-requester',
        message: 'Nobody with this address may make requisitions.',
      },
    ]);
  return person.id;
}
