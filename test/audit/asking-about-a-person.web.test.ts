import { expect } from 'chai';
import { makeApp } from '../../src/app.ts';
import { record, recordAll } from '../../src/audit/index.ts';
import { pageKeyOf } from '../../src/audit/page-view.ts';
import type { Actor } from '../../src/kernel/actor.ts';
import { newId } from '../../src/kernel/id.ts';
import { type PublishedEvent, publishedEvent } from '../support/factories/sourcing.ts';
import { crashesOnly } from '../support/log.ts';
import { makeWorld, ORIGIN, type Visitor, type World } from '../support/world.ts';

describe('asking what a person saw and did', () => {
  let world: World;
  let buyer: Actor;
  let auditor: Visitor;
  let made: PublishedEvent;
  let own: string;

  before(async () => {
    world = await makeWorld();
    buyer = await world.staff('buyer');
    made = await publishedEvent(world, { buyer });
    own = `/audit/people/${buyer.userId}`;
    world.setNow('2026-03-03T10:00:00Z');
    const visitor = await world.as(buyer);
    await visitor.get(`/events/${made.eventId}`);
    await visitor.get('/suppliers?search=geheim');
    await world.flushPageViews();
    world.setNow('2026-03-10T10:00:00Z');
    const later = await world.as(buyer);
    await later.get(`/events/${made.eventId}/invitations`);
    await world.flushPageViews();
    await world.runInTx(buyer, (ctx) =>
      record(ctx, {
        action: 'sourcing_event.changed',
        subject: { type: 'sourcing_event', id: made.eventId },
        reason: '=after the opening',
      }),
    );
    await world.db.raw(
      `UPDATE sourcing_event SET opened_at = '2026-03-09T10:00:00Z' WHERE id = '${made.eventId}'`,
    );
    auditor = await world.as(await world.staff('auditor'));
  });
  after(() => world.close());

  const ask = async (query = ''): Promise<string> => {
    const page = await auditor.get(`${own}${query}`);
    expect(page.status).to.equal(200);
    return page.text;
  };
  const entries = (html: string): string[] =>
    [...html.matchAll(/data-entry="(\w+)"/g)].map(([, kind]) => kind as string);
  const VIEW_OF_EVENT = '<span title="Session';

  it('shows acts and views in one order of time, each view by the name of its page', async () => {
    const html = await ask();
    expect(entries(html)).to.include.members(['act', 'view']);
    const [latest, first] = [html.indexOf('after the opening'), html.indexOf('List of suppliers')];
    expect(latest).to.be.greaterThan(0).and.lessThan(first);
    expect(html)
      .to.include('Whom to invite')
      .and.to.include(made.event.reference)
      .and.not.to.include('geheim');
    const times = [...html.matchAll(/<time datetime="([^"]+)"/g)].map(([, at]) => at as string);
    expect(times).to.deep.equal(times.toSorted().toReversed());
  });

  it('shows, before the opening of an event, nothing that came after it, and nothing about anything else', async () => {
    const html = await ask(`?before=${made.event.reference.toLowerCase()}`);
    expect(html).to.include(VIEW_OF_EVENT).and.to.include('Only what came before the bids');
    expect(entries(html)).to.include.members(['act', 'view']);
    for (const wrong of ['after the opening', 'Whom to invite', 'List of suppliers'])
      expect(html, wrong).not.to.include(wrong);
    expect(await ask(`?before=${made.event.reference}&scope=all`))
      .to.include('List of suppliers')
      .and.not.to.include('Whom to invite');
  });

  it('shows acts alone, views alone, and days alone', async () => {
    expect(new Set(entries(await ask('?show=acts')))).to.deep.equal(new Set(['act']));
    expect(new Set(entries(await ask('?show=views')))).to.deep.equal(new Set(['view']));
    expect(entries(await ask('?from=2026-03-03&to=2026-03-03'))).to.deep.equal(['view', 'view']);
    expect(entries(await ask('?to=2026-03-01'))).to.deep.equal([]);
  });

  it('says that there is no such event, rather than to show something else', async () => {
    const html = await ask('?before=RFQ-1999-0001');
    expect(html).to.include('no sourcing event').and.to.include('RFQ-1999-0001');
    expect(entries(html)).to.deep.equal([]);
  });

  it('leads through everything page by page, none twice and none left out', async () => {
    const person = await world.staff('approver');
    const visitor = await world.as(person);
    for (let round = 0; round < 4; round += 1) {
      await world.runInTx(person, (ctx) =>
        recordAll(
          ctx,
          Array.from({ length: 15 }, () => ({
            action: 'user.signed-in',
            subject: { type: 'user', id: newId() },
          })),
        ),
      );
      for (let count = 0; count < 15; count += 1) await visitor.get('/suppliers');
      await world.flushPageViews();
    }
    let after: string | null = '';
    const seen: string[] = [];
    for (let pages = 0; after !== null && pages < 9; pages += 1) {
      const { text } = await auditor.get(`/audit/people/${person.userId}${after}`);
      seen.push(...entries(text));
      after = /rel="next" href="[^"]*(\?[^"]+)"/.exec(text)?.[1]?.replaceAll('&amp;', '&') ?? null;
    }
    expect(seen.filter((kind) => kind === 'view')).to.have.lengthOf(60);
    expect(seen.filter((kind) => kind === 'act')).to.have.lengthOf(60);
  });

  it('begins at the beginning when the place to go on from cannot be read', async () => {
    expect(entries(await ask('?after=%27'))).not.to.deep.equal([]);
    expect(entries(await ask('?from=x&scope=y&show=z&before='))).not.to.deep.equal([]);
  });

  it('gives everything as a file, with no formula in it that anybody typed', async () => {
    const csv = await auditor.get(`${own}/export.csv?before=`);
    expect(csv.headers['content-type']).to.match(/text\/csv/);
    expect(csv.text).to.include("'=after the opening").and.to.include('/events/:eventId/invitations');
    const narrowed = await auditor.get(`${own}/export.csv?before=${made.event.reference}`);
    expect(narrowed.text).not.to.include('after the opening');
  });

  it('is for the auditor only, and of people who exist', async () => {
    for (const role of ['buyer', 'approver', 'administrator'] as const) {
      const other = await world.as(await world.staff(role));
      for (const page of [own, `${own}/export.csv`])
        expect((await other.get(page)).status, role).to.equal(403);
    }
    for (const page of ['', '/export.csv'])
      expect((await auditor.get(`/audit/people/${newId()}${page}`)).status).to.equal(404);
  });

  it('leaves the batches of views out of a search, unless one asks for them', async () => {
    const batch = 'Page views recorded</a>';
    expect((await auditor.get('/audit')).text).not.to.include(batch);
    expect((await auditor.get('/audit?action=page_view.recorded')).text).to.include(batch);
  });

  it('has a name for every page in both languages', () => {
    const { routes } = makeApp(world.house, { origin: ORIGIN, trustProxy: 0, log: crashesOnly });
    const pages = routes.filter(({ method, permission }) => method === 'get' && permission !== 'anyone');
    const nameless = pages
      .map(({ path }) => pageKeyOf(path))
      .filter((key) => !world.house.catalogue.has('en', key) || !world.house.catalogue.has('zh-CN', key));
    expect(nameless).to.deep.equal([]);
  });
});
