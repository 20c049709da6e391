import request, { type Test } from 'supertest';
import type { ScimSettings, SignInSettings } from '../../src/identity/index.ts';
import type { StaffRole } from '../../src/kernel/actor.ts';
import { sha256Hex } from '../../src/platform/crypto/key-ring.ts';
import { makeWorld, type World } from '../support/world.ts';

export const TOKEN = 'x7Jt-0wq3PzW9mKc5VbN1sRfHgYdLeQa';
export const IDP = 'urn:test:idp';
const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

/** The directory of the company, as it calls us. */
export type Directory = {
  readonly world: World;
  get(path: string): Test;
  post(path: string, body: object): Test;
  put(path: string, body: object): Test;
  patch(path: string, ...operations: object[]): Test;
  delete(path: string): Test;
  /** A person that it has made; gives the id. */
  person(userName: string, more?: object): Promise<string>;
  group(displayName: string, ...memberIds: string[]): Promise<string>;
  /** The roles of an account, and where they come from. */
  rolesOf(id: string): Promise<string[]>;
  acts(subjectId: string): Promise<{ action: string; actor: string; changes: Record<string, unknown> }[]>;
};

/** A world that a directory manages the staff of. */
export async function makeDirectory(
  over: Partial<ScimSettings> = {},
  options: { signIn?: SignInSettings } = {},
): Promise<Directory> {
  const scim: ScimSettings = {
    tokenSha256: sha256Hex(TOKEN),
    idpEntityId: IDP,
    nameIdFrom: 'userName',
    rolesByGroup: { purchasing: 'buyer', receiving: 'receiver', heads: 'approver', it: 'administrator' },
    ...over,
  };
  const world = await makeWorld({ scim, ...options });
  const send = (test: Test): Test => test.set('Authorization', `Bearer ${TOKEN}`);
  const json = (test: Test, body: object): Test =>
    send(test).set('Content-Type', 'application/scim+json').send(JSON.stringify(body));
  const url = (path: string) => `/scim/v2${path}`;
  const directory: Directory = {
    world,
    get: (path) => send(request(world.app).get(url(path))),
    post: (path, body) => json(request(world.app).post(url(path)), body),
    put: (path, body) => json(request(world.app).put(url(path)), body),
    patch: (path, ...operations) =>
      json(request(world.app).patch(url(path)), { schemas: [PATCH_OP], Operations: operations }),
    delete: (path) => send(request(world.app).delete(url(path))),
    async person(userName, more = {}) {
      const made = await directory.post('/Users', personNamed(userName, more)).expect(201);
      return made.body.id;
    },
    async group(displayName, ...memberIds) {
      const members = memberIds.map((value) => ({ value }));
      return (await directory.post('/Groups', { displayName, members }).expect(201)).body.id;
    },
    async rolesOf(id) {
      const rows = await world
        .db('user_role')
        .where({ user_id: id })
        .orderBy('role')
        .select<{ role: StaffRole; source: string }[]>('role', 'source');
      return rows.map(({ role, source }) => `${role} by ${source}`);
    },
    async acts(subjectId) {
      const rows = await world
        .db('event')
        .where({ subject_id: subjectId })
        .orderBy('position')
        .select<{ action: string; actor_name: string; changes: Record<string, unknown> }[]>('*');
      return rows.map(({ action, actor_name, changes }) => ({ action, actor: actor_name, changes }));
    },
  };
  return directory;
}

/** A person as Entra ID describes one. */
export const personNamed = (userName: string, more: object = {}): object => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName,
  externalId: `external-${userName}`,
  displayName: '王芳',
  name: { givenName: '芳', familyName: '王' },
  emails: [{ primary: true, type: 'work', value: `${userName}@hailan.example` }],
  active: true,
  ...more,
});
