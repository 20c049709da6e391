import { z } from 'zod';
import { invalid } from '../../kernel/errors.ts';
import type { DescribedGroup } from './groups.service.ts';
import { type Described, emailFrom, nameFrom } from './person.ts';

// NUL cannot be stored, and no name has another control character.
const text = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .regex(/^\P{Cc}*$/u);
const optional = (most: number) => text(most).nullish();

const resource = z.object({
  userName: text(256).min(1),
  externalId: optional(256),
  displayName: optional(200),
  name: z.object({ formatted: optional(200), givenName: optional(100), familyName: optional(100) }).nullish(),
  emails: z
    .array(z.object({ value: optional(320), primary: z.boolean().nullish() }))
    .max(50)
    .nullish(),
  active: z.boolean().nullish(),
});

const groupResource = z.object({
  displayName: text(256).min(1),
  externalId: optional(256),
  members: z
    .array(z.object({ value: z.uuid() }))
    .max(20_000)
    .nullish(),
});

/** What of a list is asked for. */
export const listQuery = z.object({
  filter: z.string().max(500).optional(),
  attributes: z.string().max(500).optional(),
  excludedAttributes: z.string().max(500).optional(),
  startIndex: z.coerce.number().int().max(10_000_000).default(1),
  count: z.coerce.number().int().default(100),
});

/** How many a page holds at most. */
export const MOST_A_PAGE = 200;

/**
 * What is kept of a person, out of a resource that the library has read.
 * @throws AppError `scim.invalid`, `scim_user.without-email`
 */
export function readPerson(from: unknown): Described {
  const { userName, externalId, displayName, name, emails, active } = parse(resource, from);
  return {
    userName,
    externalId: externalId || null,
    name: nameFrom({
      userName,
      displayName: displayName ?? undefined,
      formatted: name?.formatted ?? undefined,
      givenName: name?.givenName ?? undefined,
      familyName: name?.familyName ?? undefined,
    }).slice(0, 200),
    email: emailFrom(
      (emails ?? []).map((email) => ({
        value: email.value ?? undefined,
        primary: email.primary ?? undefined,
      })),
      userName,
    ),
    isActive: active ?? undefined,
  };
}

/**
 * What is kept of a group.
 * @throws AppError `scim.invalid`
 */
export function readGroup(from: unknown): DescribedGroup {
  const { displayName, externalId, members } = parse(groupResource, from);
  return {
    name: displayName,
    externalId: externalId || null,
    memberIds: [...new Set((members ?? []).map((member) => member.value))],
  };
}

/** @throws AppError `scim.invalid` that names what is wrong */
export function parse<T>(schema: z.ZodType<T>, from: unknown): T {
  const result = schema.safeParse(from);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => issue.path.join('.')).join(', ');
  throw invalid('scim.invalid', `Not as it should be: ${wrong}`);
}
