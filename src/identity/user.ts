import { type Actor, type Role, type StaffRole, staffRoles } from '../kernel/actor.ts';
import { isTimeZone } from '../kernel/time.ts';
import { type Locale, locales } from '../platform/i18n/catalogue.ts';

export const themes = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

/** How somebody proved who it is; with a second step where there is one. */
export type SignInMethod =
  | 'saml'
  | 'link'
  | 'password'
  | 'passkey'
  /** No sign-in: a link for one document. */
  | 'signed-link'
  | `${'link' | 'password'}+${'totp' | 'recovery-code'}`;

/** Who gives a role: a group of the identity provider, somebody here, or a directory over SCIM. */
export const roleSources = ['group', 'granted', 'scim'] as const;
export type RoleSource = (typeof roleSources)[number];

/** Somebody with an account. */
export type User = {
  readonly id: string;
  readonly kind: 'staff' | 'supplier';
  readonly name: string;
  readonly email: string;
  readonly locale: Locale;
  readonly timeZone: string;
  readonly theme: Theme;
  readonly supplierId: string | null;
  readonly isActive: boolean;
  readonly hasPassword: boolean;
  /** A passkey, or an app that makes one-time codes. */
  readonly hasSecondFactor: boolean;
  readonly roles: readonly Role[];
};

/** What other domains need to address a user. */
export type Person = Pick<User, 'id' | 'name' | 'email' | 'locale' | 'timeZone'>;

/** What a person chooses for the pages it sees. */
export type Preferences = Pick<User, 'locale' | 'timeZone' | 'theme'>;

/** The user as the one who acts. */
export const actorOf = (user: Pick<User, 'id' | 'kind' | 'name' | 'roles' | 'supplierId'>): Actor => ({
  kind: user.kind,
  userId: user.id,
  name: user.name,
  roles: user.roles,
  supplierId: user.supplierId,
});

/** Which role each group of the identity provider stands for. */
export type RolesByGroup = Readonly<Record<string, StaffRole>>;

/** The roles that a staff member's groups give, each once, in the order of the roles. */
export function rolesOfGroups(groups: readonly string[], rolesByGroup: RolesByGroup): StaffRole[] {
  const given = new Set(
    groups.filter((group) => Object.hasOwn(rolesByGroup, group)).map((group) => rolesByGroup[group]),
  );
  return staffRoles.filter((role) => given.has(role));
}

export const asLocale = (value: unknown): Locale | null => locales.find((locale) => locale === value) ?? null;
export const asTheme = (value: unknown): Theme | null => themes.find((theme) => theme === value) ?? null;
export const asTimeZone = (value: unknown): string | null =>
  typeof value === 'string' && value.length <= 64 && isTimeZone(value) ? value : null;
