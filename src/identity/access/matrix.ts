import type { Access, Act, RightRow, Tie } from '../../kernel/access.ts';
import { type Role, staffRoles, supplierRoles } from '../../kernel/actor.ts';

/** The parts of the portal in the order of a purchase, each with the beginnings of its rights' names. */
const AREAS: Readonly<Record<string, readonly string[]>> = {
  suppliers: ['supplier', 'qualification', 'company', 'bank_account'],
  catalog: ['catalog', 'calendar', 'item', 'supplier_item', 'exchange_rate'],
  agreements: ['agreement', 'price_index'],
  requisitions: ['requisition', 'approval', 'approval_policy', 'budget'],
  sourcing: ['sourcing_event', 'amendment', 'outage'],
  bids: ['bid', 'opening', 'opener_key'],
  awards: ['comparison', 'award'],
  orders: ['order'],
  deliveries: ['delivery', 'despatch', 'service_entry', 'forecast', 'nonconformance'],
  invoices: [
    'invoice',
    'instalment',
    'retention',
    'credit_note',
    'statement',
    'payment_run',
    'payment',
    'early_payment',
    'self_billing',
  ],
  disputes: ['dispute'],
  documents: ['document'],
  reports: ['report'],
  administration: ['people', 'access', 'queues', 'integration'],
  audit: ['audit'],
  account: [
    'home',
    'preferences',
    'timeline',
    'notification',
    'password',
    'security',
    'proof',
    'address',
    'delegation',
  ],
};

/** Whose documents a right reaches, as it is said at `access.page.reaches.<reach>`. */
export type Reach = 'in-scope' | 'own-supplier' | 'shared' | 'all' | 'own' | 'nothing';

export type MatrixAct = {
  readonly name: string;
  /** The document's name, for the words of its states. */
  readonly noun: string;
  readonly states: readonly string[];
  readonly time: Act['time'];
  readonly ties: readonly Tie[];
};
export type MatrixRow = {
  readonly right: string;
  readonly roles: readonly Role[];
  /** Everybody, or everybody with an account; null where it is the roles. */
  readonly open: 'anyone' | 'signed-in' | null;
  readonly reach: Reach;
  readonly acts: readonly MatrixAct[];
};
export type MatrixArea = { readonly area: string; readonly rows: readonly MatrixRow[] };

export const matrixRoles: readonly Role[] = [...staffRoles, ...supplierRoles];

/**
 * The table of rights as people read it: by area, with all that the table says and nothing else.
 * @throws Error for a right of no area
 */
export function matrixOf(access: Access): readonly MatrixArea[] {
  const rows = [...access.rights.values()];
  const lost = rows.filter((row) => !Object.values(AREAS).some((nouns) => nouns.includes(nounOf(row.name))));
  if (lost.length > 0) throw new Error(`Rights of no area: ${lost.map((row) => row.name).join(', ')}`);
  return Object.entries(AREAS)
    .map(([area, nouns]) => ({
      area,
      rows: rows.filter((row) => nouns.includes(nounOf(row.name))).map(matrixRow),
    }))
    .filter(({ rows: ofArea }) => ofArea.length > 0);
}

function matrixRow(row: RightRow): MatrixRow {
  const open = row.who === 'anyone' || row.who === 'signed-in' ? row.who : null;
  return {
    right: row.name,
    roles: matrixRoles.filter((role) => open !== null || row.who.includes(role)),
    open,
    reach: reachOf(row),
    acts: row.acts.map((act) => ({
      name: act.name,
      noun: nounOf(act.name),
      states: act.during,
      time: act.time,
      ties: act.unless.map(({ tie }) => tie),
    })),
  };
}

function reachOf(row: RightRow): Reach {
  if (row.whose !== 'in-scope') return row.whose;
  const isFor = (roles: readonly Role[]): boolean =>
    row.who === 'signed-in' || roles.some((role) => row.who.includes(role));
  if (!isFor(supplierRoles)) return 'in-scope';
  return isFor(staffRoles) ? 'shared' : 'own-supplier';
}

const nounOf = (name: string): string => name.split('.')[0] ?? '';
