import { expect } from 'chai';
import { passTimeOnNextAgreement } from '../../src/agreements/index.ts';
import { type Actor, system } from '../../src/kernel/actor.ts';
import { makeAgreement, termsLine } from '../support/factories/agreements.ts';
import { asking, makePolicy } from '../support/factories/requisitions.ts';
import { makeCatalog } from '../support/factories/sourcing.ts';
import { addColleague, makeSupplier } from '../support/factories/suppliers.ts';
import { makeWorld, type Visitor, type World } from '../support/world.ts';

const typed = {
  kind: 'framework',
  title: 'Brackets 2026',
  categoryCode: 'MACH',
  plantCodes: 'QD01',
  currency: 'USD',
  incoterm: 'DAP',
  incotermPlace: 'Qingdao',
  paymentTermsDays: '30',
  validFrom: '2026-03-01',
  validUntil: '2027-02-28',
  noticeDays: '30',
  valueLimit: '5000',
  clauses: 'Drawings stay ours.',
};
const bracket = {
  itemCode: 'BRK-A',
  description: 'Bracket A',
  unit: 'pcs',
  unitPrice: '12.50',
  scale: '100: 11.80',
};

describe('an agreement', () => {
  let world: World;
  let buyer: Visitor;
  let approver: Visitor;
  let seller: Visitor;
  let supplierId: string;
  before(async () => {
    world = await makeWorld();
    await makeCatalog(world);
    const supplier = await makeSupplier(world);
    supplierId = supplier.supplierId;
    buyer = await world.as(await world.staff('buyer', 'approver'));
    approver = await world.as(await world.staff('approver'));
    seller = await world.as(supplier.actor);
  });
  after(() => world.close());

  const versionOf = async (agreementId: string, version = 1) =>
    world.db('agreement_version').where({ agreement_id: agreementId, version }).first();
  const stateOf = async (id: string): Promise<string> =>
    (await world.db('agreement').where({ id }).first('state')).state;
  const codeOf = (text: string): string | undefined => /data-code="([^"]+)"/.exec(text)?.[1];

  it('keeps what was typed where a price cannot be read', async () => {
    const form = { ...typed, supplierId, lines: [{ ...bracket, scale: '100 a piece' }], next: 'save' };
    const { text } = await buyer.post('/agreements', form).expect(422);
    expect(text).to.include('Drawings stay ours.').and.include('100 a piece');
    expect(text).to.include('Write steps as quantity: price');
    expect(await world.db('agreement')).to.deep.equal([]);
  });

  it('goes from its draft through another person’s approval and both signatures into force', async () => {
    const { headers } = await buyer
      .post('/agreements', { ...typed, supplierId, lines: [bracket], next: 'save' })
      .expect(303);
    const page = headers['location'] as string;
    const id = page.split('/').at(-1) ?? '';
    expect(await stateOf(id)).to.equal('draft');
    await seller.get(page).expect(404);

    // Two people edit the draft: the second sees both.
    const { row_version: rowVersion } = await versionOf(id);
    const edited = { ...typed, lines: [{ lineNo: '1', ...bracket }], rowVersion: String(rowVersion) };
    await buyer.post(`${page}/edit`, { ...edited, title: 'Brackets, all plants' }).expect(303);
    const stale = await buyer.post(`${page}/edit`, { ...edited, title: 'Brackets of mine' }).expect(409);
    expect(stale.text).to.include('Brackets, all plants').and.include('Brackets of mine');

    await buyer.post(`${page}/submission`, { rowVersion: String(rowVersion + 1) }).expect(303);
    const { sha256: text } = await versionOf(id);
    const decision = { sha256: text, decision: 'approve', comment: '' };
    const own = await buyer.post(`${page}/decision`, decision).expect(422);
    expect(codeOf(own.text)).to.equal('agreement.approver-is-author');
    await seller.get(page).expect(404);
    // Whoever read another text decides on nothing.
    await approver.post(`${page}/decision`, { ...decision, sha256: 'a'.repeat(64) }).expect(409);
    expect(await stateOf(id)).to.equal('pending_approval');
    await approver.post(`${page}/decision`, decision).expect(303);
    expect(await stateOf(id)).to.equal('pending_signature');
    await world.drainJobs();

    const { sha256 } = await versionOf(id);
    const offered = await seller.get(page).expect(200);
    expect(offered.text).to.include(sha256).and.include('-en.pdf').and.include('-zh.pdf');
    const self = await buyer.post(`${page}/signature`, { sha256, isAgreed: 'yes' }).expect(422);
    expect(codeOf(self.text)).to.equal('agreement.signed-by-its-author');
    await seller.post(`${page}/signature`, { sha256 }).expect(422);
    await seller.post(`${page}/signature`, { sha256: 'a'.repeat(64), isAgreed: 'yes' }).expect(409);
    expect(await world.db('agreement_signature')).to.deep.equal([]);

    await seller.post(`${page}/signature`, { sha256, isAgreed: 'yes' }).expect(303);
    await world.drainJobs();
    expect(await stateOf(id)).to.equal('pending_signature');
    const twice = await seller.post(`${page}/signature`, { sha256, isAgreed: 'yes' }).expect(422);
    expect(codeOf(twice.text)).to.equal('agreement.signed-already');
    await approver.post(`${page}/signature`, { sha256, isAgreed: 'yes' }).expect(303);
    await world.drainJobs();
    expect(await stateOf(id)).to.equal('active');
    const [line] = await world.db('agreement_line').where({ agreement_id: id });
    expect(line.tiers).to.deep.equal([
      { fromQuantity: '0', unitPrice: '12.5' },
      { fromQuantity: '100', unitPrice: '11.8' },
    ]);
    const signed = await world.db('document').where({ subject_id: id, kind: 'agreement-signed-pdf' });
    expect(signed.map((one) => one.file_name)).to.have.members([
      `AGR-2026-0001-v1-${sha256.slice(0, 6)}-signed-en.pdf`,
      `AGR-2026-0001-v1-${sha256.slice(0, 6)}-signed-zh.pdf`,
    ]);
    const [document] = signed;
    await seller.get(`/documents/${document.id}/${document.file_name}`).expect(200);
    expect(world.mails.map((mail) => mail.subject)).to.include('AGR-2026-0001 is offered for signature');
    const list = await seller.get('/agreements').expect(200);
    expect(list.text).to.include('AGR-2026-0001');
    const { text: file } = await buyer.get('/agreements/export.csv?q=AGR-2026-0001').expect(200);
    expect(file.trim().split('\n')).to.have.lengthOf(2);
  });

  it('goes back to its author where its supplier does not sign, and is not to be seen until it is offered anew', async () => {
    const made = await makeAgreement(world, { until: 'offered' });
    const page = `/agreements/${made.agreementId}`;
    const supplier = await world.as(made.supplier);
    const { sha256: version } = await versionOf(made.agreementId);
    await supplier.post(`${page}/refusal`, { version, reason: 'Aluminium went up' }).expect(303);
    const late = await supplier.post(`${page}/signature`, { sha256: version, isAgreed: 'yes' }).expect(422);
    expect(codeOf(late.text)).to.equal('agreement.refused-already');
    await world.drainJobs();
    expect(await stateOf(made.agreementId)).to.equal('draft');
    await supplier.get(page).expect(404);
    expect((await (await world.as(made.buyer)).get(page).expect(200)).text).to.include('Aluminium went up');
  });

  it('is nobody else’s, and has no page for whoever works without prices', async () => {
    const made = await makeAgreement(world, { until: 'offered' });
    await seller.get(`/agreements/${made.agreementId}`).expect(404);
    const packer = await addColleague(world, made.supplier.supplierId ?? '', {
      roles: ['supplier_logistics'],
    });
    await (await world.as(packer.actor)).get(`/agreements/${made.agreementId}`).expect(404);
  });

  it('says what another version changes, and keeps the first in force until both have signed', async () => {
    const made = await makeAgreement(world);
    const page = `/agreements/${made.agreementId}`;
    const author = await world.as(made.buyer);
    await author.post(`${page}/versions`, { reason: 'Aluminium went up' }).expect(303);
    const again = await author.post(`${page}/versions`, { reason: 'Once more' }).expect(422);
    expect(codeOf(again.text)).to.equal('agreement.version-open');
    const lines = [
      { lineNo: '1', ...bracket, unitPrice: '13' },
      { lineNo: '', description: 'Bracket B', unit: 'pcs', unitPrice: '4' },
    ];
    await author.post(`${page}/edit`, { ...typed, lines, rowVersion: '1', next: 'submit' }).expect(303);
    const { id } = await versionOf(made.agreementId, 2);
    const { text } = await author.get(`${page}/versions/${id}`).expect(200);
    expect(text).to.include('≥ 0: 12.5, ≥ 100: 11.8').and.include('≥ 0: 13, ≥ 100: 11.8');
    expect(text).to.include('Bracket B').and.include('Aluminium went up');
    await (await world.as(made.supplier)).get(`${page}/versions/${id}`).expect(404);
    await author.get(`${page}/versions/${made.agreementId}`).expect(404);
    const [line] = await world.db('agreement_line').where({ agreement_id: made.agreementId });
    expect(line.tiers[0].unitPrice).to.equal('12.5');
    expect(await stateOf(made.agreementId)).to.equal('active');
  });

  it('ends on the day of a notice that keeps the agreed time, and not before', async () => {
    const made = await makeAgreement(world);
    const page = `/agreements/${made.agreementId}`;
    const supplier = await world.as(made.supplier);
    const reason = 'We give up this line';
    const early = await supplier.post(`${page}/notice`, { endsOn: '2026-03-31', reason }).expect(422);
    expect(codeOf(early.text)).to.equal('agreement.notice-too-short');
    await supplier.post(`${page}/notice`, { endsOn: '2026-04-01', reason }).expect(303);
    const passTime = () => world.runInTx(system('test'), passTimeOnNextAgreement);
    world.setNow('2026-04-01T15:00:00Z');
    while (await passTime());
    expect(await stateOf(made.agreementId)).to.equal('active');
    world.setNow('2026-04-01T16:00:00Z'); // midnight in Qingdao
    while (await passTime());
    expect(await stateOf(made.agreementId)).to.equal('terminated');
    world.setNow('2026-03-02T10:00:00Z');
  });

  it('is renewed, let expire or asked for anew in one click each, once its first reminder has come', async () => {
    const made = await makeAgreement(world, {
      terms: {
        validUntil: '2026-12-31',
        lines: [termsLine({ priceBaseQuantity: '10', quantityLimit: '300' })],
      },
    });
    const page = `/agreements/${made.agreementId}`;
    const author = await world.as(made.buyer);
    const offers = async (by = author) => (await by.get(page).expect(200)).text.includes('id="renewal"');
    // Two months before the last day for notice, which is a month before the end.
    world.setNow('2026-10-01T10:00:00Z');
    expect(await offers(await world.as(made.buyer))).to.equal(false);
    world.setNow('2026-10-02T10:00:00Z');
    const later = await world.as(made.buyer);
    expect(await offers(later)).to.equal(true);
    expect((await (await world.as(made.supplier)).get(page)).text).not.to.include('id="renewal"');

    await later.post(`${page}/expiry`).expect(303);
    expect(codeOf((await later.post(`${page}/expiry`).expect(422)).text)).to.equal(
      'agreement.expires-already',
    );
    const { next_due_on: next } = await world.db('agreement').where({ id: made.agreementId }).first();
    expect(next, 'nobody is reminded any more').to.equal('2027-01-01');
    expect((await later.get(page)).text).to.include('nobody is reminded');

    const event = await later.post('/events/from-agreement', { agreementId: made.agreementId }).expect(303);
    const eventId = String(event.headers['location']).split('/')[2];
    const [item] = await world.db('event_item').where({ event_id: eventId });
    expect([item.item_code, Number(item.quantity), Number(item.estimated_price)]).to.deep.equal([
      'BRK-A',
      300,
      1.25,
    ]);
    await later.post('/events/from-agreement', { agreementId: eventId }).expect(404);

    await later.post(`${page}/renewal`).expect(303).expect('location', `${page}/edit`);
    const { terms, state } = await versionOf(made.agreementId, 2);
    expect([terms.validFrom, terms.validUntil, state]).to.deep.equal(['2026-03-01', '2027-11-02', 'draft']);
    expect(codeOf((await later.post(`${page}/renewal`).expect(422)).text)).to.equal('agreement.version-open');
    expect(await offers(later)).to.equal(false);
    world.setNow('2026-03-02T10:00:00Z');
  });

  it('goes through the chain its value and place ask for, back to be written again, and ends where one rejects it', async () => {
    const [first, second] = [await world.staff('approver'), await world.staff('approver')];
    await makePolicy(
      world,
      [
        asking(first),
        asking(second, { stage: 2, fromAmount: '1000' }),
        asking(await world.staff('approver'), { categoryCode: 'MACH', fromAmount: '100000' }),
      ],
      'agreement',
    );
    // Nothing but the limits of its lines says what it is worth: 100 at 12.50 at the dearest.
    const lines = [termsLine({ quantityLimit: '100' })];
    const { agreementId, buyer: owner } = await makeAgreement(world, { until: 'draft', terms: { lines } });
    const page = `/agreements/${agreementId}`;
    const author = await world.as(owner);
    const decide = async (by: Actor, decision: string, comment = '') => {
      const { sha256 } = await versionOf(agreementId);
      return (await world.as(by)).post(`${page}/decision`, { sha256, decision, comment });
    };
    const submit = async () => {
      const { row_version: rowVersion } = await versionOf(agreementId);
      await author.post(`${page}/submission`, { rowVersion: String(rowVersion) }).expect(303);
    };
    await submit();
    const chain = await world.db('approval').where({ document_id: agreementId }).first('amount', 'state');
    expect([Number(chain.amount), chain.state]).to.deep.equal([1250, 'pending']);
    expect(codeOf((await decide(second, 'approve')).text)).to.equal('approval.not-yours-to-decide');
    expect((await decide(first, 'approve')).status).to.equal(303);
    expect(await stateOf(agreementId), 'the second stage is asked').to.equal('pending_approval');
    await world.drainJobs();
    const { email } = await world.db('user_account').where({ id: second.userId }).first('email');
    const { reference } = await world.db('agreement').where({ id: agreementId }).first('reference');
    const told = world.mails.filter((mail) => mail.to.address === email && mail.subject.includes(reference));
    expect(told.map(({ subject }) => subject)).to.deep.equal([`${reference} waits for your approval`]);
    expect(codeOf((await decide(second, 'return')).text)).to.equal('approval.needs-a-comment');
    expect((await decide(second, 'return', 'Too long')).status).to.equal(303);
    expect(await stateOf(agreementId)).to.equal('draft');

    // Its author takes it back while it is decided on, and nobody is asked any more.
    await submit();
    const { row_version: version } = await versionOf(agreementId);
    await author.post(`${page}/return`, { version: String(version), reason: 'A slip' }).expect(303);
    expect(await world.db('approval').where({ document_id: agreementId, state: 'pending' })).to.deep.equal(
      [],
    );
    await submit();
    expect((await decide(first, 'reject', 'We make them ourselves')).status).to.equal(303);
    expect([await stateOf(agreementId), (await versionOf(agreementId)).state]).to.deep.equal([
      'terminated',
      'discarded',
    ]);
    const seen = (await author.get(page).expect(200)).text;
    expect(seen).to.include('We make them ourselves').and.include('Agreement rejected');
  });
});
