import type { Request, Response } from 'express';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { answerForm, reasonForm, turnForm } from './disputes.forms.ts';
import {
  acceptResolution,
  acknowledgeDispute,
  answerDispute,
  decideDispute,
  escalateDispute,
  proposeResolution,
  refuseResolution,
  withdrawDispute,
} from './disputes.service.ts';

/** What is done to a dispute: each is a form of its page, which shows it again when it is refused. */
export function addDisputeActs(
  router: PortalRouter,
  web: WebDeps,
  showDispute: (req: Request, res: Response) => Promise<void>,
): void {
  const addAct = <Form>(
    path: string,
    of: {
      permission: 'dispute.write' | 'dispute.decide';
      read(req: Request): Form;
      act(ctx: Ctx, form: Form & { disputeId: string }): Promise<void>;
      notice: string;
    },
  ): void =>
    router.post(`/disputes/:disputeId/${path}`, of.permission, async (req, res) => {
      const disputeId = idParam(req, 'disputeId');
      await web.submitForm(req, res, {
        act: () => {
          const form = of.read(req);
          return web.runInTx(whoOf(req), (ctx) => of.act(ctx, { ...form, disputeId }));
        },
        goTo: `/disputes/${disputeId}`,
        notice: `disputes.notice.${of.notice}`,
        orShow: showDispute,
      });
    });
  const turn = (req: Request) => parseForm(turnForm, req.body);
  const withBody = (req: Request) => parseForm(answerForm, req.body);
  const withReason = (req: Request) => {
    const { reason, version } = parseForm(reasonForm, req.body);
    return { version, body: reason };
  };
  const write = { permission: 'dispute.write' } as const;
  addAct('acknowledgement', { ...write, read: turn, act: acknowledgeDispute, notice: 'acknowledged' });
  addAct('answer', { ...write, read: withBody, act: answerDispute, notice: 'answered' });
  addAct('proposal', { ...write, read: withReason, act: proposeResolution, notice: 'proposed' });
  addAct('acceptance', { ...write, read: turn, act: acceptResolution, notice: 'resolved' });
  addAct('refusal', { ...write, read: withReason, act: refuseResolution, notice: 'refused' });
  addAct('escalation', { ...write, read: withReason, act: escalateDispute, notice: 'escalated' });
  addAct('withdrawal', { ...write, read: withReason, act: withdrawDispute, notice: 'withdrawn' });
  addAct('decision', {
    permission: 'dispute.decide',
    read: withReason,
    act: decideDispute,
    notice: 'decided',
  });
}
