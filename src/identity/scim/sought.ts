/** What a list is narrowed down to: what is not said is not asked. */
export type UserSought = {
  readonly id?: string;
  readonly userName?: string;
  readonly externalId?: string;
  readonly displayName?: string;
  readonly email?: string;
  readonly isActive?: boolean;
};
export type GroupSought = {
  readonly id?: string;
  readonly displayName?: string;
  readonly externalId?: string;
  readonly memberId?: string;
};
