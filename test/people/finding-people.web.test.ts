import { expect } from 'chai';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

describe('finding people', () => {
  let world: World;
  let administrator: Visitor;
  before(async () => {
    world = await makeWorld();
    administrator = await world.as(await world.staff('administrator'));
    const { userId } = await makeSupplier(world, { name: 'Hawkins Ltd.' });
    await world.db('user_account').where({ id: userId }).update({ name: 'Petra ~ Lang' });
    for (let count = 0; count < 55; count += 1) await world.staff('receiver');
    const gone = await world.staff('finance');
    await world.db('user_account').where({ id: gone.userId }).update({ is_active: false, name: 'Gone Away' });
  });
  after(() => world.close());

  const found = async (query: string) => {
    const page = await administrator.get(`/people${query}`).expect(200);
    return { text: page.text, ids: [...page.text.matchAll(/data-person="([^"]+)"/g)].map(([, id]) => id) };
  };
  const nextOf = (text: string) =>
    /rel="next" href="\/people([^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&').replaceAll('&#38;', '&');

  it('searches name, address and supplier, and means wildcards as they are written', async () => {
    expect((await found('?q=hawkins')).text).to.include('Petra ~ Lang');
    expect((await found('?q=petra')).ids).to.have.length(1);
    expect((await found('?q=%25')).ids).to.have.length(0);
  });

  it('filters by kind, role and standing', async () => {
    expect((await found('?kind=supplier')).ids).to.have.length(1);
    expect((await found('?role=finance')).ids).to.have.length(1);
    expect((await found('?standing=deactivated')).text).to.include('Gone Away');
    expect((await found('?standing=active&role=finance')).ids).to.have.length(0);
    expect((await found('?role=emperor')).ids).to.have.length(50);
  });

  for (const sort of ['name', 'name-last', 'seen', 'unseen'])
    it(`shows everybody once, page by page, sorted by ${sort}`, async () => {
      const first = await found(`?sort=${sort}`);
      const second = await found(nextOf(first.text) ?? 'no next page');
      expect(first.ids).to.have.length(50);
      expect(new Set([...first.ids, ...second.ids]).size).to.equal(58);
    });

  it('leaves as a file with the filters of the page', async () => {
    const file = await administrator.get('/people/export.csv?kind=supplier').expect(200);
    expect(file.text.trim().split('\n')).to.have.length(2);
    expect(file.text).to.include('Hawkins Ltd.');
  });

  it('limits somebody to plants and categories, but nobody themself', async () => {
    const person = await world.staff('receiver');
    const { version } = await world.db('user_account').where({ id: person.userId }).first('version');
    await administrator.post(`/people/${person.userId}/scope`, { plants: ['QD01'], version }).expect(303);
    expect((await administrator.get(`/people/${person.userId}`)).text).to.include('data-limit="QD01"');
    const own = await administrator.post(`/people/${administrator.actor.userId}/scope`, {
      plants: ['QD01'],
      version: 1,
    });
    expect(own.text).to.include('person.limits-oneself');
    expect(await world.db('user_scope')).to.have.length(1);
  });

  it('answers a malformed or unknown person as one that does not exist', async () => {
    await administrator.get('/people/nonsense').expect(404);
    await administrator.get('/people/0195a000-0000-7000-8000-000000000009').expect(404);
  });
});
