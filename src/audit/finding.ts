import { columnOf, hashOfRow, type LeafRow, sealedText, withColumns } from './leaf.ts';

export const findingKinds = [
  'edited',
  'deleted',
  'inserted',
  'reordered',
  'restored',
  'checkpoint',
  'contradiction',
] as const;
export type FindingKind = (typeof findingKinds)[number];

/** Something that is wrong with the record, and the row it is wrong with. */
export type Finding = {
  readonly kind: FindingKind;
  /** The row's position; null where no row can be named. */
  readonly position: number | null;
  readonly leafIndex: number | null;
  readonly what: string;
};

/** A seal that does not fit its row, or is not the sealer's. */
export type Suspect = {
  readonly leafIndex: number;
  readonly position: number;
  /** Hex: the hash and the authentication the seal holds. */
  readonly hash: string;
  readonly mac: string;
  readonly row: LeafRow | null;
  readonly isSealersOwn: boolean;
};
type MacOf = (text: string) => string;

/** Says of each suspect what was done to it, in the order of the leaves. */
export const judge = (suspects: readonly Suspect[], macOf: MacOf): Finding[] =>
  suspects.flatMap((suspect) => judgeOne(suspect, suspects, macOf) ?? []);

function judgeOne(suspect: Suspect, all: readonly Suspect[], macOf: MacOf): Finding | null {
  const { leafIndex, position } = suspect;
  const found = (kind: FindingKind, what: string): Finding => ({ kind, position, leafIndex, what });
  if (suspect.isSealersOwn) {
    const stranger = all.find((other) => other !== suspect && isRowOf(suspect, other.row));
    if (stranger !== undefined)
      return found('reordered', `its place was given to another row; it stands at ${stranger.position} now`);
    if (suspect.row === null) return found('deleted', 'the row is not there any more');
    return found('edited', `${columnOf(suspect.row, 'action')} is not what was sealed`);
  }
  const fits = (of: { leafIndex: number; position: number; hash: string }): boolean =>
    macOf(sealedText({ ...of, hash: Buffer.from(of.hash, 'hex') })) === suspect.mac;
  const isMovedTo = (one: Suspect, to: number): boolean => macFits(one, to - one.leafIndex, macOf);
  const swapped = all.find(
    (other) =>
      other !== suspect &&
      (fits({ ...other, leafIndex }) || (isMovedTo(suspect, other.leafIndex) && isMovedTo(other, leafIndex))),
  );
  if (swapped !== undefined)
    return found('reordered', `its seal was exchanged with that of ${swapped.position}`);
  // Leaves that were only renumbered tell what happened before them; they are not wrong by themselves.
  if (fits({ ...suspect, leafIndex: leafIndex + 1 }))
    return isFirstMoved(suspect, all, (one) => macFits(one, 1, macOf))
      ? found('deleted', 'the row before it was removed, and all after it were renumbered')
      : null;
  if (fits({ ...suspect, leafIndex: leafIndex - 1 })) return null;
  const next = all.find((other) => other.leafIndex === leafIndex + 1);
  if (next !== undefined && macFits(next, -1, macOf))
    return found('inserted', 'the row was put in, and all after it were renumbered');
  return suspect.row !== null && hashOfRow(suspect.row).toString('hex') === suspect.hash
    ? found('inserted', 'its seal is not the work of the sealer')
    : found('edited', 'neither the row nor its seal is what the sealer wrote');
}

const macFits = (one: Suspect, shift: number, macOf: MacOf): boolean =>
  macOf(
    sealedText({
      leafIndex: one.leafIndex + shift,
      position: one.position,
      hash: Buffer.from(one.hash, 'hex'),
    }),
  ) === one.mac;

const isFirstMoved = (
  suspect: Suspect,
  all: readonly Suspect[],
  isMoved: (one: Suspect) => boolean,
): boolean => all.find(isMoved) === suspect;

/** Is that the row that was sealed here, had it not been given another place? */
function isRowOf(suspect: Suspect, row: LeafRow | null): boolean {
  if (row === null) return false;
  const position = String(suspect.position);
  const transactions = [
    columnOf(row, 'transaction_id'),
    suspect.row && columnOf(suspect.row, 'transaction_id'),
  ];
  return transactions.some(
    (transaction_id) =>
      hashOfRow(withColumns(row, { position, transaction_id })).toString('hex') === suspect.hash,
  );
}
