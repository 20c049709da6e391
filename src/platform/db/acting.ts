import type { Actor } from '../../kernel/actor.ts';
import { isId } from '../../kernel/id.ts';
import type { Tx } from './context.ts';

/**
 * The roles of the database, from the least to the most: each sees and writes only what `migrations/access/` gives
 * it. The letter tells their prepared statements apart: one that was planned under another role is planned anew.
 */
export const databaseRoles = {
  portico_visitor: 'v',
  portico_supplier: 's',
  portico_audit: 'a',
  portico_staff: 'b',
  portico_worker: 'w',
} as const;
export type DatabaseRole = keyof typeof databaseRoles;

/** The role that acts for this actor. An auditor who is nothing else writes nothing but what reading leaves behind. */
export function roleOf(actor: Pick<Actor, 'kind' | 'roles'>): DatabaseRole {
  switch (actor.kind) {
    case 'anonymous':
      return 'portico_visitor';
    case 'supplier':
      return 'portico_supplier';
    case 'staff':
      return actor.roles.length > 0 && actor.roles.every((role) => role === 'auditor')
        ? 'portico_audit'
        : 'portico_staff';
    case 'system':
      return 'portico_worker';
  }
}

/**
 * The first message of a transaction: it begins, says who acts, and reads the clock. All of it ends with the
 * transaction; a connection that is given on says nothing of whom it served.
 * @throws Error for an id that is none: it would stand in the text of the statement
 */
export const beginAs = (actor: Actor): string => `BEGIN; ${actAs(actor)}`;

const actAs = (actor: Actor): string =>
  `SET LOCAL ROLE ${roleOf(actor)}; ` +
  `SELECT set_config('portico.supplier_id', '${idOrNothing(actor.supplierId)}', true), ` +
  `set_config('portico.user_id', '${idOrNothing(actor.userId)}', true), clock_timestamp() AS at`;

/**
 * Goes on as somebody else in a transaction of the worker: for loading what many people are to have done. The
 * statements that come after are run as that one; the commit fails if this did.
 */
export function goOnAs(tx: Tx, actor: Actor): void {
  const { leaveToCommit } = tx.client as { leaveToCommit?: (sent: Promise<unknown>) => void };
  if (leaveToCommit === undefined) throw new Error('This is no transaction of ours');
  leaveToCommit(send(tx, actAs(actor)));
}

async function send(tx: Tx, text: string): Promise<void> {
  const connection = (await tx.client.acquireConnection()) as {
    readonly statementPrefix: string;
    query(text: string): Promise<unknown>;
  };
  if (connection.statementPrefix !== databaseRoles.portico_worker)
    throw new Error('Only the worker goes on as somebody else');
  await connection.query(text);
}

function idOrNothing(id: string | null): string {
  if (id !== null && !isId(id)) throw new Error('Who acts is not known by an id');
  return id ?? '';
}
