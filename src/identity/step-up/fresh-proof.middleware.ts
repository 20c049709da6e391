import type { Request } from 'express';
import type { RunInTx } from '../../platform/db/context.ts';
import type { FreshProof } from '../../platform/web/fresh-proof.ts';
import { isOwnPath } from '../../platform/web/return-to.ts';
import { whoOf } from '../../platform/web/web.ts';
import { fieldsOf, MOST_BYTES, mayBeKept } from './interrupted-form.ts';
import { keepForm } from './interrupted-forms.service.ts';

/**
 * Holds acts with these permissions back until their sender has proved who it is. A form waits sealed; what cannot
 * wait (files, passwords, more than a megabyte) is sent again by hand, from the page it came from.
 */
export const makeFreshProof = (house: {
  readonly runInTx: RunInTx;
  readonly permissions: readonly string[];
}): FreshProof => ({
  isNeeded: (permission) => house.permissions.includes(permission),
  async ask(req, res, permission) {
    const fields = fieldsOf(req.body);
    const size = Number(req.get('content-length') ?? 0);
    const isForm = typeof req.is('application/x-www-form-urlencoded') === 'string';
    const isKept = isForm && size <= MOST_BYTES && mayBeKept(fields);
    if (!isKept || !isOwnPath(req.originalUrl)) {
      res.redirect(303, `/proof?to=${encodeURIComponent(pageBehind(req))}`);
      return;
    }
    const form = { permission, path: req.originalUrl, fields };
    const id = await house.runInTx(whoOf(req), (ctx) => keepForm(ctx, form));
    res.redirect(303, `/proof?form=${id}`);
  },
});

/** The page that was asked for, or that the form stood on. */
function pageBehind(req: Request): string {
  if (req.method === 'GET') return req.originalUrl;
  const referrer = req.get('referer') ?? '';
  if (!URL.canParse(referrer)) return '/';
  const { pathname, search } = new URL(referrer);
  const path = pathname + search;
  return isOwnPath(path) ? path : '/';
}
