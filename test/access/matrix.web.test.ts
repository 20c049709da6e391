import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { access } from '../../src/access.ts';
import { accessDocs } from '../../src/access-docs.ts';
import { matrixOf } from '../../src/identity/index.ts';
import { readAccess } from '../../src/kernel/access.ts';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';
import { root } from '../architecture/files.ts';
import { makeWorld, type World } from '../support/world.ts';

describe('the page of who may do what', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('has a row for every right of the table, for administrators and auditors', async () => {
    for (const role of ['administrator', 'auditor'] as const) {
      const { text } = await (await world.as(await world.staff(role))).get('/access').expect(200);
      for (const name of access.rights.keys()) expect(text).to.include(`data-right="${name}"`);
      expect(text).to.include('not for who proposed it / who runs the event');
    }
  });

  it('is for nobody else', async () => {
    await (await world.as(await world.staff('buyer', 'approver'))).get('/access').expect(403);
    await (await world.as(await world.staff('finance'))).get('/access/export.csv').expect(403);
  });

  it('shows one role, and takes no other for one', async () => {
    const auditor = await world.as(await world.staff('auditor'));
    const { text } = await auditor.get('/access?role=receiver').expect(200);
    expect(text).to.include('data-right="delivery.receive"').and.not.to.include('data-right="bid.open"');
    const all = await auditor.get('/access?role=constructor').expect(200);
    expect(all.text).to.include('data-right="bid.open"');
  });

  it('can be taken as a file', async () => {
    const auditor = await world.as(await world.staff('auditor'));
    const { text } = await auditor.get('/access/export.csv').expect(200);
    expect(text.trim().split('\n')).to.have.lengthOf(access.rights.size + 1);
  });

  it('says every right, act and tie in both languages', () => {
    const catalogue = loadCatalogue(path.join(root, 'config/locales'));
    const keys = [
      ...[...access.rights.keys()].map((name) => `access.right.${name}`),
      ...[...access.acts.keys()].map((name) => `access.act.${name}`),
      ...[...access.acts.values()].flatMap((act) => act.unless.map(({ tie }) => `access.tie.${tie}`)),
      ...[...access.acts.values()].flatMap((act) =>
        act.during.map((state) => `state.${act.name.split('.')[0]}.buyer.${state}`),
      ),
      ...matrixOf(access).map(({ area }) => `access.area.${area}`),
    ];
    for (const locale of ['en', 'zh-CN'] as const)
      expect(
        keys.filter((key) => !catalogue.has(locale, key)),
        `write these in config/locales/${locale}/access.json`,
      ).to.deep.equal([]);
  });

  it('does not leave out a right of an area nobody thought of', () => {
    expect(() => matrixOf(readAccess({ 'moon.fly': ['buyer'] }, []))).to.throw('moon.fly');
  });

  it('is what docs/access.md says: write it anew with node bin/access.mjs', () => {
    expect(readFileSync(path.join(root, 'docs/access.md'), 'utf8')).to.equal(accessDocs(root));
  });
});
