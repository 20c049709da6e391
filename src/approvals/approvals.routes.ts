import type { Request, Response } from 'express';
import { notFound } from '../kernel/errors.ts';
import { parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { type ApprovableType, type ApprovalRule, chainedTypes } from './approval.ts';
import { getPolicies, listKinds, ruleChoices, writePolicy } from './approval-policies.service.ts';
import { policyForm, tidyRules } from './approvals.forms.ts';
import { listWaiting, pageOf } from './approvals.queries.ts';

const EMPTY_ROWS = 3;

/** What waits for one's decision, and the rules of who is asked for what. */
export function approvalsRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);

  router.get('/approvals', 'approval.decide', async (req, res) => {
    const waiting = await web.runInTx(whoOf(req), listWaiting);
    await web.showPage(res, 'approvals/waiting', { titleKey: 'approvals.title', waiting, pageOf });
  });

  router.get('/approval-rules', 'approval_policy.read', async (req, res) => {
    const kinds = await web.runInTx(whoOf(req), listKinds);
    await web.showPage(res, 'approvals/kinds', { titleKey: 'approvals.rules.title', kinds });
  });

  router.get('/approval-rules/:documentType', 'approval_policy.read', async (req, res) => {
    const documentType = typeParam(req);
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getPolicies(ctx, documentType)),
      ...(await ruleChoices(ctx, documentType)),
    }));
    await web.showPage(res, 'approvals/rules', {
      titleKey: `approvals.kind.${documentType}`,
      documentType,
      ...model,
    });
  });

  const showForm = async (req: Request, res: Response): Promise<void> => {
    const documentType = typeParam(req);
    const typed = res.locals.typed?.['rules'];
    const model = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getPolicies(ctx, documentType)),
      ...(await ruleChoices(ctx, documentType)),
      currency: ctx.policies.company.currency,
    }));
    const last = model.versions[0];
    const rows = Array.isArray(typed) ? typed.map(typedRow) : (last?.rules ?? []).map(rowOf);
    const isMore = (req.body as { next?: unknown } | undefined)?.next === 'add-rule';
    const emptyCount = Math.max(isMore ? 1 : 0, EMPTY_ROWS - rows.length);
    await web.showPage(res, 'approvals/rules-form', {
      titleKey: 'approvals.rules.new',
      documentType,
      ...model,
      currency: last?.currency ?? model.currency,
      version: last?.version ?? 0,
      rows: [...rows, ...Array.from({ length: emptyCount }, () => emptyRow)],
    });
  };
  router.get('/approval-rules/:documentType/new', 'approval_policy.manage', showForm);

  router.post('/approval-rules/:documentType', 'approval_policy.manage', async (req, res) => {
    const documentType = typeParam(req);
    const asksForRow = (req.body as { next?: unknown } | undefined)?.next === 'add-rule';
    req.body = { ...tidyRules(req.body) };
    if (asksForRow) {
      res.locals.typed = req.body as Record<string, unknown>;
      return showForm(req, res);
    }
    await web.submitForm(req, res, {
      act: async () => {
        const { next: _next, ...form } = parseForm(policyForm, req.body);
        await web.runInTx(whoOf(req), (ctx) => writePolicy(ctx, { ...form, documentType }));
      },
      goTo: `/approval-rules/${documentType}`,
      notice: 'approvals.notice.rules-written',
      orShow: showForm,
    });
  });

  return router;
}

function typeParam(req: Request): ApprovableType {
  const documentType = chainedTypes.find((type) => type === req.params['documentType']);
  if (documentType === undefined) throw notFound('page');
  return documentType;
}

const FIELDS = [
  'fromAmount',
  'categoryCode',
  'plantCode',
  'stage',
  'needs',
  'approver',
  'remindAfterDays',
  'escalateAfterDays',
  'escalateTo',
] as const;
type RuleRow = Readonly<Record<(typeof FIELDS)[number], string>>;

const emptyRow: RuleRow = {
  fromAmount: '',
  categoryCode: '',
  plantCode: '',
  stage: '1',
  needs: 'all',
  approver: '',
  remindAfterDays: '2',
  escalateAfterDays: '',
  escalateTo: '',
};

const rowOf = (rule: ApprovalRule): RuleRow => ({
  fromAmount: rule.fromAmount === '0' ? '' : rule.fromAmount,
  categoryCode: rule.categoryCode ?? '',
  plantCode: rule.plantCode ?? '',
  stage: String(rule.stage),
  needs: rule.needs,
  approver: rule.approverId ?? `role:${rule.approverRole}`,
  remindAfterDays: String(rule.remindAfterDays ?? ''),
  escalateAfterDays: String(rule.escalateAfterDays ?? ''),
  escalateTo: rule.escalateTo ?? '',
});

function typedRow(row: unknown): RuleRow {
  const typed = (row ?? {}) as Readonly<Record<string, unknown>>;
  const at = (field: keyof RuleRow): [keyof RuleRow, string] => {
    const value = typed[field];
    return [field, typeof value === 'string' ? value : ''];
  };
  return { ...emptyRow, ...Object.fromEntries(FIELDS.map(at)) };
}
