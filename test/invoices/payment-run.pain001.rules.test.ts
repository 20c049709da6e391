import { expect } from 'chai';
import { creditTransferMessage } from '../../src/invoices/payment-run.pain001.ts';

const account = {
  changeId: '1',
  supplierId: '2',
  keepers: [],
  holder: 'Orbit & Sons <Ltd.>',
  bankName: 'Commerzbank',
  country: 'DE',
  iban: 'DE89370400440532013000',
  accountNumber: null,
  bic: 'COBADEFFXXX',
  clearingCode: null,
};
const chinese = {
  ...account,
  holder: '上海科华',
  country: 'CN',
  iban: null,
  accountNumber: '62220200',
  bic: null,
  clearingCode: '102290000000',
};
const message = {
  reference: 'PAY-2026-0007',
  createdAt: new Date('2026-03-02T10:00:00.123Z'),
  payOn: '2026-03-04',
  debtor: {
    name: 'Hailan Appliances Co., Ltd.',
    debtorAccount: { iban: null, accountNumber: '3803', bic: 'ICBKCNBJ', clearingCode: '102452' },
  },
  transfers: [
    {
      reference: 'PAY-2026-0007-01',
      amount: '1000.10',
      currency: 'EUR',
      invoices: ['INV-1', 'INV-2'],
      account,
    },
    { reference: 'PAY-2026-0007-02', amount: '0.2000', currency: 'EUR', invoices: ['9'], account: chinese },
  ],
};

const squeezed = (xml: string): string => xml.replaceAll(/>\s+</g, '><');

describe('a payment run as pain.001', () => {
  const xml = squeezed(creditTransferMessage(message));

  it('says the number of payments and their sum, exactly, in both heads', () => {
    expect(xml.split('<NbOfTxs>2</NbOfTxs><CtrlSum>1000.3</CtrlSum>')).to.have.lengthOf(3);
  });

  it('pays on the run’s day from the company’s account', () => {
    expect(xml).to.include(
      '<ReqdExctnDt><Dt>2026-03-04</Dt></ReqdExctnDt><Dbtr><Nm>Hailan Appliances Co., Ltd.</Nm></Dbtr>' +
        '<DbtrAcct><Id><Othr><Id>3803</Id></Othr></Id></DbtrAcct>' +
        '<DbtrAgt><FinInstnId><BICFI>ICBKCNBJ</BICFI><ClrSysMmbId><MmbId>102452</MmbId></ClrSysMmbId></FinInstnId></DbtrAgt>',
    );
  });

  it('pays by IBAN where there is one, else by number and clearing code, whatever is in a name', () => {
    expect(xml).to.include('<Amt><InstdAmt Ccy="EUR">1000.10</InstdAmt></Amt>');
    expect(xml).to.include(
      '<Cdtr><Nm>Orbit &amp; Sons &lt;Ltd.&gt;</Nm><PstlAdr><Ctry>DE</Ctry></PstlAdr></Cdtr>',
    );
    expect(xml).to.include('<CdtrAcct><Id><IBAN>DE89370400440532013000</IBAN></Id></CdtrAcct>');
    expect(xml).to.include(
      '<CdtrAgt><FinInstnId><ClrSysMmbId><MmbId>102290000000</MmbId></ClrSysMmbId><Nm>Commerzbank</Nm></FinInstnId></CdtrAgt>' +
        '<Cdtr><Nm>上海科华</Nm><PstlAdr><Ctry>CN</Ctry></PstlAdr></Cdtr>' +
        '<CdtrAcct><Id><Othr><Id>62220200</Id></Othr></Id></CdtrAcct>',
    );
  });

  it('names as many invoices as 140 characters hold, whole', () => {
    const invoices = Array.from({ length: 40 }, (_, n) => `INVOICE-${n}`);
    const [transfer] = message.transfers;
    const long = creditTransferMessage({
      ...message,
      transfers: transfer === undefined ? [] : [{ ...transfer, invoices }],
    });
    const text = /<Ustrd>(.*)<\/Ustrd>/.exec(long)?.[1] ?? '';
    expect(text.length).to.be.within(125, 140);
    expect(text.split(' ').slice(1)).to.deep.equal(invoices.slice(0, text.split(' ').length - 1));
  });

  it('is refused where nobody has an account', () => {
    expect(() => creditTransferMessage({ ...message, transfers: [] }))
      .to.throw()
      .with.property('code', 'payment_run.pays-to-no-account');
  });
});
