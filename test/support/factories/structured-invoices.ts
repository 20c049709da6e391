/** A line of a structured invoice, as a test wants it. */
type Line = {
  readonly quantity: string;
  readonly price: string;
  readonly unit?: string;
  readonly orderLine?: string;
  readonly itemCode?: string;
  readonly base?: string;
  readonly tax?: string;
};
type Wanted = {
  readonly number?: string;
  readonly order?: string;
  readonly currency?: string;
  readonly type?: string;
  readonly net?: string;
  readonly tax?: string;
  readonly gross?: string;
  readonly buyer?: string;
  readonly lines?: readonly Line[];
  readonly charges?: readonly { isCharge: boolean; code: string; amount: string; reason?: string }[];
};

const optional = (value: string | undefined, xml: (text: string) => string): string =>
  value === undefined ? '' : xml(value);

/** An invoice in UBL 2.1, as suppliers' programs write it. */
export const ublInvoice = (of: Wanted = {}): string => `<?xml version="1.0" encoding="UTF-8"?>
<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:ID>${of.number ?? 'R-77'}</cbc:ID><cbc:IssueDate>2026-03-02</cbc:IssueDate>
  <cbc:InvoiceTypeCode>${of.type ?? '380'}</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>${of.currency ?? 'USD'}</cbc:DocumentCurrencyCode>
  ${optional(of.order, (id) => `<cac:OrderReference><cbc:ID>${id}</cbc:ID></cac:OrderReference>`)}
  ${optional(of.buyer, (id) => `<cac:AccountingCustomerParty><cac:Party><cac:PartyTaxScheme><cbc:CompanyID>${id}</cbc:CompanyID></cac:PartyTaxScheme></cac:Party></cac:AccountingCustomerParty>`)}
  ${(of.charges ?? []).map((one) => `<cac:AllowanceCharge><cbc:ChargeIndicator>${one.isCharge}</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>${one.code}</cbc:AllowanceChargeReasonCode>${optional(one.reason, (words) => `<cbc:AllowanceChargeReason>${words}</cbc:AllowanceChargeReason>`)}<cbc:Amount currencyID="USD">${one.amount}</cbc:Amount><cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>13</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>`).join('')}
  <cac:TaxTotal><cbc:TaxAmount currencyID="USD">${of.tax ?? '22.75'}</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:TaxExclusiveAmount currencyID="USD">${of.net ?? '175.00'}</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="USD">${of.gross ?? '197.75'}</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>
  ${(of.lines ?? []).map(ublLine).join('')}
</ubl:Invoice>
`;

const ublLine = (line: Line, index: number): string => `<cac:InvoiceLine><cbc:ID>${index + 1}</cbc:ID>
  <cbc:InvoicedQuantity unitCode="${line.unit ?? 'C62'}">${line.quantity}</cbc:InvoicedQuantity>
  ${optional(line.orderLine, (id) => `<cac:OrderLineReference><cbc:LineID>${id}</cbc:LineID></cac:OrderLineReference>`)}
  <cac:Item><cbc:Name>Part ${index + 1}</cbc:Name>
  ${optional(line.itemCode, (id) => `<cac:BuyersItemIdentification><cbc:ID>${id}</cbc:ID></cac:BuyersItemIdentification>`)}
  <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>${line.tax ?? '13.00'}</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="USD">${line.price}</cbc:PriceAmount>${optional(line.base, (base) => `<cbc:BaseQuantity>${base}</cbc:BaseQuantity>`)}</cac:Price>
</cac:InvoiceLine>`;

/** The same in the UN/CEFACT syntax, which Factur-X and ZUGFeRD carry. */
export const ciiInvoice = (of: Wanted = {}): string => `<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
  xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
  xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
  <rsm:ExchangedDocument><ram:ID>${of.number ?? 'R-77'}</ram:ID><ram:TypeCode>${of.type ?? '380'}</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20260302</udt:DateTimeString></ram:IssueDateTime></rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
  ${(of.lines ?? []).map(ciiLine).join('')}
  <ram:ApplicableHeaderTradeAgreement>${optional(of.order, (id) => `<ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>${id}</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>`)}</ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>${of.currency ?? 'USD'}</ram:InvoiceCurrencyCode>
  ${(of.charges ?? []).map((one) => `<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>${one.isCharge}</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>${one.amount}</ram:ActualAmount><ram:ReasonCode>${one.code}</ram:ReasonCode>${optional(one.reason, (words) => `<ram:Reason>${words}</ram:Reason>`)}<ram:CategoryTradeTax><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>13</ram:RateApplicablePercent></ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>`).join('')}
  <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:TaxBasisTotalAmount>${of.net ?? '175.00'}</ram:TaxBasisTotalAmount>
  <ram:TaxTotalAmount currencyID="USD">${of.tax ?? '22.75'}</ram:TaxTotalAmount><ram:GrandTotalAmount>${of.gross ?? '197.75'}</ram:GrandTotalAmount>
  </ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>`;

const ciiLine = (line: Line, index: number): string => `<ram:IncludedSupplyChainTradeLineItem>
  <ram:AssociatedDocumentLineDocument><ram:LineID>${index + 1}</ram:LineID></ram:AssociatedDocumentLineDocument>
  <ram:SpecifiedTradeProduct>${optional(line.itemCode, (id) => `<ram:BuyerAssignedID>${id}</ram:BuyerAssignedID>`)}<ram:Name>Part ${index + 1}</ram:Name></ram:SpecifiedTradeProduct>
  <ram:SpecifiedLineTradeAgreement>${optional(line.orderLine, (id) => `<ram:BuyerOrderReferencedDocument><ram:LineID>${id}</ram:LineID></ram:BuyerOrderReferencedDocument>`)}
  <ram:NetPriceProductTradePrice><ram:ChargeAmount>${line.price}</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>
  <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="${line.unit ?? 'C62'}">${line.quantity}</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>
  <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>${line.tax ?? '13'}</ram:RateApplicablePercent></ram:ApplicableTradeTax></ram:SpecifiedLineTradeSettlement>
</ram:IncludedSupplyChainTradeLineItem>`;
