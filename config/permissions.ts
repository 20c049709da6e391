import type { AccessRules } from '../src/kernel/access.ts';

/**
 * Who may do what: the one table. A row says which roles have a right, whose documents it reaches, and what it
 * is used for: in which states (an act that is a move has those of its lifecycle), and who may not because of
 * what it did before (`unless`: separation of duties, with the code of what it is told).
 * `signed-in` is everybody with an account. The page /access and docs/access.md are made from it.
 */
export const permissions = {
  'home.see': { who: 'signed-in', whose: 'own' },
  'preferences.change': { who: 'anyone', whose: 'own' },
  'timeline.see': 'signed-in',

  'password.set': { who: 'signed-in', whose: 'own' },
  'security.manage': { who: 'signed-in', whose: 'own' },
  'security.change': { who: 'signed-in', whose: 'own' },
  'proof.give': { who: 'signed-in', whose: 'own' },

  // delegation: everybody on the staff sees its own; who was chosen by two people hands nothing on alone
  'delegation.read': {
    who: ['requester', 'buyer', 'approver', 'receiver', 'finance', 'bid_opener', 'auditor', 'administrator'],
    whose: 'own',
  },
  'delegation.give': { who: ['requester', 'buyer', 'approver', 'receiver', 'finance'], whose: 'own' },
  'delegation.oversee': { who: ['administrator'], whose: 'all' },

  'document.read': 'signed-in',
  'address.change': { who: 'signed-in', whose: 'own' },

  // suppliers
  'supplier.read': {
    who: ['requester', 'buyer', 'approver', 'receiver', 'finance', 'bid_opener', 'auditor', 'administrator'],
    whose: 'all',
  },
  'supplier.manage': { who: ['buyer', 'administrator'], whose: 'all' },
  // What a supplier may be asked for is asked for by one and decided by another.
  'qualification.propose': { who: ['buyer'], whose: 'all' },
  'qualification.decide': {
    who: ['approver'],
    whose: 'all',
    acts: {
      'qualification.qualify': { unless: { requester: 'qualification.decider-is-requester' } },
    },
  },
  'qualification.renew': { who: ['supplier_administrator', 'supplier_sales'], whose: 'own' },
  'supplier.recover': { who: ['buyer', 'administrator'], whose: 'all' },
  'company.read': ['supplier_administrator', 'supplier_sales', 'supplier_logistics', 'supplier_accounts'],
  'company.object': ['supplier_administrator', 'supplier_sales', 'supplier_logistics', 'supplier_accounts'],
  'company.manage': ['supplier_administrator'],

  // bank accounts: asked for by the supplier, called back and approved by two in finance
  'bank_account.read': {
    who: [
      'finance',
      'auditor',
      'supplier_administrator',
      'supplier_sales',
      'supplier_logistics',
      'supplier_accounts',
    ],
    whose: 'all',
  },
  'bank_account.request': ['supplier_administrator', 'supplier_accounts'],
  'bank_account.object': {
    who: ['supplier_administrator', 'supplier_sales', 'supplier_logistics', 'supplier_accounts'],
    acts: { 'bank_account_change.object': {} },
  },
  'bank_account.verify': { who: ['finance'], whose: 'all', acts: { 'bank_account_change.verify': {} } },
  'bank_account.approve': {
    who: ['finance'],
    whose: 'all',
    acts: {
      'bank_account_change.approve': {
        unless: { verifier: 'bank_account_change.needs-a-second-person' },
      },
      'bank_account_change.reject': {},
    },
  },

  // catalog
  'catalog.read': {
    who: ['requester', 'buyer', 'approver', 'receiver', 'finance', 'auditor', 'administrator'],
    whose: 'all',
  },

  'calendar.manage': { who: ['buyer', 'administrator'], whose: 'all' },
  'item.manage': { who: ['buyer', 'administrator'], whose: 'all' },
  'supplier_item.manage': { who: ['buyer', 'administrator'], whose: 'all' },

  // exchange rates: master data of finance, read by whoever compares bids
  'exchange_rate.read': { who: ['buyer', 'approver', 'finance', 'auditor', 'administrator'], whose: 'all' },
  'exchange_rate.manage': { who: ['finance', 'administrator'], whose: 'all' },

  // agreements: one buyer writes, another person approves, both sides sign
  'agreement.read': {
    who: ['buyer', 'approver', 'finance', 'auditor', 'supplier_administrator', 'supplier_sales'],
  },
  'agreement.manage': {
    who: ['buyer'],
    acts: { 'agreement_version.submit': {}, 'agreement_version.discard': {} },
  },
  'agreement.approve': {
    who: ['approver'],
    acts: {
      'agreement_version.approve': { unless: { author: 'agreement.approver-is-author' } },
      'agreement_version.reject': { unless: { author: 'agreement.approver-is-author' } },
    },
  },
  'agreement.return': { who: ['buyer', 'approver'], acts: { 'agreement_version.return': {} } },
  'agreement.sign': {
    who: ['approver', 'supplier_administrator', 'supplier_sales'],
    acts: {
      'agreement_version.sign': {
        during: ['pending_signature'],
        unless: { author: 'agreement.signed-by-its-author' },
      },
    },
  },
  'agreement.refuse': {
    who: ['supplier_administrator', 'supplier_sales'],
    acts: { 'agreement_version.refuse': { during: ['pending_signature'] } },
  },
  'agreement.end': {
    who: ['buyer', 'supplier_administrator'],
    acts: { 'agreement.give-notice': { during: ['active'] } },
  },
  'agreement.call-off': ['buyer'],
  'price_index.read': { who: ['buyer', 'approver', 'finance', 'auditor'], whose: 'all' },
  'price_index.manage': { who: ['buyer', 'finance'], whose: 'all' },

  // requisitions: everybody sees its own, who buys, approves, pays or checks those of its plants and categories
  'requisition.read': ['requester', 'buyer', 'approver', 'finance', 'auditor'],
  'requisition.oversee': { who: ['buyer', 'approver', 'finance', 'auditor'], whose: 'in-scope' },
  'requisition.make': {
    who: ['requester', 'buyer'],
    whose: 'own',
    acts: { 'requisition.submit': {}, 'requisition.cancel': {} },
  },
  'requisition.decide': {
    who: ['approver', 'finance'],
    acts: {
      'requisition.approve': { unless: { requester: 'requisition.approver-is-requester' } },
      'requisition.return': { unless: { requester: 'requisition.approver-is-requester' } },
      'requisition.reject': { unless: { requester: 'requisition.approver-is-requester' } },
    },
  },
  'requisition.source': ['buyer'],

  // approvals: what is asked of whom is data; who writes it approves nothing
  'approval.decide': { who: ['approver', 'finance'], whose: 'own' },
  'approval_policy.read': { who: ['approver', 'finance', 'auditor', 'administrator'], whose: 'all' },
  'approval_policy.manage': { who: ['administrator'], whose: 'all' },

  // budgets
  'budget.read': ['buyer', 'approver', 'finance', 'auditor'],
  'budget.manage': ['finance'],

  // sourcing
  'sourcing_event.read': ['buyer', 'approver', 'bid_opener', 'auditor'],
  'sourcing_event.manage': {
    who: ['buyer'],
    acts: {
      'sourcing_event.request-approval': {},
      'sourcing_event.publish': {},
      'sourcing_event.cancel': {},
      'sourcing_event.declare-unsuccessful': {},
      'sourcing_event.conclude': {},
      'evaluation.start': {},
    },
  },
  'sourcing_event.approve': {
    who: ['approver'],
    acts: {
      'sourcing_event.approve': {
        unless: { owner: 'sourcing_event.approver-is-owner', requester: 'sourcing_event.approver-is-owner' },
      },
    },
  },
  'sourcing_event.return': { who: ['buyer', 'approver'], acts: { 'sourcing_event.return': {} } },
  'amendment.approve': {
    who: ['approver'],
    acts: {
      'amendment.approve': {
        unless: { owner: 'amendment.approver-is-owner', requester: 'amendment.approver-is-owner' },
      },
    },
  },
  'outage.read': { who: 'signed-in', whose: 'all' },
  'notification.read': { who: 'signed-in', whose: 'own' },
  'queues.see': { who: ['administrator'], whose: 'nothing' },
  'queues.retry': { who: ['administrator'], whose: 'nothing' },

  // orders
  'order.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'order.make': {
    who: ['buyer'],
    acts: { 'purchase_order.submit': {}, 'purchase_order.cancel': {} },
  },
  'order.decide': {
    who: ['approver'],
    acts: {
      'purchase_order.approve': { unless: { buyer: 'purchase_order.approver-is-buyer' } },
      'purchase_order.return': { unless: { buyer: 'purchase_order.approver-is-buyer' } },
      'purchase_order.reject': { unless: { buyer: 'purchase_order.approver-is-buyer' } },
    },
  },
  'order.write-terms': { who: ['buyer'], whose: 'all' },
  'order.resend': ['buyer'],
  'order.acknowledge': {
    who: ['supplier_administrator', 'supplier_sales'],
    acts: { 'purchase_order.acknowledge': {} },
  },
  'order.respond': ['supplier_administrator', 'supplier_sales'],
  'order.change': ['buyer'],
  'order.close-short': ['buyer'],
  'order.decide-change': ['buyer', 'supplier_administrator', 'supplier_sales'],

  // deliveries
  'delivery.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'despatch.submit': {
    who: ['supplier_administrator', 'supplier_logistics', 'supplier_sales'],
    acts: {
      'despatch_advice.submit': {},
      'despatch_advice.pack': {},
      'despatch_advice.depart': {},
      'despatch_advice.cancel': {},
      'dock_appointment.propose': {},
    },
  },
  'delivery.receive': {
    who: ['receiver'],
    acts: {
      'despatch_advice.arrive': {},
      'despatch_advice.reject': {},
      'dock_appointment.confirm': {},
      'dock_appointment.move': {},
      'goods_receipt.post': { unless: { buyer: 'goods_receipt.received-by-own-buyer' } },
      'goods_receipt.inspect': {
        during: ['posted'],
        unless: { buyer: 'goods_receipt.inspected-by-own-buyer' },
      },
    },
  },

  // work on lines that are no goods: stated by its supplier, answered by who ordered or needed it
  'service_entry.read': [
    'requester',
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'service_entry.submit': {
    who: ['supplier_administrator', 'supplier_logistics', 'supplier_sales'],
    acts: { 'service_entry.withdraw': {} },
  },
  'service_entry.decide': {
    who: ['requester', 'buyer'],
    acts: { 'service_entry.accept': {}, 'service_entry.refuse': {} },
  },

  // what a plant will need by week: published by a buyer, committed to by its supplier and nobody else
  'forecast.read': [
    'buyer',
    'approver',
    'receiver',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
  ],
  'forecast.manage': { who: ['buyer'], acts: { 'forecast.publish': {}, 'forecast.end': {} } },
  'forecast.commit': {
    who: ['supplier_administrator', 'supplier_sales', 'supplier_logistics'],
    acts: { 'forecast.commit': {} },
  },

  // what was wrong with goods, and the supplier's 8D
  'nonconformance.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'nonconformance.report': ['receiver', 'buyer'],
  'nonconformance.answer': ['supplier_administrator', 'supplier_sales', 'supplier_logistics'],
  'nonconformance.judge': {
    who: ['receiver', 'buyer'],
    acts: {
      'nonconformance.return': {},
      'nonconformance.verify': {},
      'nonconformance.close': {},
      'nonconformance.settle': {},
    },
  },

  // invoices
  'invoice.read': ['buyer', 'approver', 'finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],
  'invoice.submit': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: {
      'invoice.submit': {},
      'invoice.correct': {},
      'invoice.attach': {
        during: [
          'submitted',
          'exception',
          'corrected',
          'matched',
          'pending_approval',
          'approved',
          'scheduled',
        ],
      },
    },
  },
  'invoice.accept-exception': {
    who: ['buyer'],
    acts: { 'invoice.accept': { unless: { submitter: 'invoice.accepted-by-own-submitter' } } },
  },
  'invoice.approve': {
    who: ['finance'],
    acts: {
      'invoice.approve': {
        unless: {
          submitter: 'invoice.approved-by-own-submitter',
          buyer: 'invoice.approved-by-own-buyer',
          accepter: 'invoice.approved-by-exception-accepter',
        },
      },
      'invoice.reject': {},
    },
  },
  'invoice.pay': {
    who: ['finance'],
    acts: { 'invoice.pay': { unless: { buyer: 'invoice.paid-by-own-buyer' } } },
  },

  // prepayments and milestones of an order: asked for by the supplier, confirmed by who ordered or needed it
  'instalment.read': [
    'requester',
    'buyer',
    'approver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_accounts',
  ],
  'instalment.submit': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'instalment.ask': {} },
  },
  'instalment.decide': {
    who: ['requester', 'buyer'],
    acts: { 'instalment.confirm': {}, 'instalment.decline': {} },
  },

  // what is held back of invoices: asked for by one, released by another in finance, or by its date
  'retention.read': [
    'buyer',
    'approver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_accounts',
  ],
  'retention.ask': { who: ['buyer', 'finance'], acts: { 'retention.ask': {} } },
  'retention.decide': {
    who: ['finance'],
    acts: {
      'retention.approve': { unless: { requester: 'retention.approved-by-asker' } },
      'retention.refuse': {},
    },
  },

  // credit notes of suppliers, and our debit notes: whoever gets one answers it
  'credit_note.read': [
    'buyer',
    'approver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_accounts',
  ],
  'credit_note.submit': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'credit_note.submit': {}, 'credit_note.take-back': {} },
  },
  'credit_note.approve': {
    who: ['finance'],
    acts: { 'credit_note.approve': {}, 'credit_note.reject': {} },
  },
  'credit_note.answer': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'credit_note.accept': {}, 'credit_note.contest': {} },
  },
  'credit_note.manage': {
    who: ['buyer', 'finance'],
    acts: { 'credit_note.revise': {}, 'credit_note.withdraw': {} },
  },

  // payment on an earlier day for a discount: whoever offered it does not accept it for the other side
  'early_payment.read': ['finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],
  'early_payment.take': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'early_payment.withdraw': {} },
  },
  'early_payment.decide': {
    who: ['finance'],
    acts: {
      'early_payment.accept': { unless: { buyer: 'early_payment.accepted-by-own-buyer' } },
      'early_payment.refuse': {},
    },
  },

  // invoices that we make for a supplier, where both agreed to it: it accepts or contests each
  'self_billing.read': ['buyer', 'finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],
  'self_billing.manage': {
    who: ['finance'],
    acts: {
      'self_billing_agreement.withdraw': {},
      'self_billing_agreement.give-notice': {},
      'self_billed_invoice.revise': {},
      'self_billed_invoice.withdraw': {},
    },
  },
  'self_billing.agree': {
    who: ['supplier_administrator'],
    acts: {
      'self_billing_agreement.accept': {},
      'self_billing_agreement.refuse': {},
      'self_billing_agreement.leave': {},
    },
  },
  'self_billing.answer': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'self_billed_invoice.accept': {}, 'self_billed_invoice.contest': {} },
  },

  // statements: we say what came in a month, the supplier agrees or says what is wrong
  'statement.read': ['buyer', 'finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],
  'statement.make': {
    who: ['buyer', 'finance'],
    acts: { 'statement.send': {}, 'statement.revise': {}, 'statement.rebuild': { during: ['draft'] } },
  },
  'statement.answer': {
    who: ['supplier_administrator', 'supplier_accounts'],
    acts: { 'statement.confirm': {}, 'statement.dispute': {} },
  },

  // payment runs: one in finance makes it, another releases it
  'payment_run.read': ['finance', 'auditor'],
  'payment_run.make': {
    who: ['finance'],
    acts: { 'payment_run.cancel': {}, 'payment_run.take-out': { during: ['draft'] } },
  },
  'payment_run.release': {
    who: ['finance'],
    acts: { 'payment_run.release': { unless: { owner: 'payment_run.released-by-own-maker' } } },
  },
  'payment_run.settle': { who: ['finance'], acts: { 'payment.pay': {}, 'payment.refuse': {} } },
  'payment.read': ['finance', 'auditor', 'supplier_administrator', 'supplier_accounts'],

  // disputes and messages
  'dispute.read': [
    'buyer',
    'approver',
    'receiver',
    'finance',
    'auditor',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'dispute.write': [
    'buyer',
    'receiver',
    'finance',
    'supplier_administrator',
    'supplier_sales',
    'supplier_logistics',
    'supplier_accounts',
  ],
  'dispute.decide': {
    who: ['approver'],
    acts: {
      'dispute.decide': {
        unless: {
          owner: 'dispute.decided-by-party',
          submitter: 'dispute.decided-by-party',
          proposer: 'dispute.decided-by-party',
        },
      },
    },
  },

  // awards
  'comparison.read': ['buyer', 'approver', 'auditor'],
  'comparison.adjust': { who: ['buyer'], acts: { 'bid.flag': {}, 'bid.validate': {} } },
  'award.read': ['buyer', 'approver', 'auditor'],
  'award.plan': ['buyer'],
  'award.savings': ['buyer', 'approver', 'finance', 'auditor'],
  'award.propose': { who: ['buyer'], acts: { 'sourcing_event.propose-award': {} } },
  'award.approve': {
    who: ['approver'],
    acts: {
      'award.approve': {
        unless: {
          proposer: 'award.decided-by-own-proposer',
          owner: 'award.decided-by-event-owner',
          scorer: 'award.decided-by-committee-member',
        },
      },
      'award.return': {
        unless: {
          proposer: 'award.decided-by-own-proposer',
          owner: 'award.decided-by-event-owner',
          scorer: 'award.decided-by-committee-member',
        },
      },
    },
  },
  'award.letter': ['supplier_administrator', 'supplier_sales'],
  'award.object': {
    who: ['supplier_administrator', 'supplier_sales'],
    acts: { 'award_objection.withdraw': {} },
  },
  'award.answer-objection': { who: ['buyer'], acts: { 'award_objection.answer': {} } },
  'award.decide-objection': {
    who: ['approver'],
    acts: {
      'award_objection.reject': {
        unless: {
          submitter: 'award_objection.decided-by-party',
          proposer: 'award_objection.decided-by-party',
          owner: 'award_objection.decided-by-party',
        },
      },
      'award_objection.uphold': {
        unless: {
          submitter: 'award_objection.decided-by-party',
          proposer: 'award_objection.decided-by-party',
          owner: 'award_objection.decided-by-party',
        },
      },
    },
  },
  'award.withdraw': ['buyer'],
  'award.decide-withdrawal': {
    who: ['approver'],
    acts: {
      'award_withdrawal.confirm': {
        unless: {
          requester: 'award_withdrawal.decided-by-requester',
          owner: 'award_withdrawal.decided-by-requester',
        },
      },
      'award_withdrawal.refuse': {
        unless: {
          requester: 'award_withdrawal.decided-by-requester',
          owner: 'award_withdrawal.decided-by-requester',
        },
      },
    },
  },

  // bids
  'bid.own': {
    who: ['supplier_administrator', 'supplier_sales'],
    acts: { 'bid.submit': {}, 'bid.withdraw': {} },
  },
  'bid.open': {
    who: ['buyer', 'bid_opener'],
    acts: {
      'sourcing_event.start-opening': {
        time: 'after-closing',
        unless: { owner: 'opening.opened-by-event-owner' },
      },
      // The envelopes after the first.
      'sourcing_event.start-evaluation': {
        time: 'after-closing',
        unless: { owner: 'opening.opened-by-event-owner' },
      },
      'sourcing_event.conclude-envelope': { during: ['opening'] },
      // With bidders' own keys, where openers fail.
      'sourcing_event.open-rescued': {
        during: ['closed', 'opening', 'evaluation'],
        time: 'after-closing',
        unless: { owner: 'opening.opened-by-event-owner' },
      },
      'bid.disqualify': {},
    },
  },
  // Whoever is appointed, the owner too: it takes two at least, each with a key of its own.
  'opening.give-part': {
    who: ['buyer', 'bid_opener'],
    acts: {
      'sourcing_event.give-part': { during: ['closed', 'opening', 'evaluation'], time: 'after-closing' },
    },
  },
  'opener_key.own': { who: ['buyer', 'bid_opener'], whose: 'own' },
  // The committee: who scores has said that no interest of its own is in the way, and sees no price until the
  // technical result is fixed; whoever runs the event appoints it and does not score.
  'bid.score': {
    who: ['requester', 'buyer', 'approver', 'receiver', 'finance'],
    acts: {
      'committee_member.clear': {},
      'committee_member.conflict': {},
      'score_sheet.submit': { unless: { owner: 'score_sheet.scored-by-event-owner' } },
      'evaluation.close': {},
      'evaluation.fix': {},
    },
  },
  'opening.read': ['buyer', 'approver', 'bid_opener', 'auditor'],

  // people: whoever reads them grants nothing by that; bids and prices are not among it
  // who may do what
  'access.read': { who: ['auditor', 'administrator'], whose: 'all' },

  'people.read': { who: ['auditor', 'administrator'], whose: 'all' },
  'people.manage': { who: ['administrator'], whose: 'all' },
  'people.grant': { who: ['administrator'], whose: 'all' },

  // audit: nobody but the auditor; an administrator sees no bids, nor who bids
  'audit.read': { who: ['auditor'], whose: 'all' },

  // programs of ours that write to the portal
  'integration.manage': { who: ['administrator'], whose: 'all' },

  // reports
  'report.read': ['buyer', 'finance', 'auditor'],
  'report.export': { who: ['buyer', 'finance', 'auditor'], whose: 'own' },
} as const satisfies AccessRules;
