import { approvalIdsOf, findApproval, type ShownApproval } from '../approvals/index.ts';
import { type TimelineEntry, timelineOf } from '../audit/index.ts';
import { type Document, documentsOf } from '../documents/index.ts';
import { isSeparated, may, mayUse } from '../identity/index.ts';
import { hasRole, personsOf, seesPrices } from '../kernel/actor.ts';
import { found } from '../kernel/errors.ts';
import { addDecimals, type DecimalString } from '../kernel/money.ts';
import { addDays, type Day } from '../kernel/time.ts';
import type { WaitingItem } from '../kernel/waiting.ts';
import type { Ctx } from '../platform/db/context.ts';
import * as store from './agreement.store.ts';
import {
  type Agreement,
  isLeftToExpire,
  isToBeRenewed,
  lastDayOf,
  lastNoticeOn,
  renewedUntil,
} from './agreement.ts';
import { chainOf } from './agreement-chain.service.ts';
import * as versions from './agreement-version.store.ts';
import {
  type AgreementTerms,
  type AgreementVersion,
  type Signature,
  validSignatures,
  writersOf,
} from './agreement-version.ts';
import {
  type AgreementNames,
  findCallOffs,
  findNames,
  findWaiting,
  type ShownCallOff,
  type WaitingAgreement,
} from './agreements.queries.ts';
import { findAgreement, todayOf } from './agreements.service.ts';
import { type AgreementLine, leftOf } from './call-off.ts';
import { differenceOf, type VersionDifference } from './version-difference.ts';

/** A line as the page shows it: in force with what was called off, or as a first version proposes it. */
export type ShownLine = Omit<AgreementLine, 'id'> & {
  readonly id: string | null;
  readonly leftQuantity: DecimalString | null;
  /** By which its price follows published indices. */
  readonly formula: string | null;
};
export type ShownVersion = AgreementVersion & {
  readonly signatures: readonly Signature[];
  readonly documents: readonly Document[];
};

/** All that the page of one agreement shows. */
export type AgreementPage = {
  readonly agreement: Agreement;
  readonly names: AgreementNames;
  /** What is agreed; before the first version is in force, what is proposed. */
  readonly terms: AgreementTerms;
  readonly lines: readonly ShownLine[];
  readonly called: DecimalString;
  readonly leftValue: DecimalString | null;
  readonly versions: readonly ShownVersion[];
  readonly open: ShownVersion | null;
  readonly callOffs: readonly ShownCallOff[];
  readonly documents: readonly Document[];
  readonly timeline: readonly TimelineEntry[];
  readonly today: Day;
  readonly lastDay: Day;
  readonly lastNoticeOn: Day;
  /** The last day that a renewal proposes. */
  readonly renewedUntil: Day;
  readonly isLeftToExpire: boolean;
  /** The earliest end that a notice of today may have. */
  readonly earliestEnd: Day;
  readonly acts: AgreementActs;
  /** Who of ours has decided on the newest text, and who is asked; suppliers see nothing of it. */
  readonly approval: ShownApproval | null;
};

/** Which acts the page offers; each act asks again. */
type AgreementActs = {
  readonly edit: boolean;
  readonly submit: boolean;
  readonly discard: boolean;
  readonly return: boolean;
  readonly sign: boolean;
  readonly refuse: boolean;
  readonly revise: boolean;
  readonly notice: boolean;
  readonly callOff: boolean;
  /** Is it time to say what comes after it: a renewal, its end, or bids asked for anew? */
  readonly renew: boolean;
  /** Only what the reader wrote stands between it and the approval or the signature. */
  readonly isOwnWork: boolean;
};

/** @throws AppError `agreement.not-found` */
export async function getAgreementPage(ctx: Ctx, agreementId: string): Promise<AgreementPage> {
  const agreement = found('agreement', await findAgreement(ctx, agreementId));
  const names = found('agreement', await findNames(ctx, agreementId));
  const signatures = await versions.findSignatures(ctx.tx, agreementId);
  const documents = await documentsOf(ctx, 'agreement', agreementId);
  const all = (await versions.findVersions(ctx.tx, agreementId)).map((version) => ({
    ...version,
    signatures: validSignatures(version, signatures),
    documents: newestOf(documents.filter((one) => one.version === version.version)),
  }));
  const open =
    all.find((one) => ['draft', 'pending_approval', 'pending_signature'].includes(one.state)) ?? null;
  const inForce = all.find((one) => one.version === agreement.inForceVersion);
  const { terms } = found('agreement', inForce ?? open ?? all[0]);
  const lines = await store.findLines(ctx.tx, agreementId);
  const called = addDecimals(lines.map((line) => line.calledAmount));
  const today = todayOf(ctx);
  const isOurs = ctx.actor.kind === 'staff';
  const { overLimitPercent } = ctx.policies.agreements;
  return {
    agreement,
    names,
    terms,
    lines: (inForce === undefined ? terms.lines.map((line) => asProposed(line, terms)) : lines).map(
      (line) => ({
        ...line,
        leftQuantity: leftOf(line.quantityLimit, line.calledQuantity, overLimitPercent),
        formula: terms.lines.find((one) => one.lineNo === line.lineNo)?.formula?.expression ?? null,
      }),
    ),
    called,
    leftValue: leftOf(agreement.valueLimit, called, overLimitPercent),
    versions: all,
    open,
    callOffs: await findCallOffs(ctx, agreementId),
    documents,
    timeline: await timelineOf(ctx, agreementId, ...(isOurs ? await approvalIdsOf(ctx, agreementId) : [])),
    today,
    lastDay: lastDayOf(agreement),
    lastNoticeOn: lastNoticeOn(agreement),
    renewedUntil: renewedUntil(agreement),
    isLeftToExpire: isLeftToExpire(agreement),
    earliestEnd: addDays(today, agreement.noticeDays),
    acts: actsOf(ctx, { agreement, open, today }),
    approval: isOurs ? await findApproval(ctx, chainOf(agreementId)) : null,
  };
}

const asProposed = (
  line: AgreementTerms['lines'][number],
  terms: AgreementTerms,
): Omit<ShownLine, 'leftQuantity' | 'formula'> => ({
  ...line,
  id: null,
  validFrom: line.validFrom ?? terms.validFrom,
  validUntil: line.validUntil ?? terms.validUntil,
  isCurrent: true,
  calledQuantity: '0',
  calledAmount: '0',
});

/** The signed document takes the place of the one that was offered. */
const newestOf = (documents: readonly Document[]): Document[] => {
  const signed = documents.filter((one) => one.kind === 'agreement-signed-pdf');
  return signed.length > 0 ? signed : [...documents];
};

function actsOf(
  ctx: Ctx,
  of: { agreement: Agreement; open: ShownVersion | null; today: Day },
): AgreementActs {
  const { agreement, open } = of;
  const { supplierId } = agreement;
  const resource = { state: open?.state ?? '', supplierId };
  const written = { ...resource, ties: { author: open === null ? null : writersOf(open) } };
  const side = ctx.actor.kind === 'supplier' ? 'supplier' : 'buyer';
  const isToSign = open?.refusedAt === null && !open.signatures.some((one) => one.side === side);
  const isRunning = agreement.state === 'active';
  return {
    edit: open?.state === 'draft' && mayUse(ctx, 'agreement.manage'),
    submit: may(ctx, 'agreement_version.submit', resource),
    discard:
      may(ctx, 'agreement_version.discard', resource) &&
      (agreement.inForceVersion !== null || open?.state === 'draft'),
    return: may(ctx, 'agreement_version.return', resource) && isToBeTakenBack(ctx, open),
    sign: isToSign && may(ctx, 'agreement_version.sign', written),
    refuse: isToSign && may(ctx, 'agreement_version.refuse', resource),
    revise: isRunning && open === null && mayUse(ctx, 'agreement.manage'),
    notice:
      agreement.terminatesOn === null &&
      may(ctx, 'agreement.give-notice', { state: agreement.state, supplierId }) &&
      addDays(of.today, agreement.noticeDays) < agreement.validUntil,
    callOff:
      isRunning &&
      of.today >= agreement.validFrom &&
      of.today <= lastDayOf(agreement) &&
      mayUse(ctx, 'agreement.call-off'),
    renew: mayRenew(ctx, of),
    isOwnWork:
      isSeparated(ctx, 'agreement_version.approve', written) ||
      (isToSign && isSeparated(ctx, 'agreement_version.sign', written)),
  };
}

const mayRenew = (
  ctx: Ctx,
  { agreement, open, today }: { agreement: Agreement; open: ShownVersion | null; today: Day },
): boolean =>
  open === null &&
  mayUse(ctx, 'agreement.manage') &&
  isToBeRenewed(agreement, today, ctx.policies.agreements.renewalReminderDays);

/** Whoever approves decides a step; the text is taken back by who buys, or once it is offered. */
const isToBeTakenBack = (ctx: Ctx, open: ShownVersion | null): boolean =>
  open?.offeredAt !== null || mayUse(ctx, 'agreement.manage');

/**
 * One version beside the one before it.
 * @throws AppError `agreement.not-found`, `agreement_version.not-found`
 */
export async function getVersionPage(
  ctx: Ctx,
  of: { agreementId: string; versionId: string },
): Promise<{
  agreement: Agreement;
  version: AgreementVersion;
  before: AgreementVersion | null;
  difference: VersionDifference;
}> {
  const agreement = found('agreement', await findAgreement(ctx, of.agreementId));
  const all = await versions.findVersions(ctx.tx, agreement.id);
  const version = found(
    'agreement_version',
    all.find((one) => one.id === of.versionId),
  );
  const before = all.find((one) => one.version < version.version && one.inForceAt !== null) ?? null;
  const nothing: VersionDifference = { terms: [], lines: [], hasOtherCharges: false };
  return {
    agreement,
    version,
    before,
    difference: before === null ? nothing : differenceOf(before.terms, version.terms),
  };
}

/** May the actor read a file of this agreement? Whoever may see the agreement and its prices. */
export const mayReadDocument = async (ctx: Ctx, document: Pick<Document, 'subject'>): Promise<boolean> =>
  mayUse(ctx, 'agreement.read') &&
  seesPrices(ctx.actor) &&
  (await findAgreement(ctx, document.subject.id)) !== undefined;

/** Agreements that wait for this actor's approval or signature. */
export async function waitingFor(ctx: Ctx): Promise<WaitingItem[]> {
  const persons = personsOf(ctx.actor);
  if (hasRole(ctx.actor, 'supplier_administrator', 'supplier_sales'))
    return asWaiting('waiting.agreements.to-sign', await findWaiting(ctx, { side: 'supplier', persons }));
  if (!hasRole(ctx.actor, 'approver')) return [];
  // What waits for an approval is among what waits for decisions.
  return asWaiting('waiting.agreements.to-sign', await findWaiting(ctx, { side: 'buyer', persons }));
}

function asWaiting(key: string, rows: readonly WaitingAgreement[]): WaitingItem[] {
  const [first] = rows;
  if (first === undefined) return [];
  return [
    {
      key,
      count: first.count,
      href: '/agreements?state=pending_signature',
      urgent: false,
      items: rows.map((row) => ({
        label: `${row.reference} ${row.title}`,
        href: `/agreements/${row.id}`,
        dueAt: null,
      })),
    },
  ];
}
