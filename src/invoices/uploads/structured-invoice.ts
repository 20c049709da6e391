import { type DecimalString, trimDecimal } from '../../kernel/money.ts';
import { readTax, type Tax } from '../../kernel/tax.ts';
import { isExemptionCode, untaxedCategories } from '../../kernel/tax-exemption.ts';
import { type Day, isDay } from '../../kernel/time.ts';
import { allAt, textAt, type XmlElement } from '../../platform/xml/read-xml.ts';
import { ciiCharges, type ReadCharge, ublCharges } from './structured-charges.ts';

/** A line as a structured file has it; null for what it does not say. */
export type ReadLine = {
  readonly lineId: string;
  /** The order line that it names (BT-132). */
  readonly orderLine: string | null;
  /** The item by our number (BT-156). */
  readonly itemCode: string | null;
  readonly description: string;
  readonly quantity: DecimalString | null;
  readonly unit: string | null;
  readonly unitPrice: DecimalString | null;
  readonly priceBaseQuantity: DecimalString;
  readonly tax: Tax | null;
};

/** What a structured invoice says of itself; nothing is worked out or guessed. */
export type ReadInvoice = {
  readonly format: 'ubl' | 'cii';
  readonly number: string;
  readonly issuedOn: Day | null;
  readonly currency: string | null;
  /** The order that it names (BT-13). */
  readonly orderReference: string | null;
  readonly buyerTaxId: string | null;
  readonly netAmount: DecimalString | null;
  readonly taxAmount: DecimalString | null;
  readonly grossAmount: DecimalString | null;
  /** Why it charges no tax, by category (BT-120, BT-121). */
  readonly exemptions: Readonly<Record<string, { readonly code: string; readonly reason: string }>>;
  readonly lines: readonly ReadLine[];
  /** None in files that were read before charges were invoiced by themselves. */
  readonly charges?: readonly ReadCharge[];
};

/** Why a structured file is not taken as an invoice. */
export type NotAnInvoice = 'not-an-invoice' | 'credit-note' | 'without-number';

const UBL = 'urn:oasis:names:specification:ubl:schema:xsd:';
const CII = 'urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100';
/** Invoices and corrections of them; everything else is another document (UNTDID 1001). */
const CREDIT_TYPES: readonly string[] = ['81', '83', '261', '296', '308', '381', '396', '420', '458', '532'];
const MOST_LINES = 2_000;

/**
 * An invoice in one of the two syntaxes of EN 16931, as it is written: UBL 2 or the UN/CEFACT Cross Industry Invoice (also
 * the XML half of Factur-X and ZUGFeRD 2).
 * @source EN 16931-1, BG-1 to BG-31; EN 16931-3-2 and 3-3
 */
export function readStructuredInvoice(root: XmlElement): ReadInvoice | NotAnInvoice {
  if (root.namespace === `${UBL}CreditNote-2`) return 'credit-note';
  const isUbl = root.namespace === `${UBL}Invoice-2`;
  if (!isUbl && root.namespace !== CII) return 'not-an-invoice';
  const type = isUbl ? textAt(root, 'InvoiceTypeCode') : textAt(root, 'ExchangedDocument', 'TypeCode');
  if (CREDIT_TYPES.includes(type ?? '')) return 'credit-note';
  const read = isUbl ? readUbl(root) : readCii(root);
  return read.number === '' ? 'without-number' : read;
}

function readUbl(root: XmlElement): ReadInvoice {
  const total = (name: string) => decimal(textAt(root, 'LegalMonetaryTotal', name));
  return {
    format: 'ubl',
    number: textAt(root, 'ID') ?? '',
    issuedOn: day(textAt(root, 'IssueDate')),
    currency: textAt(root, 'DocumentCurrencyCode'),
    orderReference: textAt(root, 'OrderReference', 'ID'),
    buyerTaxId: textAt(root, 'AccountingCustomerParty', 'Party', 'PartyTaxScheme', 'CompanyID'),
    netAmount: total('TaxExclusiveAmount'),
    taxAmount: decimal(textAt(root, 'TaxTotal', 'TaxAmount')),
    grossAmount: total('TaxInclusiveAmount'),
    charges: ublCharges(root),
    exemptions: exemptionsOf(
      allAt(root, 'TaxTotal', 'TaxSubtotal', 'TaxCategory').map((one) => ({
        category: textAt(one, 'ID'),
        code: textAt(one, 'TaxExemptionReasonCode'),
        reason: textAt(one, 'TaxExemptionReason'),
      })),
    ),
    lines: allAt(root, 'InvoiceLine')
      .slice(0, MOST_LINES)
      .map((line) => ({
        lineId: textAt(line, 'ID') ?? '',
        orderLine: textAt(line, 'OrderLineReference', 'LineID'),
        itemCode: textAt(line, 'Item', 'BuyersItemIdentification', 'ID'),
        description: textAt(line, 'Item', 'Name') ?? textAt(line, 'Item', 'Description') ?? '',
        quantity: decimal(textAt(line, 'InvoicedQuantity')),
        unit: allAt(line, 'InvoicedQuantity')[0]?.attributes['unitCode'] ?? null,
        unitPrice: decimal(textAt(line, 'Price', 'PriceAmount')),
        priceBaseQuantity: decimal(textAt(line, 'Price', 'BaseQuantity')) ?? '1',
        tax: taxOf(
          textAt(line, 'Item', 'ClassifiedTaxCategory', 'ID'),
          textAt(line, 'Item', 'ClassifiedTaxCategory', 'Percent'),
        ),
      })),
  };
}

function readCii(root: XmlElement): ReadInvoice {
  const trade = (...path: readonly string[]) => textAt(root, 'SupplyChainTradeTransaction', ...path);
  const settled = (...path: readonly string[]) => trade('ApplicableHeaderTradeSettlement', ...path);
  const agreed = (...path: readonly string[]) => trade('ApplicableHeaderTradeAgreement', ...path);
  const sum = (name: string) => decimal(settled('SpecifiedTradeSettlementHeaderMonetarySummation', name));
  return {
    format: 'cii',
    number: textAt(root, 'ExchangedDocument', 'ID') ?? '',
    issuedOn: day(textAt(root, 'ExchangedDocument', 'IssueDateTime', 'DateTimeString')),
    currency: settled('InvoiceCurrencyCode'),
    orderReference: agreed('BuyerOrderReferencedDocument', 'IssuerAssignedID'),
    buyerTaxId: agreed('BuyerTradeParty', 'SpecifiedTaxRegistration', 'ID'),
    netAmount: sum('TaxBasisTotalAmount'),
    taxAmount: sum('TaxTotalAmount'),
    grossAmount: sum('GrandTotalAmount'),
    charges: ciiCharges(root),
    exemptions: exemptionsOf(
      allAt(root, 'SupplyChainTradeTransaction', 'ApplicableHeaderTradeSettlement', 'ApplicableTradeTax').map(
        (one) => ({
          category: textAt(one, 'CategoryCode'),
          code: textAt(one, 'ExemptionReasonCode'),
          reason: textAt(one, 'ExemptionReason'),
        }),
      ),
    ),
    lines: allAt(root, 'SupplyChainTradeTransaction', 'IncludedSupplyChainTradeLineItem')
      .slice(0, MOST_LINES)
      .map(ciiLine),
  };
}

function ciiLine(line: XmlElement): ReadLine {
  const agreement = 'SpecifiedLineTradeAgreement';
  const price = 'NetPriceProductTradePrice';
  const billed = ['SpecifiedLineTradeDelivery', 'BilledQuantity'] as const;
  const tax = ['SpecifiedLineTradeSettlement', 'ApplicableTradeTax'] as const;
  return {
    lineId: textAt(line, 'AssociatedDocumentLineDocument', 'LineID') ?? '',
    orderLine: textAt(line, agreement, 'BuyerOrderReferencedDocument', 'LineID'),
    itemCode: textAt(line, 'SpecifiedTradeProduct', 'BuyerAssignedID'),
    description: textAt(line, 'SpecifiedTradeProduct', 'Name') ?? '',
    quantity: decimal(textAt(line, ...billed)),
    unit: allAt(line, ...billed)[0]?.attributes['unitCode'] ?? null,
    unitPrice: decimal(textAt(line, agreement, price, 'ChargeAmount')),
    priceBaseQuantity: decimal(textAt(line, agreement, price, 'BasisQuantity')) ?? '1',
    tax: taxOf(textAt(line, ...tax, 'CategoryCode'), textAt(line, ...tax, 'RateApplicablePercent')),
  };
}

const decimal = (text: string | null): DecimalString | null =>
  text !== null && /^[+-]?\d{1,18}(\.\d{1,18})?$/.test(text) ? trimDecimal(text.replace(/^\+/, '')) : null;

/** `2026-03-02`, or `20260302` as UN/CEFACT writes it (format 102). */
function day(text: string | null): Day | null {
  const written = text?.replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3') ?? '';
  return isDay(written) ? written : null;
}

/** A code that is not of the list is words: nothing of what is said is lost. */
const exemptionsOf = (
  groups: readonly {
    readonly category: string | null;
    readonly code: string | null;
    readonly reason: string | null;
  }[],
): ReadInvoice['exemptions'] =>
  Object.fromEntries(
    groups.flatMap(({ category, code, reason }) => {
      const known = untaxedCategories.find((one) => one === category);
      if (known === undefined || (code === null && reason === null)) return [];
      const isKnown = code !== null && isExemptionCode(known, code);
      const words = [isKnown ? null : code, reason].filter((one) => one !== null).join(': ');
      return [[known, { code: isKnown ? code : '', reason: words.slice(0, 500) }]];
    }),
  );

/** Where nothing is taxed, files leave the rate out. */
const taxOf = (category: string | null, rate: string | null): Tax | null =>
  category === null ? null : readTax(`${category}:${decimal(rate) ?? '0'}`);
