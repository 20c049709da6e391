import type { Request, Response } from 'express';
import { AppError, ruleBroken } from '../../kernel/errors.ts';
import { readSheet } from '../sheet/read-sheet.ts';
import type { Sheet, SheetLimits } from '../sheet/sheet.ts';

/**
 * What an uploaded spreadsheet says, looked at and not taken over: the preview is an answer and no page of its own. Null where the
 * file is refused; the page then says why.
 * @param of.noFile the code of the refusal where no file was chosen
 * @throws AppError `…not-found` of what the sheet is for
 */
export async function previewUpload<Preview extends { readonly errors: readonly unknown[] }>(
  req: Request,
  res: Response,
  of: { noFile: string; limits: SheetLimits; read(sheet: Sheet): Promise<Preview> | Preview },
): Promise<Preview | null> {
  try {
    const file = req.uploads[0];
    if (file === undefined) throw ruleBroken(of.noFile, 'No file was chosen');
    const preview = await of.read(await readSheet(file.path, of.limits));
    if (preview.errors.length > 0) res.status(422);
    return preview;
  } catch (error) {
    if (!(error instanceof AppError) || error.kind === 'not-found') throw error;
    res.status(422);
    res.locals['refusal'] = error;
    return null;
  }
}
