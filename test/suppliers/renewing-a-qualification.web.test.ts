import { expect } from 'chai';
import { system } from '../../src/kernel/actor.ts';
import { mindQualifications } from '../../src/suppliers/index.ts';
import { qualify } from '../support/factories/qualifications.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { makeSupplier } from '../support/factories/suppliers.ts';
import { textOf } from '../support/text-of.ts';
import { makeWorld, type World } from '../support/world.ts';

const PDF = Buffer.from('%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n');

describe('a supplier’s own qualifications', () => {
  let world: World;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
  });
  after(() => world.close());

  it('are read with their conditions and end, renewed in one click with evidence, and taken up or answered', async () => {
    const supplier = await makeSupplier(world);
    const other = await makeSupplier(world);
    const { supplierId } = supplier;
    const visitor = await world.as(supplier.actor);
    const page = '/company/qualifications';
    expect((await visitor.get(page).expect(200)).text).to.include('Nothing decided yet');
    const id = await qualify(world, { supplierId, validUntil: '2026-04-30' });
    const row = () => world.db('qualification').where({ id }).first();
    await world.db('qualification').where({ id }).update({
      state: 'conditionally_qualified',
      outcome: 'conditionally_qualified',
      conditions: 'Up to 40 kg',
    });
    const own = (await visitor.get(page).expect(200)).text;
    expect(textOf(own))
      .to.include('until 30 Apr 2026')
      .and.include('Up to 40 kg')
      .and.include('Ask for renewal');
    // Why we asked is ours alone.
    expect(own).to.not.include('Audited');
    const ask = `${page}/${id}/renewal`;
    const stranger = await world.as(other.actor);
    await stranger.upload(ask, { note: '' }, {}).expect(404);
    expect((await row()).renewal_asked_at).to.equal(null);
    // Reminded of its end, the supplier is told as well.
    await world.runInTx(system('test'), mindQualifications);
    await world.drainJobs();
    expect(world.mails.map(({ subject }) => subject).join('\n')).to.match(/Your qualification in .* ends/);
    await visitor.upload(ask, { note: 'New certificate' }, { files: ['iso9001.pdf', PDF] }).expect(303);
    await visitor.upload(ask, { note: '' }, {}).expect(422, /asked for already/);
    const asked = (await visitor.get(page).expect(200)).text;
    expect(asked)
      .to.include('Renewal asked for')
      .and.include('iso9001.pdf')
      .and.not.include('>Ask for renewal<');
    const file = /href="(\/documents\/[^"]+)"/.exec(asked)?.[1] ?? '';
    await visitor.get(file).expect(200);
    await stranger.get(file).expect(404);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('asks for the renewal');

    const buyer = await world.as(await world.staff('buyer'));
    const ours = `/suppliers/${supplierId}/qualifications`;
    expect((await buyer.get('/').expect(200)).text)
      .to.include('renewal')
      .and.include(ours);
    const shown = (await buyer.get(ours).expect(200)).text;
    expect(shown).to.include('New certificate').and.include('iso9001.pdf');
    await buyer.get(file).expect(200);
    const refuse = `${ours}/${id}/renewal-refusal`;
    await buyer.post(refuse, { reason: '' }).expect(422);
    expect((await row()).renewal_asked_at).not.to.equal(null);
    await buyer.post(refuse, { reason: 'Audit comes first' }).expect(303);
    await buyer.post(refuse, { reason: 'Again' }).expect(422, /no renewal/i);
    await world.drainJobs();
    expect(world.mails.at(-1)?.subject).to.include('was not taken up');
    expect((await visitor.get(page).expect(200)).text).to.include('Audit comes first');
    // Asked again, and taken up by asking an approver.
    await visitor.upload(ask, { note: '' }, {}).expect(303);
    const form = { categoryCode: 'MACH', plantCode: '', wanted: 'qualified', validUntil: '2027-04-30' };
    await buyer.upload(ours, { ...form, conditions: '', reason: 'Audit of March' }, {}).expect(303);
    expect([(await row()).renewal_asked_at, (await row()).state]).to.deep.equal([null, 'in_renewal']);
    // That we ask for another decision is told to nobody outside.
    expect((await visitor.get(page).expect(200)).text).to.not.include('Audit of March');
  });

  it('go out as a spreadsheet and come back as what is asked, cell by cell, all or nothing', async () => {
    const supplier = await makeSupplier(world);
    const { reference } = await world.db('supplier').where({ id: supplier.supplierId }).first();
    await qualify(world, { supplierId: supplier.supplierId, validUntil: '2026-12-31' });
    const buyer = await world.as(await world.staff('buyer'));
    await world.drainJobs();
    expect((await buyer.get('/suppliers').expect(200)).text).to.include('/qualifications/import');
    const page = '/qualifications/import';
    const waiting = () =>
      world.db('qualification').whereNotNull('wanted').where({ supplier_id: supplier.supplierId });
    const { body } = await buyer.get('/qualifications/export.xlsx').responseType('blob').expect(200);
    await buyer.upload(page, {}, { sheet: ['q.xlsx', body as Buffer] }).expect(303);
    expect((await buyer.get(page).expect(200)).text).to.include('nothing was asked');
    expect(await waiting()).to.deep.equal([]);
    const csv = (...rows: string[]): [string, Buffer] => [
      'q.csv',
      Buffer.from(
        ['Supplier number,Category,Plant,Qualification,Valid until,Conditions,Reason', ...rows].join('\n'),
      ),
    ];
    const wrong = await buyer
      .upload(
        page,
        {},
        {
          sheet: csv(
            `${reference},MACH,,Qualified,2027-12-31,,Audit`,
            'SUP-1999-0001,MACH,,Qualified,,,Audit',
            `${reference},NONE,QD99,Qualified,,,Audit`,
            `${reference},MACH,QD01,Conditionally qualified,,,Audit`,
            `${reference},MACH,QD01,Qualified,2020-01-01,,`,
          ),
        },
      )
      .expect(422);
    const said = textOf(wrong.text);
    for (const [cell, words] of [
      ['A3', 'no number of a supplier'],
      ['B4', 'no code of a category'],
      ['C4', 'no code of a plant'],
      ['F5', 'under which conditions'],
      ['A6', 'stand here twice'],
      ['G6', 'Say what was looked at'],
    ] as const)
      expect(said, cell).to.match(new RegExp(`${cell}\\b[^]*?${words}`));
    expect(await waiting()).to.deep.equal([]);
    const mailed = world.mails.length;
    await buyer
      .upload(
        page,
        {},
        {
          sheet: csv(
            `${reference},MACH,,Qualified,2027-12-31,,Audit`,
            `${reference},MACH,QD01,Conditionally qualified,,Up to 40 kg,Audit`,
          ),
        },
      )
      .expect(303);
    const asked = (await waiting().orderBy('plant_code')).map((one) => [
      one.plant_code,
      one.state,
      one.wanted,
    ]);
    expect(asked).to.deep.equal([
      ['QD01', 'pending_approval', 'conditionally_qualified'],
      [null, 'in_renewal', 'qualified'],
    ]);
    await world.drainJobs();
    // Two decisions are asked for, and nobody gets two mails.
    const told = world.mails.slice(mailed).map((mail) => mail.to.address);
    expect(told).to.have.length.above(0);
    expect(new Set(told).size).to.equal(told.length);
    await buyer.upload(page, {}, {}).expect(422, /Choose a spreadsheet/);
    await (await world.as(supplier.actor)).get(page).expect(404);
  });
});
