/** A change as it came in, of which nothing is known yet. */
type Operation = { readonly op?: unknown; readonly path?: unknown; readonly value?: unknown };
type Kept = ReadonlySet<string>;

/** The attributes that are kept, in lower case, as SCIM compares them. */
export const USER_ATTRIBUTES: Kept = new Set(['username', 'externalid', 'displayname', 'emails', 'active']);
export const GROUP_ATTRIBUTES: Kept = new Set(['displayname', 'externalid', 'members']);

/**
 * Brings a PATCH, as Entra ID and Okta send it, into the form of the standard: Entra writes "False" for false and
 * members with an empty `$ref`, Okta sends the id of what it changes along, and both change attributes that nobody
 * here keeps. Null when nothing is left to change. What is not a PATCH at all stays as it is, to be refused.
 * @source RFC 7644, section 3.5.2; Microsoft's list of its deviations ("SCIM 2.0 protocol compliance")
 */
export function asStandard(message: unknown, kept: Kept): unknown {
  if (!isObject(message) || !Array.isArray(message['Operations'])) return message;
  const operations = message['Operations'];
  if (operations.length === 0 || !operations.every(isObject)) return message;
  const left = operations.flatMap((operation) => standardOperation(operation, kept));
  return left.length === 0 ? null : { schemas: message['schemas'], Operations: left };
}

function standardOperation(operation: Operation, kept: Kept): Operation[] {
  const { op, path, value } = operation;
  if (typeof path === 'string' && path !== '') {
    if (!isKept(path, kept)) return [];
    return [{ op, path, ...(value === undefined ? {} : { value: standardValue(path, value) }) }];
  }
  if (!isObject(value)) return [{ op, value }];
  const entries = Object.entries(value)
    .filter(([name]) => isKept(name, kept))
    .map(([name, child]) => [name, standardValue(name, child)]);
  return entries.length === 0 ? [] : [{ op, value: Object.fromEntries(entries) }];
}

/** Of attributes with filters there is only the address at work; those of other schemas are never kept. */
const isKept = (path: string, kept: Kept): boolean =>
  kept.has((/^[^.[]*/.exec(path)?.[0] ?? '').toLowerCase()) &&
  !/^emails\[(?!type eq "work"|primary eq true)/i.test(path);

function standardValue(path: string, value: unknown): unknown {
  const attribute = path.toLowerCase();
  if (attribute === 'active') return asBoolean(value);
  if (attribute === 'members') return Array.isArray(value) ? value.map(onlyValue) : onlyValue(value);
  return value;
}

const asBoolean = (value: unknown): unknown =>
  typeof value === 'string' && /^(true|false)$/i.test(value) ? value.toLowerCase() === 'true' : value;

/** Who a member is; how it is displayed is ours to say. */
const onlyValue = (member: unknown): unknown =>
  isObject(member) && 'value' in member ? { value: member['value'] } : member;

/** A resource as it is posted whole: here too Entra writes "True". */
export const standardResource = (resource: unknown): unknown =>
  isObject(resource) && 'active' in resource
    ? { ...resource, active: asBoolean(resource['active']) }
    : resource;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
