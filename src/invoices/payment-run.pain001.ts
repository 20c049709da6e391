import { create } from 'xmlbuilder2';
import { ruleBroken } from '../kernel/errors.ts';
import { addDecimals, type DecimalString, roundMoney } from '../kernel/money.ts';
import type { Policies } from '../kernel/policies.ts';
import type { Day } from '../kernel/time.ts';
import type { AccountInUse } from '../suppliers/index.ts';

/** One credit transfer of the message: what a supplier gets, and on which account. */
export type Transfer = {
  /** What the bank carries to the supplier and back to us; at most 35 characters. */
  readonly reference: string;
  readonly amount: DecimalString;
  readonly currency: string;
  /** The supplier's numbers of the invoices that are paid. */
  readonly invoices: readonly string[];
  readonly account: AccountInUse;
};

type Message = {
  readonly reference: string;
  readonly createdAt: Date;
  readonly payOn: Day;
  readonly debtor: Pick<Policies, 'debtorAccount'> & { readonly name: string };
  readonly transfers: readonly Transfer[];
};

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:pain.001.001.09';
const REMITTANCE_LENGTH = 140;
const NAME_LENGTH = 140;

type Account = Pick<AccountInUse, 'iban' | 'accountNumber' | 'bic' | 'clearingCode'>;
// Elements are written in the order the schema wants them in.
const accountId = ({ iban, accountNumber }: Account): object => ({
  Id: iban === null ? { Othr: { Id: accountNumber } } : { IBAN: iban },
});
const agent = ({ bic, clearingCode }: Account, bankName?: string): object => ({
  FinInstnId:
    bic === null && clearingCode === null
      ? { Othr: { Id: 'NOTPROVIDED' } }
      : {
          ...(bic === null ? {} : { BICFI: bic }),
          ...(clearingCode === null ? {} : { ClrSysMmbId: { MmbId: clearingCode } }),
          ...(bankName === undefined ? {} : { Nm: bankName.slice(0, NAME_LENGTH) }),
        },
});

/**
 * The run as a customer credit transfer for the bank: one transfer a supplier, together one payment information.
 * @source ISO 20022 pain.001.001.09
 * @throws AppError `payment_run.pays-to-no-account` when there is no transfer
 */
export function creditTransferMessage(message: Message): string {
  const { transfers, debtor } = message;
  if (transfers.length === 0)
    throw ruleBroken('payment_run.pays-to-no-account', 'No supplier of this run has an account in use');
  const sum = addDecimals(transfers.map((one) => roundMoney(one.amount, one.currency)));
  const counts = { NbOfTxs: String(transfers.length), CtrlSum: sum };
  const document = {
    Document: {
      '@xmlns': NAMESPACE,
      CstmrCdtTrfInitn: {
        GrpHdr: {
          MsgId: message.reference,
          CreDtTm: `${message.createdAt.toISOString().slice(0, 19)}Z`,
          ...counts,
          InitgPty: { Nm: debtor.name.slice(0, NAME_LENGTH) },
        },
        PmtInf: {
          PmtInfId: message.reference,
          PmtMtd: 'TRF',
          BtchBookg: 'false',
          ...counts,
          ReqdExctnDt: { Dt: message.payOn },
          Dbtr: { Nm: debtor.name.slice(0, NAME_LENGTH) },
          DbtrAcct: accountId(debtor.debtorAccount),
          DbtrAgt: agent(debtor.debtorAccount),
          CdtTrfTxInf: transfers.map(transferInformation),
        },
      },
    },
  };
  return create({ version: '1.0', encoding: 'UTF-8' }, document).end({ prettyPrint: true });
}

const transferInformation = (transfer: Transfer): object => ({
  PmtId: { EndToEndId: transfer.reference },
  Amt: {
    InstdAmt: { '@Ccy': transfer.currency, '#': roundMoney(transfer.amount, transfer.currency) },
  },
  CdtrAgt: agent(transfer.account, transfer.account.bankName),
  Cdtr: {
    Nm: transfer.account.holder.slice(0, NAME_LENGTH),
    PstlAdr: { Ctry: transfer.account.country },
  },
  CdtrAcct: accountId(transfer.account),
  RmtInf: { Ustrd: remittance(transfer) },
});

/** The payment's reference, which our remittance advice bears, and as many invoice numbers as fit. */
function remittance({ reference, invoices }: Transfer): string {
  let text = reference;
  for (const number of invoices) {
    if (text.length + 1 + number.length > REMITTANCE_LENGTH) break;
    text += ` ${number}`;
  }
  return text;
}
