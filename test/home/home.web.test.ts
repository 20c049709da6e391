import { expect } from 'chai';
import { makeWorld, type World } from '../support/world.ts';

describe('opening the home page', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
  });
  after(() => world.close());

  it('greets whoever signed in, and says that nothing waits', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    const page = await buyer.get('/').expect(200);
    expect(page.text).to.include(`Hello, ${buyer.actor.name}`).and.include('All done');
  });

  it('sends a visitor to the sign-in page, because there is nothing to see without an account', async () => {
    await world.visitor().get('/').expect(303).expect('Location', '/sign-in');
  });

  it('answers 404 in words for what does not exist', async () => {
    const buyer = await world.as(await world.staff('buyer'));
    const page = await buyer.get('/nowhere').expect(404);
    expect(page.text).to.include('There is no such page');
  });
});
