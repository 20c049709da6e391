import { type Document, mayOpenInBrowser } from '../../documents/index.ts';
import type { Figures } from '../figures.ts';
import { DOCUMENT_KIND, type VersionDocument } from './invoice-draft.ts';
import { type FileDifference, fileDifferences } from './prefill.ts';

/** The document that is shown beside an invoice's figures: the newest that a browser shows, or that was read. */
export const documentBeside = (
  files: readonly Document[],
  document: VersionDocument | null,
): Document | null =>
  files.findLast((file) => file.state === 'clean' && file.kind === DOCUMENT_KIND && mayOpenInBrowser(file)) ??
  files.find((file) => file.sha256 === document?.sha256) ??
  null;

/** Where an invoice's figures are not what its own structured file says. */
export const differencesFromFile = (
  document: VersionDocument | null,
  of: {
    figures: Pick<
      Figures,
      'netAmount' | 'taxAmount' | 'grossAmount' | 'currency' | 'supplierNumber' | 'issuedOn'
    >;
    ourTaxId: string;
  },
): FileDifference[] => {
  const read = document?.read ?? null;
  if (read === null) return [];
  const { figures, ourTaxId } = of;
  return fileDifferences(read, { ...figures, number: figures.supplierNumber, ourTaxId });
};
