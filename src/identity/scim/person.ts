import { invalid } from '../../kernel/errors.ts';

/** Which of a directory's names for a person is the NameID that its SAML responses carry. */
export type NameIdFrom = 'userName' | 'externalId';

/** What a directory may say of a person. Everything else that SCIM knows is not kept. */
export type Described = {
  readonly userName: string;
  readonly externalId: string | null;
  readonly name: string;
  readonly email: string;
  /** Not said: as it is. */
  readonly isActive: boolean | undefined;
};

/**
 * The NameID under which a person will sign in.
 * @throws AppError `scim_user.without-external-id`
 */
export function nameIdOf(person: Pick<Described, 'userName' | 'externalId'>, from: NameIdFrom): string {
  const nameId = from === 'userName' ? person.userName : person.externalId;
  if (nameId === null)
    throw invalid('scim_user.without-external-id', 'externalId is required: people sign in under it');
  return nameId;
}

type Names = {
  readonly displayName?: string | undefined;
  readonly formatted?: string | undefined;
  readonly givenName?: string | undefined;
  readonly familyName?: string | undefined;
  readonly userName: string;
};

/** What to call a person: as the directory shows the name, or put together; a Chinese name with the family first. */
export function nameFrom({ displayName, formatted, givenName, familyName, userName }: Names): string {
  const shown = displayName?.trim() || formatted?.trim();
  if (shown) return shown;
  const [given, family] = [givenName?.trim() ?? '', familyName?.trim() ?? ''];
  if (/\p{Script=Han}/u.test(family + given)) return `${family}${given}`;
  return `${given} ${family}`.trim() || userName;
}

/**
 * The address to write to: the primary one, or the first; a user name that is one, where there is none.
 * @throws AppError `scim_user.without-email`
 */
export function emailFrom(
  emails: readonly { readonly value?: string | undefined; readonly primary?: boolean | undefined }[],
  userName: string,
): string {
  const given = (emails.find((email) => email.primary === true) ?? emails[0])?.value?.trim();
  const email = given || (userName.includes('@') ? userName : '');
  if (email === '') throw invalid('scim_user.without-email', 'emails is required');
  return email;
}
