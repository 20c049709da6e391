import SCIMMY from 'scimmy';
import { invalid } from '../../kernel/errors.ts';
import type { GroupSought, UserSought } from './sought.ts';

/** Attributes as a filter names them, in lower case, and what they are in a search. */
const USER_FIELDS: Readonly<Record<string, keyof UserSought>> = {
  id: 'id',
  username: 'userName',
  externalid: 'externalId',
  displayname: 'displayName',
  active: 'isActive',
  emails: 'email',
  'emails.value': 'email',
};
const GROUP_FIELDS: Readonly<Record<string, keyof GroupSought>> = {
  id: 'id',
  displayname: 'displayName',
  externalid: 'externalId',
  members: 'memberId',
  'members.value': 'memberId',
};

/** What a filter of people asks for. @throws AppError `scim.filter` */
export const soughtUsers = (filter: string | undefined): UserSought => sought(filter, USER_FIELDS);

/** What a filter of groups asks for. @throws AppError `scim.filter` */
export const soughtGroups = (filter: string | undefined): GroupSought => sought(filter, GROUP_FIELDS);

/** Directories look things up by `eq`, joined by `and`: those are answered from an index, others are refused. */
function sought(
  filter: string | undefined,
  fields: Readonly<Record<string, string>>,
): Record<string, string | boolean> {
  if (filter === undefined) return {};
  const found: Record<string, string | boolean> = {};
  for (const [attribute, expression] of comparisonsOf(filter)) {
    const path = attribute.replace(/^urn:.*:(user|group):/, '');
    if (path === 'emails.type') continue;
    const field = Object.hasOwn(fields, path) ? fields[path] : undefined;
    const [comparator, value] = expression;
    const isRight =
      field === 'isActive' ? typeof value === 'boolean' : typeof value === 'string' && value !== '';
    if (field === undefined || comparator !== 'eq' || expression.length !== 2 || !isRight || field in found)
      throw refused();
    found[field] = value as string | boolean;
  }
  return found;
}

function comparisonsOf(filter: string): [string, readonly unknown[]][] {
  // Names that mean something else to the language that the filter is read in.
  if (/__proto__|prototype|constructor/i.test(filter)) throw refused();
  const parsed = parsedOrRefused(filter);
  const [only, ...others] = parsed;
  if (only === undefined || others.length > 0) throw refused();
  return flattened(only, '');
}

function parsedOrRefused(filter: string): readonly unknown[] {
  try {
    return new SCIMMY.Types.Filter(filter);
  } catch {
    throw refused();
  }
}

const flattened = (expression: unknown, prefix: string): [string, readonly unknown[]][] =>
  Object.entries(expression as object).flatMap(([name, child]: [string, unknown]) => {
    const path = `${prefix}${name.toLowerCase()}`;
    return Array.isArray(child) ? [[path, child] as [string, unknown[]]] : flattened(child, `${path}.`);
  });

const refused = () =>
  invalid('scim.filter', 'Filters compare by eq and join by and: userName eq "x" and active eq true');
