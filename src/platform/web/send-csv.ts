import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';
import type { ExportColumn, ExportRow } from '../sheet/export.ts';
import { streamCsv } from '../sheet/stream-csv.ts';
import type { PageWords } from './page-words.ts';

/** A list as a file. Its headings and words are in the reader's language. */
export type CsvFile = {
  /** Without its ending. */
  readonly fileName: string;
  table(words: Pick<PageWords, 't' | 'stateLabel' | 'locale' | 'timeZone'>): {
    readonly columns: readonly ExportColumn[];
    readonly rows: Iterable<ExportRow>;
  };
};

/** Answers with the table as a CSV file that nobody but the reader keeps. */
export async function sendCsv(res: Response, file: CsvFile, words: PageWords): Promise<void> {
  const { columns, rows } = file.table(words);
  res.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': `attachment; filename="${file.fileName}.csv"`,
    'Cache-Control': 'private, no-store',
  });
  await pipeline(streamCsv(columns, oneByOne(rows)), res);
}

async function* oneByOne(rows: Iterable<ExportRow>): AsyncGenerator<ExportRow> {
  yield* rows;
}
