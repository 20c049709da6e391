import type { Request, Response } from 'express';
import { listCategories, listPlants } from '../catalog/index.ts';
import { chargeReasons } from '../kernel/charge.ts';
import { found, ruleBroken } from '../kernel/errors.ts';
import { differingFields } from '../kernel/form-fields.ts';
import { incoterms } from '../kernel/incoterm.ts';
import { offeredUnits } from '../kernel/quantity.ts';
import { addDays } from '../kernel/time.ts';
import type { Ctx } from '../platform/db/context.ts';
import { placesOf } from '../platform/db/scope.ts';
import { idParam, parseForm } from '../platform/web/params.ts';
import type { PortalRouter } from '../platform/web/router.ts';
import { type WebDeps, whoOf } from '../platform/web/web.ts';
import { findSupplier, invitableSuppliers } from '../suppliers/index.ts';
import { agreementKinds } from './agreement.ts';
import { submitVersion } from './agreement-acts.service.ts';
import { chargeFields } from './agreement-charges.forms.ts';
import {
  gridRows,
  lineFields,
  type TermFields,
  termFields,
  tickedPlants,
  typedLines,
} from './agreement-form.ts';
import { agreementForm, newAgreementForm, tidyLines } from './agreements.forms.ts';
import { draftAgreement, findAgreement, openVersionOf, reviseTerms, todayOf } from './agreements.service.ts';

const CURRENCIES = ['USD', 'CNY', 'EUR', 'GBP', 'JPY', 'HKD', 'KRW', 'SGD', 'INR', 'MXN', 'BRL'];
const OFFERED_SUPPLIERS = 500;
/** More are kept by spreadsheet: eleven fields each make a form nobody can use. */
const MOST_LINES_ON_A_FORM = 200;

/** What the selects of the form offer, within the scope of who fills it in. */
async function choices(ctx: Ctx, currency: string) {
  const within = placesOf(ctx.actor);
  const isIn = (codes: readonly string[] | null, code: string) => codes === null || codes.includes(code);
  return {
    categories: (await listCategories(ctx)).filter(({ code }) => isIn(within.categories, code)),
    plants: (await listPlants(ctx)).filter(({ code }) => isIn(within.plants, code)),
    units: offeredUnits,
    currencies: [...new Set([currency, ...CURRENCIES])],
    incoterms,
    kinds: agreementKinds,
    chargeReasons,
  };
}

/** Without JavaScript, a row is added by sending the form: it comes back as it was typed, with one row more. */
const asksForRow = (req: Request): boolean =>
  (req.body as { next?: unknown } | undefined)?.next === 'add-line';

function showAsTyped(
  req: Request,
  res: Response,
  show: (req: Request, res: Response) => Promise<void>,
): Promise<void> {
  res.locals.typed = req.body as Record<string, unknown>;
  return show(req, res);
}

const noticeOf = (req: Request): string =>
  (req.body as { next?: unknown } | undefined)?.next === 'submit'
    ? 'agreements.notice.submitted'
    : 'agreements.notice.saved';

/** Writing an agreement, and changing the version that is being written. */
export function addAgreementForms(router: PortalRouter, web: WebDeps): void {
  addNewForm(router, web);
  addEditForm(router, web);
}

/** A year from today, paid and delivered as the house usually does. */
async function newModel(ctx: Ctx) {
  const { currency } = ctx.policies.company;
  const today = todayOf(ctx);
  const offered = await choices(ctx, currency);
  const terms: TermFields = {
    kind: 'framework',
    title: '',
    categoryCode: '',
    currency,
    incoterm: 'DAP',
    incotermPlace: '',
    paymentTermsDays: String(ctx.policies.paymentTermsDays),
    validFrom: today,
    validUntil: addDays(today, 364),
    noticeDays: '30',
    valueLimit: '',
    clauses: '',
  };
  return {
    ...offered,
    terms,
    suppliers: await invitableSuppliers(ctx, { search: '', limit: OFFERED_SUPPLIERS }),
    stored: offered.plants.length === 1 ? offered.plants.map(({ code }) => code) : [],
  };
}

function addNewForm(router: PortalRouter, web: WebDeps): void {
  const showNew = async (req: Request, res: Response): Promise<void> => {
    const { stored, ...model } = await web.runInTx(whoOf(req), newModel);
    const { typed } = res.locals;
    await web.showPage(res, 'agreements/new', {
      ...model,
      titleKey: 'agreements.new',
      keptLines: 0,
      ticked: tickedPlants(typed === undefined ? undefined : (typed['plantCodes'] ?? []), stored),
      lines: gridRows(typedLines(typed?.['lines']), asksForRow(req) ? 1 : 0),
      charges: chargeFields(typed?.['charges'], []),
    });
  };
  router.get('/agreements/new', 'agreement.manage', showNew);

  router.post('/agreements', 'agreement.manage', async (req, res) => {
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showNew);
    let goTo = '';
    await web.submitForm(req, res, {
      act: async () => {
        const { next, supplierId, ...terms } = parseForm(newAgreementForm, req.body);
        const id = await web.runInTx(whoOf(req), async (ctx) => {
          const agreementId = await draftAgreement(ctx, { supplierId, terms });
          if (next === 'submit') await submitVersion(ctx, { agreementId, rowVersion: 1 });
          return agreementId;
        });
        goTo = `/agreements/${id}`;
      },
      goTo: () => goTo,
      notice: noticeOf(req),
      orShow: showNew,
    });
  });
}

function addEditForm(router: PortalRouter, web: WebDeps): void {
  const showEdit = async (req: Request, res: Response): Promise<void> => {
    const agreementId = idParam(req, 'agreementId');
    const { typed } = res.locals;
    const model = await web.runInTx(whoOf(req), async (ctx) => {
      const agreement = found('agreement', await findAgreement(ctx, agreementId));
      const version = await openVersionOf(ctx, agreement.id);
      if (version.state !== 'draft' && typed === undefined)
        throw ruleBroken('agreement_version.cannot-edit', 'It is approved or signed as it was submitted');
      const supplier = await findSupplier(ctx, agreement.supplierId);
      return { ...(await choices(ctx, version.terms.currency)), agreement, version, supplier };
    });
    const { version, agreement } = model;
    const stored = termFields(version.terms);
    const isStale = res.statusCode === 409;
    const isLong =
      typed === undefined ? version.terms.lines.length > MOST_LINES_ON_A_FORM : typed['keepsLines'] === 'yes';
    await web.showPage(res, 'agreements/edit', {
      ...model,
      title: `${agreement.reference} ${version.terms.title}`,
      terms: stored,
      ticked: tickedPlants(
        typed === undefined ? undefined : (typed['plantCodes'] ?? []),
        version.terms.plantCodes,
      ),
      lines: gridRows(
        typed === undefined ? version.terms.lines.map(lineFields) : typedLines(typed['lines']),
        asksForRow(req) ? 1 : 0,
      ),
      keptLines: isLong ? version.terms.lines.length : 0,
      charges: chargeFields(typed?.['charges'], version.terms.charges ?? []),
      isStale,
      differences: isStale && typed !== undefined ? differingFields(stored, typed) : [],
    });
  };
  router.get('/agreements/:agreementId/edit', 'agreement.manage', showEdit);

  router.post('/agreements/:agreementId/edit', 'agreement.manage', async (req, res) => {
    const agreementId = idParam(req, 'agreementId');
    req.body = tidyLines(req.body);
    if (asksForRow(req)) return showAsTyped(req, res, showEdit);
    await web.submitForm(req, res, {
      act: async () => {
        const { next, rowVersion, keepsLines, ...typed } = parseForm(agreementForm, req.body);
        const terms = keepsLines === undefined ? typed : { ...typed, lines: null };
        await web.runInTx(whoOf(req), async (ctx) => {
          await reviseTerms(ctx, { agreementId, rowVersion, terms });
          if (next === 'submit') await submitVersion(ctx, { agreementId, rowVersion: rowVersion + 1 });
        });
      },
      goTo: `/agreements/${agreementId}`,
      notice: noticeOf(req),
      orShow: showEdit,
    });
  });
}
