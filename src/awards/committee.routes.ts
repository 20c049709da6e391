import type { Request, Response } from 'express';
import { readOpenedFile, sendFile } from '../bids/index.ts';
import { AppError } from '../kernel/errors.ts';
import { wallClock } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import { makeRouter, type PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import {
  appointMember,
  declareInterest,
  getCommitteePage,
  removeMember,
  startScoring,
} from './committee.service.ts';
import {
  appointmentForm,
  consensusForm,
  fixForm,
  reasonForm,
  scoreSheetForm,
  startForm,
  statementForm,
} from './evaluation.forms.ts';
import { fixResult, getConsensus } from './evaluation.service.ts';
import {
  closeScoring,
  getScoreSheet,
  getStatement,
  recordConsensus,
  saveScoreSheet,
} from './scoring.service.ts';

const DAYS_TO_SCORE = 3;

/** The committee: who is on it, what each says of its interests, its sheet, and what all agree on. */
export function committeeRoutes(web: WebDeps): PortalRouter {
  const router = makeRouter(web);
  addAppointing(router, web);
  addScoring(router, web);
  addAgreeing(router, web);
  return router;
}

function addAppointing(router: PortalRouter, web: WebDeps): void {
  const showCommittee = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const { page, now } = await web.runInTx(whoOf(req), async (ctx) => ({
      page: await getCommitteePage(ctx, eventId),
      now: ctx.now,
    }));
    const inDays = new Date(now.getTime() + DAYS_TO_SCORE * 86_400_000);
    await web.showPage(res, 'awards/committee', {
      titleKey: 'evaluation.committee.page-title',
      titleParams: { reference: page.event.reference },
      ...page,
      suggestedDue: wallClock(inDays, req.timeZone),
    });
  };
  router.get('/events/:eventId/committee', 'sourcing_event.read', showCommittee);

  const act = (path: string, notice: string, work: (ctx: Ctx, req: Request) => Promise<unknown>): void =>
    router.post(`/events/:eventId/committee${path}`, 'sourcing_event.manage', (req, res) =>
      web.submitForm(req, res, {
        act: () => web.runInTx(whoOf(req), (ctx) => work(ctx, req)),
        goTo: `/events/${idParam(req, 'eventId')}/committee`,
        notice: `evaluation.notice.${notice}`,
        orShow: showCommittee,
      }),
    );
  act('', 'appointed', (ctx, req) =>
    appointMember(ctx, { eventId: idParam(req, 'eventId'), ...parseForm(appointmentForm, req.body) }),
  );
  act('/:memberId/removal', 'removed', (ctx, req) =>
    removeMember(ctx, {
      eventId: idParam(req, 'eventId'),
      memberId: idParam(req, 'memberId'),
      ...parseForm(reasonForm, req.body),
    }),
  );
  act('/start', 'started', (ctx, req) =>
    startScoring(ctx, { eventId: idParam(req, 'eventId'), ...parseForm(startForm, req.body) }),
  );
}

function addScoring(router: PortalRouter, web: WebDeps): void {
  const showStatement = async (req: Request, res: Response): Promise<void> => {
    const page = await web.runInTx(whoOf(req), (ctx) => getStatement(ctx, idParam(req, 'eventId')));
    await web.showPage(res, 'awards/statement', {
      titleKey: 'evaluation.statement.page-title',
      titleParams: { reference: page.event.reference },
      ...page,
    });
  };
  router.get('/events/:eventId/statement', 'bid.score', showStatement);
  router.post('/events/:eventId/statement', 'bid.score', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { interest, reason } = parseForm(statementForm, req.body);
        const hasConflict = interest === 'conflict';
        await web.runInTx(whoOf(req), (ctx) => declareInterest(ctx, { eventId, hasConflict, reason }));
        goTo = hasConflict ? '/' : `/events/${eventId}/score-sheet`;
      },
      goTo: () => goTo,
      notice: 'evaluation.notice.declared',
      orShow: showStatement,
    });
  });

  const showSheet = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const page = await web
      .runInTx(whoOf(req), async (ctx) => ({
        ...(await getScoreSheet(ctx, eventId)),
        scale: ctx.policies.evaluation,
      }))
      .catch((error: unknown) => {
        // The statement comes before anything else is seen.
        if (error instanceof AppError && error.code === 'committee_member.statement-missing') return null;
        throw error;
      });
    if (page === null) return res.redirect(303, `/events/${eventId}/statement`);
    await web.showPage(res, 'awards/score-sheet', {
      titleKey: 'evaluation.sheet.page-title',
      titleParams: { reference: page.event.reference },
      ...page,
      isStale: res.statusCode === 409,
    });
  };
  router.get('/events/:eventId/score-sheet', 'bid.score', showSheet);
  router.post('/events/:eventId/score-sheet', 'bid.score', async (req, res) => {
    const eventId = idParam(req, 'eventId');
    let notice = 'evaluation.notice.sheet-saved';
    await web.submitForm(req, res, {
      act: async () => {
        const { next, ...form } = parseForm(scoreSheetForm, req.body);
        const isSubmitted = next === 'submit';
        await web.runInTx(whoOf(req), (ctx) => saveScoreSheet(ctx, { eventId, ...form, isSubmitted }));
        if (isSubmitted) notice = 'evaluation.notice.sheet-submitted';
      },
      goTo: `/events/${eventId}/score-sheet`,
      notice: () => notice,
      orShow: showSheet,
    });
  });

  router.get(
    '/events/:eventId/score-sheet/bids/:bidId/files/:fileId/:fileName',
    'bid.score',
    async (req, res) => {
      const of = {
        eventId: idParam(req, 'eventId'),
        bidId: idParam(req, 'bidId'),
        fileId: idParam(req, 'fileId'),
      };
      const { file, content } = await web.runInTx(whoOf(req), async (ctx) => {
        await getScoreSheet(ctx, of.eventId);
        return readOpenedFile(ctx, of);
      });
      sendFile(res, file.fileName, content);
    },
  );
}

function addAgreeing(router: PortalRouter, web: WebDeps): void {
  const showConsensus = async (req: Request, res: Response): Promise<void> => {
    const eventId = idParam(req, 'eventId');
    const page = await web.runInTx(whoOf(req), async (ctx) => ({
      ...(await getConsensus(ctx, eventId)),
      scale: ctx.policies.evaluation,
    }));
    await web.showPage(res, 'awards/consensus', {
      titleKey: 'evaluation.consensus.page-title',
      titleParams: { reference: page.event.reference },
      ...page,
    });
  };
  router.get('/events/:eventId/consensus', 'bid.score', showConsensus);

  const act = (noun: string, notice: string, work: (ctx: Ctx, req: Request) => Promise<unknown>): void =>
    router.post(`/events/:eventId/${noun}`, 'bid.score', (req, res) =>
      web.submitForm(req, res, {
        act: () => web.runInTx(whoOf(req), (ctx) => work(ctx, req)),
        goTo: `/events/${idParam(req, 'eventId')}/consensus`,
        notice: `evaluation.notice.${notice}`,
        orShow: showConsensus,
      }),
    );
  act('consensus/closing', 'closed', (ctx, req) =>
    closeScoring(ctx, { eventId: idParam(req, 'eventId'), ...parseForm(reasonForm, req.body) }),
  );
  act('consensus', 'agreed', (ctx, req) =>
    recordConsensus(ctx, { eventId: idParam(req, 'eventId'), ...parseForm(consensusForm, req.body) }),
  );
  act('consensus/result', 'fixed', (ctx, req) =>
    fixResult(ctx, { eventId: idParam(req, 'eventId'), ...parseForm(fixForm, req.body) }),
  );
}
