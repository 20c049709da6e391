import { ruleBroken } from './errors.ts';

/** For every state, the actions it allows and where each one leads. */
export type Moves<S extends string, A extends string> = Readonly<Record<S, Readonly<Partial<Record<A, S>>>>>;

export type Lifecycle<S extends string, A extends string> = {
  readonly name: string;
  readonly initial: S;
  readonly states: readonly S[];
  readonly moves: Moves<S, A>;
  actionsIn(state: S): readonly A[];
  may(state: S, action: A): boolean;
  isTerminal(state: S): boolean;
  /** @throws AppError `rule-broken` `<name>.cannot-<action>` */
  next(state: S, action: A): S;
};

/**
 * A lifecycle is data: for every state, the actions it allows and where each one leads.
 * @throws Error at start-up when a state cannot be reached from `initial`.
 */
export function defineLifecycle<S extends string, A extends string>(
  name: string,
  initial: NoInfer<S>,
  moves: Record<S, Partial<Record<A, NoInfer<S>>>>,
): Lifecycle<S, A> {
  const seen = new Set<S>([initial]);
  for (const state of seen) for (const next of Object.values(moves[state]) as S[]) seen.add(next);
  const states = Object.keys(moves) as S[];
  const lost = states.filter((state) => !seen.has(state));
  if (lost.length > 0) throw new Error(`${name}: unreachable states ${lost.join(', ')}`);
  return {
    name,
    initial,
    states,
    moves,
    actionsIn: (state) => Object.keys(moves[state]) as A[],
    may: (state, action) => moves[state][action] !== undefined,
    isTerminal: (state) => Object.keys(moves[state]).length === 0,
    next(state, action) {
      const to = moves[state][action];
      if (to === undefined)
        throw ruleBroken(`${name}.cannot-${action}`, `A ${state} ${name} cannot ${action}`, { state });
      return to;
    },
  };
}
