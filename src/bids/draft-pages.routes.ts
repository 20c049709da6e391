import type { Request, Response } from 'express';
import type { Catalogue } from '../platform/i18n/catalogue.ts';
import type { DraftPage } from './drafts.service.ts';

/** What the pages of a draft have in common: how it is loaded, and how a page of it is shown. */
export type DraftPages = {
  readonly catalogue: Catalogue;
  load(req: Request): Promise<{ page: DraftPage; now: Date }>;
  showDraft(view: string, more?: (page: DraftPage) => object): (req: Request, res: Response) => Promise<void>;
};
