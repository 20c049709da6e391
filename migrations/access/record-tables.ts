import { all, OWN, rows, type Tables } from './access.ts';

/** Files, exports and the record itself. Nobody changes an act or takes one away; everybody signs with their own name. */
export const recordTables: Tables = {
  document: {
    supplier: rows(
      `(visibility = 'supplier' AND ${OWN})
       OR (visibility = 'participants' AND subject_type = 'sourcing_event'
           AND EXISTS (SELECT FROM sourcing_event AS event WHERE event.id = subject_id))
       OR (visibility = 'participants' AND subject_type = 'lot'
           AND EXISTS (SELECT FROM lot WHERE lot.id = subject_id))
       OR (visibility = 'participants' AND subject_type = 'event_item'
           AND EXISTS (SELECT FROM event_item AS item WHERE item.id = subject_id))
       OR (visibility = 'participants' AND subject_type = 'enquiry_response'
           AND EXISTS (SELECT FROM enquiry_response AS response WHERE response.id = subject_id))
       OR (visibility = 'participants' AND subject_type = 'amendment'
           AND EXISTS (SELECT FROM amendment WHERE amendment.id = subject_id))`,
      'SELECT, INSERT, UPDATE (removed_at)',
      `visibility = 'supplier' AND ${OWN}`,
    ),
    staff: all('SELECT, INSERT, UPDATE (removed_at)'),
    audit: all('SELECT, INSERT'),
    worker: all('SELECT, INSERT'),
  },
  report_export: {
    staff: rows('requested_by = acting_user_id()', 'SELECT, INSERT, UPDATE'),
    audit: rows('requested_by = acting_user_id()', 'SELECT, INSERT, UPDATE'),
    worker: all('SELECT, UPDATE'),
  },
  event: {
    visitor: rows('false', 'INSERT', `actor_kind <> 'system'`),
    supplier: rows(
      OWN,
      'SELECT, INSERT',
      `actor_kind = 'supplier' AND ${OWN} AND actor_id IS NOT DISTINCT FROM acting_user_id()`,
    ),
    staff: rows('true', 'SELECT, INSERT', `actor_kind = 'staff' AND actor_id = acting_user_id()`),
    audit: rows('true', 'SELECT, INSERT', `actor_kind = 'staff' AND actor_id = acting_user_id()`),
    worker: all('SELECT, INSERT'),
  },
  page_view: {
    visitor: all('INSERT'),
    staff: all('SELECT'),
    audit: all('SELECT'),
    worker: all('SELECT, INSERT, DELETE'),
  },
};

const nothingOfSuppliers = {
  visitor: all('SELECT'),
  supplier: all('SELECT'),
  staff: all('SELECT, INSERT, UPDATE'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT, UPDATE'),
};
const ofTheTree = {
  supplier: all('SELECT'),
  staff: all('SELECT'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT'),
};
const ofSignIn = {
  visitor: all('SELECT, INSERT, UPDATE, DELETE'),
  staff: all('SELECT, INSERT, DELETE'),
  audit: all('SELECT, INSERT, DELETE'),
  worker: all('SELECT, DELETE'),
};
// A sign-in asks whether the directory has taken the person's roles over; changes come as the worker.
const ofScim = { visitor: all('SELECT'), worker: all('SELECT, INSERT, UPDATE, DELETE') };

const BUYERS_RECKONING = "the buying side's own reckoning after the opening; no role of suppliers reads it";
const ofReckoning = {
  staff: all('SELECT, INSERT, UPDATE, DELETE'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT, DELETE'),
};
const ofStaff = {
  staff: all('SELECT, INSERT, UPDATE'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT, UPDATE'),
};
// Lines of a draft are replaced as a whole.
const ofDrafts = {
  staff: all('SELECT, INSERT, UPDATE, DELETE'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT, UPDATE, DELETE'),
};
// A program is let in before it is known who acts.
const ofIntegrations = {
  visitor: all('SELECT'),
  staff: all('SELECT, INSERT, UPDATE (revoked_at)'),
  audit: all('SELECT'),
  worker: all('SELECT, INSERT, UPDATE (last_used_at)'),
};

const ofCalls = { staff: all('SELECT'), audit: all('SELECT'), worker: all('SELECT, INSERT') };

/** Tables without a row-level policy, and why none is needed. The privileges on them count all the same. */
export const openTables: Readonly<Record<string, { readonly why: string; readonly access: Tables[string] }>> =
  {
    category: { why: 'master data that everybody reads', access: nothingOfSuppliers },
    plant: { why: 'master data that everybody reads', access: nothingOfSuppliers },
    item: { why: 'master data that everybody reads', access: nothingOfSuppliers },
    outage: {
      why: 'measured by the portal itself, and told to everybody',
      access: {
        supplier: all('SELECT'),
        staff: all('SELECT'),
        audit: all('SELECT'),
        worker: all('SELECT, INSERT'),
      },
    },
    portal_heartbeat: {
      why: 'when a web process last answered',
      access: { worker: all('SELECT, INSERT, UPDATE') },
    },
    event_rate: {
      why: 'rates an event was compared by; no role of suppliers reads it',
      access: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT, INSERT') },
    },
    bid_terms: { why: BUYERS_RECKONING, access: ofReckoning },
    cost_adjustment: { why: BUYERS_RECKONING, access: ofReckoning },
    landed_line: { why: BUYERS_RECKONING, access: ofReckoning },
    exchange_rate: {
      why: 'master data of the buying side; no role of suppliers reads it',
      access: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT, INSERT') },
    },
    price_index: {
      why: 'published by others; no role of suppliers reads it',
      access: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT') },
    },
    price_index_value: {
      why: 'published by others; no role of suppliers reads it',
      access: { staff: all('SELECT, INSERT'), audit: all('SELECT'), worker: all('SELECT') },
    },
    calendar: { why: 'master data that everybody reads', access: nothingOfSuppliers },
    calendar_day: {
      why: 'master data that everybody reads',
      access: { ...nothingOfSuppliers, staff: all('SELECT, INSERT, UPDATE, DELETE') },
    },
    dock_slot: {
      why: 'counts how many docks of a plant are taken at a time, and says not by whom',
      access: {
        supplier: all('SELECT, INSERT, UPDATE (taken)'),
        staff: all('SELECT, INSERT, UPDATE (taken)'),
        audit: all('SELECT'),
        worker: all('SELECT'),
      },
    },
    sscc_counter: {
      why: 'counts the numbers of pallets and parcels of all suppliers together, a company prefix a row',
      access: {
        supplier: all('SELECT, INSERT, UPDATE'),
        staff: all('SELECT'),
        audit: all('SELECT'),
        worker: all('SELECT'),
      },
    },
    reference_counter: {
      why: 'counts documents of all suppliers together, a year and kind a row',
      access: {
        supplier: all('SELECT, INSERT, UPDATE'),
        staff: all('SELECT, INSERT, UPDATE'),
        audit: all('SELECT, INSERT, UPDATE'),
        worker: all('SELECT, INSERT, UPDATE'),
      },
    },
    payment_run: {
      why: 'what staff pays together; no role of suppliers reads it',
      access: { staff: all('SELECT, INSERT, UPDATE'), audit: all('SELECT'), worker: all('SELECT') },
    },
    requisition: { why: 'our own needs; no role of suppliers reads them', access: ofStaff },
    requisition_line: { why: 'our own needs; no role of suppliers reads them', access: ofDrafts },
    event_item_source: { why: 'whose need a line is; suppliers see the line alone', access: ofDrafts },
    event_account: { why: 'the account an event is bought on; suppliers do not see it', access: ofDrafts },
    order_terms: { why: 'what will be printed on orders; suppliers read it on their own', access: ofStaff },
    po_line_source: { why: 'whose need an order line is; suppliers see the line alone', access: ofDrafts },
    approval_policy: { why: 'who of ours is asked for what', access: ofStaff },
    approval_rule: { why: 'who of ours is asked for what', access: ofStaff },
    approval: { why: 'what ours are asked to decide', access: ofStaff },
    approval_step: { why: 'what ours are asked to decide', access: ofStaff },
    budget: { why: 'what may be spent; no role of suppliers reads it', access: ofStaff },
    budget_commitment: { why: 'what is spoken for; no role of suppliers reads it', access: ofStaff },
    integration: { why: 'programs of ours, by the hash of their token', access: ofIntegrations },
    integration_call: { why: 'what programs of ours were answered', access: ofCalls },
    event_seal: { why: 'hashes; what they are made of is in event', access: ofTheTree },
    event_tree_node: { why: 'hashes over hashes', access: ofTheTree },
    event_checkpoint: { why: 'signed roots, made to be handed out', access: ofTheTree },
    user_scope: {
      why: 'plants and categories of staff',
      access: {
        visitor: all('SELECT, INSERT, DELETE'),
        staff: all('SELECT, INSERT, DELETE'),
        audit: all('SELECT'),
        worker: all('SELECT, INSERT, DELETE'),
      },
    },
    user_group: {
      why: 'groups of staff at the identity provider, kept by the sign-in',
      access: {
        visitor: all('SELECT, INSERT, DELETE'),
        staff: all('SELECT'),
        audit: all('SELECT'),
        worker: all('SELECT'),
      },
    },
    scim_user: {
      why: 'staff that a directory manages',
      access: { ...ofScim, visitor: all('SELECT, UPDATE (gives_roles)') },
    },
    scim_group: { why: 'groups of staff in that directory', access: ofScim },
    scim_group_member: { why: 'groups of staff in that directory', access: ofScim },
    // Each request asks, before it is known who makes it, for whom somebody acts.
    delegation: {
      why: 'who of the staff stands in for whom',
      access: {
        visitor: all('SELECT'),
        staff: all('SELECT, INSERT, UPDATE (ended_at)'),
        audit: all('SELECT, UPDATE (ended_at)'),
        worker: all('SELECT, UPDATE (ended_at)'),
      },
    },
    role_grant_request: {
      why: 'powerful roles asked for, for staff',
      access: {
        staff: all('SELECT, INSERT, UPDATE'),
        audit: all('SELECT'),
        worker: all('SELECT, UPDATE'),
      },
    },
    rate_limit: { why: 'counters under hashes of what was typed', access: ofSignIn },
    saml_request: { why: 'sign-ins of staff under way', access: ofSignIn },
    saml_assertion_seen: { why: 'sign-ins of staff that were answered', access: ofSignIn },
    saml_ticket: { why: 'sign-ins of staff under way', access: ofSignIn },
    relay_position: {
      why: 'how far the relay has come',
      access: { staff: all('SELECT'), worker: all('SELECT, INSERT, UPDATE') },
    },
    job_heartbeat: {
      why: 'when scheduled jobs ran',
      access: { staff: all('SELECT'), worker: all('SELECT, INSERT, UPDATE') },
    },
    migration: { why: 'the migrations that ran; only who migrates reads and writes it', access: {} },
    migration_lock: { why: 'the lock of the migrations; only who migrates reads and writes it', access: {} },
  };
