import type { Role } from './actor.ts';

/** Who may use a right, as far as the role tells; `signed-in` is everybody with an account. */
export type Who = readonly Role[] | 'signed-in' | 'anyone';

/**
 * What ties a person to a document, in the words of the document: who ran the event, who asked for its
 * approval, who proposed the award, who bought, who sent the invoice, who accepted its differences, who called the
 * supplier back.
 */
export type Tie =
  | 'owner'
  | 'requester'
  | 'proposer'
  | 'buyer'
  | 'submitter'
  | 'accepter'
  | 'scorer'
  | 'verifier'
  | 'author';

/** What somebody does to a document, beside what its lifecycle says of it. */
export type ActRule = {
  /** The states it is done in; derived where the act is a move of the lifecycle, and then not written here. */
  readonly during?: readonly string[];
  /** Before or after the closing time of the sourcing event. */
  readonly time?: 'before-closing' | 'after-closing';
  /** Separation of duties: whoever is tied to the document like this may not, and is told so by this code. */
  readonly unless?: Readonly<Partial<Record<Tie, string>>>;
};

/**
 * A row of the table: who may, and to what. Documents are, for a supplier's people, always those of their
 * supplier; for staff those in the scope of their roles, or, with `whose: 'own'`, the person's own.
 */
export type Right = {
  readonly who: Who;
  /** `all`: no scope applies. `own`: what belongs to the person. `nothing`: there is no document. */
  readonly whose?: 'in-scope' | 'all' | 'own' | 'nothing';
  /** What the right is used for, by the document's name and the act: `award.approve`. */
  readonly acts?: Readonly<Record<string, ActRule>>;
};

/** The one table: a row a right. The short form says only who. What no row names, nobody may do. */
export type AccessRules = Readonly<Record<string, Who | Right>>;

/** An act as the table gives it: with the states it is possible in, and the right it needs. */
export type Act = {
  readonly name: string;
  readonly right: string;
  readonly during: readonly string[];
  readonly time: 'before-closing' | 'after-closing' | null;
  readonly unless: readonly { readonly tie: Tie; readonly code: string }[];
};
export type RightRow = {
  readonly name: string;
  readonly who: Who;
  readonly whose: 'in-scope' | 'all' | 'own' | 'nothing';
  readonly acts: readonly Act[];
};

/** The table as it is asked: read once when the process starts. */
export type Access = {
  readonly rights: ReadonlyMap<string, RightRow>;
  readonly acts: ReadonlyMap<string, Act>;
};

/** Of a lifecycle: what an act's states are derived from. */
export type Moving = {
  readonly name: string;
  readonly states: readonly string[];
  readonly moves: Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;
};

/**
 * Reads the table together with the documents' lifecycles: an act that is a move is possible where the
 * lifecycle has it.
 * @throws Error at start-up: an act of no lifecycle, without states, with states twice, or in two rows
 */
export function readAccess(rules: AccessRules, lifecycles: readonly Moving[]): Access {
  const rights = new Map<string, RightRow>();
  const acts = new Map<string, Act>();
  for (const [name, rule] of Object.entries(rules)) {
    const right: Right = typeof rule === 'object' && 'who' in rule ? rule : { who: rule };
    const ofRight = Object.entries(right.acts ?? {}).map(([act, of]) => readAct(act, name, of, lifecycles));
    for (const act of ofRight) {
      if (acts.has(act.name)) throw new Error(`Access: ${act.name} stands in two rows`);
      acts.set(act.name, act);
    }
    rights.set(name, { name, who: right.who, whose: right.whose ?? 'in-scope', acts: ofRight });
  }
  return { rights, acts };
}

function readAct(name: string, right: string, rule: ActRule, lifecycles: readonly Moving[]): Act {
  const [noun, verb = ''] = name.split('.');
  const lifecycle = lifecycles.find((one) => one.name === noun);
  if (lifecycle === undefined) throw new Error(`Access: ${name} is an act of no lifecycle`);
  const moving = lifecycle.states.filter((state) => lifecycle.moves[state]?.[verb] !== undefined);
  if (moving.length > 0 && rule.during !== undefined)
    throw new Error(`Access: the states of ${name} are the lifecycle's to say`);
  const during = rule.during ?? moving;
  const unknown = during.filter((state) => !lifecycle.states.includes(state));
  if (during.length === 0 || unknown.length > 0)
    throw new Error(`Access: ${name} is possible in no state, or in unknown ones (${unknown.join(', ')})`);
  const unless = Object.entries(rule.unless ?? {}).map(([tie, code]) => ({ tie: tie as Tie, code }));
  return { name, right, during, time: rule.time ?? null, unless };
}
