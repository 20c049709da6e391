import type { Request } from 'express';
import type { Ctx } from '../platform/db/context.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { Permission } from '../platform/web/permission.ts';
import type { PageHandler, PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import {
  decideVersion,
  discardVersion,
  giveNotice,
  returnVersion,
  submitVersion,
} from './agreement-acts.service.ts';
import { refuseVersion, signVersion } from './agreement-signing.service.ts';
import {
  emptyForm,
  noticeForm,
  refusalForm,
  returnForm,
  signatureForm,
  startForm,
  textDecisionForm,
  versionForm,
} from './agreements.forms.ts';
import { startVersion } from './agreements.service.ts';
import { letExpire, renewAgreement } from './renewal.service.ts';

type Act = {
  /** A noun: `/agreements/:agreementId/<path>`. */
  readonly path: string;
  readonly permission: Permission;
  readonly notice: string;
  /** Where it goes on, below the agreement; on its page where nothing is said. */
  readonly goTo?: (agreementId: string) => string;
  /** Reads the form, and gives what is to be done. */
  read(body: Request['body']): (ctx: Ctx, agreementId: string) => Promise<unknown>;
};

const ACTS: readonly Act[] = [
  {
    path: 'submission',
    permission: 'agreement.manage',
    notice: 'agreements.notice.submitted',
    read: (body) => {
      const form = parseForm(versionForm, body);
      return (ctx, agreementId) => submitVersion(ctx, { agreementId, ...form });
    },
  },
  {
    path: 'discarding',
    permission: 'agreement.manage',
    notice: 'agreements.notice.discarded',
    read: (body) => {
      const form = parseForm(versionForm, body);
      return (ctx, agreementId) => discardVersion(ctx, { agreementId, ...form });
    },
  },
  {
    path: 'decision',
    permission: 'agreement.approve',
    notice: 'agreements.notice.decided',
    read: (body) => {
      const form = parseForm(textDecisionForm, body);
      return (ctx, agreementId) => decideVersion(ctx, { agreementId, ...form });
    },
  },
  {
    path: 'return',
    permission: 'agreement.return',
    notice: 'agreements.notice.returned',
    read: (body) => {
      const { version, reason } = parseForm(returnForm, body);
      return (ctx, agreementId) => returnVersion(ctx, { agreementId, rowVersion: version, reason });
    },
  },
  {
    path: 'signature',
    permission: 'agreement.sign',
    notice: 'agreements.notice.signed',
    read: (body) => {
      const { sha256 } = parseForm(signatureForm, body);
      return (ctx, agreementId) => signVersion(ctx, { agreementId, sha256 });
    },
  },
  {
    path: 'refusal',
    permission: 'agreement.refuse',
    notice: 'agreements.notice.refused',
    // It goes back to who wrote it, and is not to be seen for a while.
    goTo: () => '/agreements',
    read: (body) => {
      const { version, reason } = parseForm(refusalForm, body);
      return (ctx, agreementId) => refuseVersion(ctx, { agreementId, sha256: version, reason });
    },
  },
  {
    path: 'versions',
    permission: 'agreement.manage',
    notice: 'agreements.notice.version-started',
    goTo: (agreementId) => `/agreements/${agreementId}/edit`,
    read: (body) => {
      const { reason } = parseForm(startForm, body);
      return (ctx, agreementId) => startVersion(ctx, { agreementId, reason });
    },
  },
  {
    path: 'renewal',
    permission: 'agreement.manage',
    notice: 'agreements.notice.renewal-started',
    goTo: (agreementId) => `/agreements/${agreementId}/edit`,
    read: (body) => {
      parseForm(emptyForm, body);
      return renewAgreement;
    },
  },
  {
    path: 'expiry',
    permission: 'agreement.manage',
    notice: 'agreements.notice.left-to-expire',
    read: (body) => {
      parseForm(emptyForm, body);
      return letExpire;
    },
  },
  {
    path: 'notice',
    permission: 'agreement.end',
    notice: 'agreements.notice.notice-given',
    read: (body) => {
      const form = parseForm(noticeForm, body);
      return (ctx, agreementId) => giveNotice(ctx, { agreementId, ...form });
    },
  },
];

/** What is done at an agreement on its page. */
export function addAgreementActs(router: PortalRouter, web: WebDeps, show: PageHandler): void {
  for (const { path, permission, notice, goTo, read } of ACTS)
    router.post(`/agreements/:agreementId/${path}`, permission, async (req, res) => {
      const agreementId = idParam(req, 'agreementId');
      await web.submitForm(req, res, {
        act: () => {
          const act = read(req.body);
          return web.runInTx(whoOf(req), (ctx) => act(ctx, agreementId));
        },
        goTo: goTo?.(agreementId) ?? `/agreements/${agreementId}`,
        notice,
        orShow: show,
      });
    });
}
