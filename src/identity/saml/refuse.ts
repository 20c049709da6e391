import { AppError } from '../../kernel/errors.ts';

/**
 * Refuses what an identity provider sent. `reason` is shown to the person as a word to pass on and names
 * the check that failed; it tells an attacker nothing that this code does not.
 * @throws AppError `sign-in.response-refused`
 */
export function refuse(reason: string): never {
  throw new AppError('forbidden', 'sign-in.response-refused', `The sign-in was refused: ${reason}`, {
    params: { reason },
  });
}

const reasons: readonly (readonly [RegExp, string])[] = [
  [/InResponseTo/i, 'not-asked-for'],
  [/audience/i, 'wrong-audience'],
  [/Error parsing/i, 'no-time-limit'],
  [/expired|not yet valid|subject confirmation/i, 'out-of-time'],
];

/** What the SAML library says of a message is a refusal; a fault of the database stays one. */
export function refusalOf(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof AppError || 'severity' in error) return error;
  const reason = reasons.find(([pattern]) => pattern.test(error.message))?.[1] ?? 'bad-signature';
  return new AppError('forbidden', 'sign-in.response-refused', error.message, { params: { reason } });
}
