import type { Policies } from '../src/kernel/policies.ts';

/** The demonstration company's house rules; a company edits this file to its own. */
export const policies: Policies = {
  company: {
    name: 'Hailan Appliances Co., Ltd.',
    nameLocal: '海岚电器有限公司',
    addressLines: ['1 Hailan Road', 'Laoshan District', '266101 Qingdao', 'China'],
    vatId: 'CN91370200MA3C0X0000',
    email: 'procurement@hailan.example',
    timeZone: 'Asia/Shanghai',
    currency: 'USD',
  },
  eventApprovalFrom: { amount: '50000', currency: 'USD' },
  bidReminderMinutes: [1440, 120, 30],
  qualification: { ofInvited: 'warned', reminderDays: [60, 14] },
  amendments: { noticeWorkingDays: 1 },
  outages: { countedFromSeconds: 60, lastMinutes: 60, minutesAfter: 30 },
  limits: {
    eventLines: 2_000,
    uploadBytes: 25 * 1024 * 1024,
    uploadsPerDocument: 20,
    spreadsheetBytes: 5 * 1024 * 1024,
    spreadsheetRows: 5_000,
  },
  matching: { pricePercent: '1', amountAbsolute: '1.00', exceptionDueDays: 3 },
  receiving: { overDeliveryPercent: '5' },
  docks: {
    standard: { opensAt: '08:00', closesAt: '17:00', slotMinutes: 60, capacity: 2 },
    plants: {},
  },
  handlingUnits: { companyPrefix: '6901234', extensionDigit: '1' },
  quality: { answerWorkingDays: { contained: 2, root_cause: 5, action: 10, ours: 5 } },
  disputes: { answerWorkingDays: 3 },
  orderResponse: {
    daysEarly: 3,
    daysLate: 1,
    pricePercent: '0',
    quantityPercent: '2',
    scopes: [],
    answerWorkingDays: 2,
  },
  orders: {
    numbering: { pattern: 'PO-{year}-{number}', digits: 4 },
    isAwardEnough: false,
    isByHandAllowed: true,
  },
  evaluation: { pointsAtMost: '10', step: '0.5', commentUpTo: '2', commentFrom: '9', spreadFrom: '3' },
  awards: {
    searchSeconds: 30,
    standstillWorkingDays: { tender: 5 },
    debrief: { rank: true, distance: true, winners: false },
  },
  agreements: { renewalReminderDays: [60, 14], overLimitPercent: '0' },
  bankAccountCoolingOffDays: 3,
  debtorAccount: {
    iban: null,
    accountNumber: '3803020009000000000',
    bic: 'ICBKCNBJSDG',
    clearingCode: '102452000000',
  },
  comparison: {
    annualInterestPercent: '6',
    abnormallyLow: {
      belowMedianPercent: '25',
      fromBids: 3,
      belowEstimatePercent: '35',
      answerWorkingDays: 3,
    },
  },
  paymentTermsDays: 30,
  pageViewDays: 400,
  taxRates: ['0', '6', '9', '13'],
  paymentTermsText: {
    en: 'Payment is due within the agreed days after receipt of a correct invoice. Goods remain subject to inspection. The purchase order number must appear on all documents.',
    'zh-CN': '收到正确发票后按约定天数付款。货物以验收为准。所有单据须注明采购订单编号。',
  },
};
