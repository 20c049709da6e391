import SCIMMY from 'scimmy';
import { found, invalid } from '../../kernel/errors.ts';
import type { Ctx } from '../../platform/db/context.ts';
import { soughtGroups, soughtUsers } from './filter.ts';
import * as groups from './group.store.ts';
import { changeGroup, createGroup, removeGroup } from './groups.service.ts';
import { asStandard, GROUP_ATTRIBUTES, standardResource, USER_ATTRIBUTES } from './patch.ts';
import { changePerson, type Directory, provisionPerson, removePerson } from './people.service.ts';
import * as people from './person.store.ts';
import { listQuery, MOST_A_PAGE, parse, readGroup, readPerson } from './scim.forms.ts';

/** What can be done with the resources of one type, as SCIM words it; each in the caller's transaction. */
export type ScimResource = {
  list(ctx: Ctx, query: Query): Promise<object>;
  read(ctx: Ctx, id: string, query: Query): Promise<object>;
  create(ctx: Ctx, body: unknown): Promise<{ id: string }>;
  replace(ctx: Ctx, id: string, body: unknown): Promise<void>;
  patch(ctx: Ctx, id: string, body: unknown): Promise<void>;
  remove(ctx: Ctx, id: string): Promise<void>;
};
type Query = Readonly<Record<string, unknown>>;

const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

SCIMMY.Resources.declare(SCIMMY.Resources.User);
SCIMMY.Resources.declare(SCIMMY.Resources.Group);
SCIMMY.Config.set({
  patch: true,
  filter: MOST_A_PAGE,
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'OAuth Bearer Token',
      description: 'The token of this installation, in the Authorization header',
      specUri: 'https://datatracker.ietf.org/doc/html/rfc6750',
    },
  ],
});
// What is not kept is not described: roles, passwords and the like cannot be sent here.
SCIMMY.Schemas.User.truncate(
  `nickName profileUrl title userType preferredLanguage locale timezone password phoneNumbers ims photos addresses
   entitlements roles x509Certificates`.split(/\s+/),
);

/** The staff of the directory's identity provider. */
export const userResource = (directory: Directory, base: string): ScimResource => {
  const shown = (user: people.ScimUser, query: Query) =>
    new SCIMMY.Schemas.User(asScimUser(user), 'out', `${base}/Users`, attributesOf(query));
  return {
    async list(ctx, query) {
      const { filter, offset, limit } = partOf(query);
      const { items, total } = await people.findUsers(ctx.tx, soughtUsers(filter), { offset, limit });
      return listOf(
        items.map((user) => shown(user, query)),
        { offset, total },
      );
    },
    async read(ctx, id, query) {
      return shown(found('user', await people.findUser(ctx.tx, id)), query);
    },
    async create(ctx, body) {
      const resource = new SCIMMY.Schemas.User(objectIn(standardResource(body)), 'in');
      return { id: await provisionPerson(ctx, directory, readPerson(resource)) };
    },
    async replace(ctx, id, body) {
      const resource = new SCIMMY.Schemas.User(objectIn(standardResource(body)), 'in');
      await changePerson(ctx, directory, { id, described: readPerson(resource) });
    },
    async patch(ctx, id, body) {
      const before = found('user', await people.lockUser(ctx.tx, id));
      const message = asStandard(objectIn(body), USER_ATTRIBUTES);
      if (message === null) return;
      const after = await patched(message, shown(before, {}));
      await changePerson(ctx, directory, { id, described: readPerson(after) });
    },
    remove: removePerson,
  };
};

/** The groups that the directory has pushed. */
export const groupResource = ({ rolesByGroup }: Directory, base: string): ScimResource => {
  const shown = (group: groups.ScimGroup, members: readonly groups.Member[], query: Query) =>
    new SCIMMY.Schemas.Group(asScimGroup(group, members), 'out', `${base}/Groups`, attributesOf(query));
  return {
    async list(ctx, query) {
      const { filter, offset, limit } = partOf(query);
      const { items, total } = await groups.findGroups(ctx.tx, soughtGroups(filter), { offset, limit });
      const members = leavesOutMembers(query)
        ? []
        : await groups.findMembers(
            ctx.tx,
            items.map((group) => group.id),
          );
      return listOf(
        items.map((group) => {
          const own = members.filter((member) => member.groupId === group.id);
          return shown(group, own, query);
        }),
        { offset, total },
      );
    },
    async read(ctx, id, query) {
      const group = found('scim_group', await groups.findGroup(ctx.tx, id));
      return shown(group, leavesOutMembers(query) ? [] : await groups.findMembers(ctx.tx, [id]), query);
    },
    async create(ctx, body) {
      const resource = new SCIMMY.Schemas.Group(objectIn(body), 'in');
      return { id: await createGroup(ctx, rolesByGroup, readGroup(resource)) };
    },
    async replace(ctx, id, body) {
      const resource = new SCIMMY.Schemas.Group(objectIn(body), 'in');
      await changeGroup(ctx, rolesByGroup, { id, group: readGroup(resource) });
    },
    async patch(ctx, id, body) {
      const before = found('scim_group', await groups.lockGroup(ctx.tx, id));
      const message = asStandard(objectIn(body), GROUP_ATTRIBUTES);
      if (message === null) return;
      const after = await patched(message, shown(before, await groups.findMembers(ctx.tx, [id]), {}));
      await changeGroup(ctx, rolesByGroup, { id, group: readGroup(after) });
    },
    remove: (ctx, id) => removeGroup(ctx, rolesByGroup, id),
  };
};

/** The resource as the operations leave it; as it was when they change nothing. */
async function patched<T extends SCIMMY.Types.Schema>(message: unknown, before: T): Promise<T> {
  const operations = new SCIMMY.Messages.PatchOp(message as ConstructorParameters<typeof PatchOp>[0]);
  return (await operations.apply(before)) ?? before;
}
const { PatchOp } = SCIMMY.Messages;

const asScimUser = (user: people.ScimUser) => ({
  id: user.id,
  userName: user.userName,
  ...(user.externalId === null ? {} : { externalId: user.externalId }),
  displayName: user.name,
  name: { formatted: user.name },
  emails: [{ value: user.email, type: 'work', primary: true }],
  active: user.isActive,
  groups: user.groups.map((group) => ({ value: group.id, display: group.name, type: 'direct' })),
  meta: { created: user.createdAt, lastModified: user.changedAt },
});

const asScimGroup = (group: groups.ScimGroup, members: readonly groups.Member[]) => ({
  id: group.id,
  displayName: group.name,
  ...(group.externalId === null ? {} : { externalId: group.externalId }),
  members: members.map((member) => ({ value: member.id, display: member.userName })),
  meta: { created: group.createdAt, lastModified: group.changedAt },
});

function partOf(query: Query): { filter: string | undefined; offset: number; limit: number } {
  const { filter, startIndex, count } = parse(listQuery, query);
  const limit = Math.min(Math.max(count, 0), MOST_A_PAGE);
  return { filter, offset: Math.max(startIndex, 1) - 1, limit };
}

const listOf = (resources: readonly object[], of: { offset: number; total: number }): object => ({
  schemas: [LIST],
  totalResults: of.total,
  startIndex: of.offset + 1,
  itemsPerPage: resources.length,
  Resources: resources,
});

/** Which attributes are asked for, in the library's form. */
function attributesOf(query: Query): SCIMMY.Types.Filter | undefined {
  const { attributes, excludedAttributes } = parse(listQuery, query);
  const names = (attributes ?? excludedAttributes ?? '').split(',').map((name) => name.trim());
  if (names.length === 1 && names[0] === '') return undefined;
  if (names.some((name) => !/^[A-Za-z][A-Za-z.]{0,60}$/.test(name)))
    throw invalid('scim.invalid', 'attributes are names, comma between');
  const verb = attributes === undefined ? 'np' : 'pr';
  return new SCIMMY.Types.Filter(names.map((name) => `${name} ${verb}`).join(' and '));
}

const leavesOutMembers = (query: Query): boolean =>
  /(^|,)\s*members\s*(,|$)/i.test(parse(listQuery, query).excludedAttributes ?? '');

function objectIn(body: unknown): Record<string, unknown> {
  if (typeof body === 'object' && body !== null && !Array.isArray(body))
    return body as Record<string, unknown>;
  throw invalid('scim.invalid', 'The body must be a JSON object');
}
