import { ruleBroken } from '../kernel/errors.ts';

/** Suppliers that a buyer asks together, under a name; once it is shared, every buyer reads and uses it. */
export type Shortlist = {
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly isShared: boolean;
  readonly version: number;
  readonly memberIds: readonly string[];
};

const MOST_MEMBERS = 200;

/** @throws AppError `shortlist.too-many-members` */
export function assertMemberCount(count: number): void {
  if (count > MOST_MEMBERS)
    throw ruleBroken('shortlist.too-many-members', `At most ${MOST_MEMBERS}`, { maximum: MOST_MEMBERS });
}

/** Whoever shares a list still keeps it alone. @throws AppError `shortlist.owner-keeps-it` */
export function assertKeptBy(shortlist: Pick<Shortlist, 'ownerId'>, userId: string | null): void {
  if (shortlist.ownerId !== userId)
    throw ruleBroken('shortlist.owner-keeps-it', 'Only whoever made a list changes it');
}

/** Who of a list is asked, and who is not to be invited now. @throws AppError `shortlist.nobody-to-invite` */
export function splitInvitable<T extends { readonly id: string }>(
  members: readonly T[],
  isInvitable: (member: T) => boolean,
): { readonly asked: readonly T[]; readonly leftOut: readonly T[] } {
  const asked = members.filter(isInvitable);
  if (asked.length === 0) throw ruleBroken('shortlist.nobody-to-invite', 'Nobody on the list can be invited');
  return { asked, leftOut: members.filter((member) => !isInvitable(member)) };
}
