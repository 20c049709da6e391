import type { Request, Response } from 'express';
import { type Actor, anonymous } from '../../kernel/actor.ts';
import type { RunInTx } from '../db/context.ts';
import type { Params } from '../i18n/catalogue.ts';
import type { FreshProof } from './fresh-proof.ts';
import type { Decide, Permission } from './permission.ts';
import type { CsvFile } from './send-csv.ts';

/** What a page gives to its view. The layout needs a title: as it is, or as a key of the catalogue. */
export type Model = (
  | { readonly title: string }
  | { readonly titleKey: string; readonly titleParams?: Params }
) &
  Readonly<Record<string, unknown>>;

export type WebDeps = {
  readonly runInTx: RunInTx;
  readonly decide: Decide;
  /** The actor as it may do this: in its own name, or for somebody absent; null when it may not. */
  readonly actorFor: (actor: Actor, permission: Permission) => Actor | null;
  readonly freshProof: FreshProof;
  /** The origin people reach us at, e.g. `https://portal.example.com`; links in mails use it. */
  readonly origin: string;
  showPage(res: Response, view: string, model: Model): Promise<void>;
  /** A piece of a page, without the layout, for htmx. */
  showFragment(res: Response, view: string, model: Readonly<Record<string, unknown>>): Promise<void>;
  /** A list as a CSV file, in the reader's language. */
  sendCsv(res: Response, file: CsvFile): Promise<void>;
  /**
   * Runs `act` and redirects (303). A broken rule or bad input shows the form again (422) with what was
   * typed; a conflict shows it with 409.
   */
  submitForm(
    req: Request,
    res: Response,
    form: {
      act(): Promise<unknown>;
      goTo: string | (() => string);
      /** Said once on the next page: a catalogue key; a function where it depends on what was done. */
      notice?: string | (() => string);
      orShow(req: Request, res: Response): Promise<void>;
    },
  ): Promise<void>;
};

/**
 * For acts of signing in: whoever signs in is nobody yet, also where somebody else's session is open in the browser.
 */
export const visitorOf = (req: Request): { actor: Actor; requestId: string } => ({
  actor: anonymous,
  requestId: req.requestId,
});

/** Who acts in this request, for `runInTx`. */
export const whoOf = (req: Request): { actor: Actor; requestId: string } => ({
  actor: req.actor,
  requestId: req.requestId,
});
