import { expect } from 'chai';
import request from 'supertest';
import { makeApp } from '../../src/app.ts';
import { signInForTest } from '../support/sign-in.ts';
import { makeWorld, ORIGIN, type World } from '../support/world.ts';

describe('failing before anybody is known', () => {
  let world: World;
  beforeEach(async () => {
    world = await makeWorld();
  });
  afterEach(() => world.close());

  it('shows the page of a crash with its number, and nothing of the inside, when sessions cannot be read', async () => {
    const crashes: unknown[] = [];
    const log = { info() {}, debug() {}, warn() {}, error: (facts: unknown) => void crashes.push(facts) };
    const { app } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log });
    const { cookie } = await signInForTest(world.house, await world.staff('buyer'), world.now());
    await world.db.raw('ALTER TABLE web_session RENAME TO web_session_elsewhere');
    const answer = await request(app).get('/orders').set('Cookie', cookie).set('Accept-Language', 'zh-CN');
    expect(answer.status).to.equal(500);
    expect(answer.text).to.include('data-code="crash"').and.to.include('lang="zh-CN"');
    expect(answer.text).not.to.match(/web_session|\.(ts|js):\d+/);
    expect(crashes.filter((one) => JSON.stringify(one).includes('"reference"'))).to.have.length(1);
  });

  it('refuses a form that is too large or malformed in words, in the visitor’s language', async () => {
    const large = await request(world.app)
      .post('/sign-in')
      .set('Accept-Language', 'zh-CN')
      .type('form')
      .send(`email=${'x'.repeat(5 * 1024 * 1024)}`);
    expect(large.status).to.be.oneOf([400, 413]);
    expect(large.text).to.include('lang="zh-CN"').and.to.include('data-code="form.too-large"');
    const malformed = await request(world.app).post('/sign-in').type('json').send('{"email":');
    expect(malformed.status).to.equal(400);
    expect(malformed.text).to.include('data-code="form.malformed"');
    const nul = await request(world.app).get('/sign-in?x=%00');
    expect(nul.status).to.equal(400);
    expect(nul.text).to.include('data-code="form.malformed"');
  });
});
