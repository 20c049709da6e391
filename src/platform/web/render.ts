import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import ejs from 'ejs';
import type { Request, Response } from 'express';
import { AppError } from '../../kernel/errors.ts';
import { sayOnNextPage } from './notices.ts';
import { makePageWords, type PageWords } from './page-words.ts';
import type { RenderSettings } from './render-settings.ts';
import { sendCsv } from './send-csv.ts';
import type { Model, WebDeps } from './web.ts';

type View = (data: { it: object }) => string;

/** Stands behind every model: a view that reads a name its page did not give it fails, rather than printing nothing. */
const unknownNames: object = new Proxy(Object.create(null) as object, {
  get(_target, key) {
    if (typeof key === 'string') throw new Error(`view reads unknown it.${key}`);
    return undefined;
  },
});

// As a prototype, and not as a proxy around the model: `{ ...it }` for a partial took 25 µs through a proxy, and
// a page of 50 rows does it 50 times.
const strict = (model: object): object =>
  Object.getPrototypeOf(model) === unknownNames ? model : { __proto__: unknownNames, ...model };

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};

/** As EJS escapes, but most of what a page says needs nothing replaced, and that is found out first. */
function escapeText(value: string | number | null | undefined): string {
  if (value === undefined || value === null) return '';
  const text = String(value);
  return /[&<>'"]/.test(text) ? text.replaceAll(/[&<>'"]/g, (sign) => ENTITIES[sign] as string) : text;
}

function viewLoader(folder: string, assetVersion: string): (name: string) => View {
  const compiled = new Map<string, View>();
  const load = (name: string): View => {
    const known = compiled.get(name);
    if (known !== undefined) return known;
    const file = path.join(folder, `${name}.ejs`);
    if (!existsSync(file)) throw new Error(`No view ${name}`);
    const template = ejs.compile(readFileSync(file, 'utf8'), {
      filename: file,
      strict: true,
      _with: false,
      destructuredLocals: ['it', 'include'],
      escape: escapeText,
    } as ejs.Options & { async: false; client: false });
    const view: View = ({ it }) => template({ it: strict(it), include });
    compiled.set(name, view);
    return view;
  };
  // In place of EJS's own: partials are named from the folder of views, compiled once, and get a strict
  // model like pages do.
  const include = (partial: string, data: { it: object }): string =>
    load(partial.replace(/^\//, ''))({
      it: 'assetVersion' in data.it ? data.it : { ...data.it, assetVersion },
    });
  return load;
}

/** Views by themselves, for what is not a page of the portal: mails. */
export const makeViewRenderer = (folder: string): ((name: string, it: object) => string) => {
  const view = viewLoader(folder, '');
  return (name, it) => view(name)({ it });
};

/** As `res.send`, without an ETag: no two answers are alike, and hashing each took a twelfth of the page. */
function sendHtml(res: Response, html: string): void {
  res.set('Content-Type', 'text/html; charset=utf-8');
  res.set('Content-Length', String(Buffer.byteLength(html)));
  res.end(html);
}

/** Makes the functions routes answer with. */
export function makeRenderer(settings: RenderSettings): Pick<
  WebDeps,
  'showPage' | 'showFragment' | 'sendCsv' | 'submitForm'
> & {
  renderView(name: string, it: object): string;
} {
  const view = viewLoader(settings.viewsFolder, settings.assetVersion);
  const words = (res: Response): PageWords => makePageWords(settings, res.req, res);

  const showPage: WebDeps['showPage'] = async (res, name, model) => {
    const said = words(res);
    const it = { ...said, ...model, title: titleOf(model, said) };
    const body = view(name)({ it });
    sendHtml(res, view('layouts/page')({ it: { ...it, body } }));
  };
  const showFragment: WebDeps['showFragment'] = async (res, name, model) => {
    res.send(view(name)({ it: { ...words(res), ...model } }));
  };
  const submitForm: WebDeps['submitForm'] = async (req, res, { act, goTo, notice, orShow }) => {
    try {
      await act();
    } catch (error) {
      if (!isShownOnForm(error)) throw error;
      keepTyped(req, res, error);
      return orShow(req, res);
    }
    if (notice !== undefined) sayOnNextPage(req, res, typeof notice === 'string' ? notice : notice());
    res.redirect(303, typeof goTo === 'string' ? goTo : goTo());
  };
  return {
    showPage,
    showFragment,
    sendCsv: (res, file) => sendCsv(res, file, words(res)),
    submitForm,
    renderView: (name, it) => view(name)({ it }),
  };
}

const titleOf = (model: Model, said: PageWords): string =>
  'title' in model ? String(model.title) : said.t(model.titleKey, model['titleParams']);

const isShownOnForm = (error: unknown): error is AppError =>
  error instanceof AppError && ['rule-broken', 'invalid', 'conflict'].includes(error.kind);

/** Puts what was typed and what is wrong where the form's view finds it. */
function keepTyped(req: Request, res: Response, error: AppError): void {
  res.status(error.kind === 'conflict' ? 409 : 422);
  res.locals.typed = (req.body ?? {}) as Record<string, unknown>;
  res.locals.fieldErrors = error.fields;
  res.locals.refusal = error;
}
