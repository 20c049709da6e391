import ExcelJS from '@protobi/exceljs';
import { isDecimal } from './export.ts';
import { columnLetters } from './sheet.ts';

/** A column of a template. Only input columns can be typed into; the others are locked. */
export type TemplateColumn = {
  readonly heading: string;
  /** In characters. */
  readonly width: number;
  readonly kind: 'text' | 'number' | 'price' | 'day' | 'choice';
  readonly isInput?: boolean;
  /** Of an input column: is this row's cell one as well? By the row's place; not given, each is. */
  isInputAt?(row: number): boolean;
  /** Carries a key for reading the file back; not shown. */
  readonly isHidden?: boolean;
  /** What may be picked in a `choice` column. */
  readonly choices?: readonly string[];
  /** The least number that may be typed. */
  readonly min?: number;
};

/** Parts, one a language, each with a title and its lines. */
export type Guide = {
  readonly sheetName: string;
  readonly parts: readonly { readonly title: string; readonly lines: readonly string[] }[];
};

export type Template = {
  readonly sheetName: string;
  readonly title: string;
  /** How to fill it in, a line each. */
  readonly instructions: readonly string[];
  readonly columns: readonly TemplateColumn[];
  readonly rows: readonly (readonly (string | null)[])[];
  /** Further empty rows that can be filled. */
  readonly blankRows?: number;
  /** Said by Excel when something else is typed than the column takes. */
  readonly refusal: { readonly title: string; readonly text: string };
  /** A sheet of its own with more to read; the first sheet stays the one that is filled in. */
  readonly guide?: Guide;
  /** When it was made; stored in the file. */
  readonly madeAt: Date;
};

const DARK = 'FF1F3A5F';
const INPUT = 'FFFFF8E1';
const LOCKED = 'FFF4F6F9';
const LINE = 'FFD5DBE3';
const FORMATS: Readonly<Record<TemplateColumn['kind'], string>> = {
  text: '@',
  choice: '@',
  number: 'General',
  price: '#,##0.00####',
  day: 'yyyy-mm-dd',
};
const CHOICES_SHEET = 'choices';

/**
 * Makes a workbook for people to fill in and send back: title and instructions, frozen headings, locked cells
 * but for the inputs, drop-downs and checks as they type. Every text is written as text, never as a formula.
 */
export async function writeTemplate(template: Template): Promise<Buffer> {
  const book = new ExcelJS.Workbook();
  book.created = template.madeAt;
  book.modified = template.madeAt;
  const headingRow = template.instructions.length + 3;
  const sheet = book.addWorksheet(template.sheetName.slice(0, 31), {
    views: [{ state: 'frozen', ySplit: headingRow, showGridLines: false }],
    pageSetup: { orientation: 'landscape', paperSize: 9, fitToPage: true, fitToWidth: 1, fitToHeight: 0 },
  });
  sheet.pageSetup.printTitlesRow = `${headingRow}:${headingRow}`;
  template.columns.forEach((column, index) => {
    const target = sheet.getColumn(index + 1);
    target.width = column.width;
    target.hidden = column.isHidden === true;
  });
  writeIntroduction(sheet, template);
  writeHeadings(sheet.getRow(headingRow), template.columns);
  const choicesAt = writeChoices(book, template.columns);
  const blank = Array.from({ length: template.blankRows ?? 0 }, () => template.columns.map(() => null));
  [...template.rows, ...blank].forEach((values, at) => {
    template.columns.forEach((column, index) => {
      const cell = sheet.getCell(headingRow + 1 + at, index + 1);
      const isInput = column.isInput === true && column.isInputAt?.(at) !== false;
      styleCell(cell, column, { isInput });
      cell.value = cellValue(values[index] ?? null, column.kind);
      if (isInput) checkInput(cell, column, choicesAt[index], template.refusal);
    });
  });
  if (template.guide !== undefined) await writeGuide(book, template.guide);
  // Without a password: it guides and does not guard, what comes back is checked anyway.
  await sheet.protect('', { selectLockedCells: true, formatColumns: true, formatRows: true });
  return Buffer.from(await book.xlsx.writeBuffer());
}

function writeIntroduction(sheet: ExcelJS.Worksheet, { title, instructions, columns }: Template): void {
  const firstShown =
    Math.max(
      0,
      columns.findIndex((column) => column.isHidden !== true),
    ) + 1;
  [title, ...instructions].forEach((line, index) => {
    sheet.mergeCells(index + 1, firstShown, index + 1, Math.max(firstShown, columns.length));
    const cell = sheet.getCell(index + 1, firstShown);
    cell.value = line;
    cell.font =
      index === 0
        ? { bold: true, size: 15, color: { argb: DARK } }
        : { size: 10, color: { argb: 'FF4A5568' } };
    cell.alignment = { vertical: 'middle', wrapText: false };
  });
  sheet.getRow(1).height = 26;
}

function writeHeadings(row: ExcelJS.Row, columns: readonly TemplateColumn[]): void {
  columns.forEach((column, index) => {
    const cell = row.getCell(index + 1);
    cell.value = column.heading;
    cell.font = { bold: true, size: 10, color: { argb: 'FFFFFFFF' } };
    cell.fill = {
      type: 'pattern',
      pattern: 'solid',
      fgColor: { argb: column.isInput === true ? 'FF8A5A00' : DARK },
    };
    cell.alignment = {
      vertical: 'middle',
      horizontal: isRight(column) ? 'right' : 'left',
      indent: 1,
      wrapText: true,
    };
  });
  row.height = 24;
}

const isRight = (column: TemplateColumn): boolean => column.kind === 'number' || column.kind === 'price';

/** Drop-downs read from cells of a hidden sheet: a list inside the rule ends at 255 characters and at commas. */
function writeChoices(
  book: ExcelJS.Workbook,
  columns: readonly TemplateColumn[],
): readonly (string | undefined)[] {
  if (columns.every((column) => column.choices === undefined)) return [];
  const sheet = book.addWorksheet(CHOICES_SHEET, { state: 'veryHidden' });
  return columns.map((column, index) => {
    if (column.choices === undefined) return undefined;
    column.choices.forEach((choice, row) => {
      sheet.getCell(row + 1, index + 1).value = choice;
    });
    const letters = columnLetters(index);
    return `${CHOICES_SHEET}!$${letters}$1:$${letters}$${column.choices.length}`;
  });
}

async function writeGuide(book: ExcelJS.Workbook, { sheetName, parts }: Guide): Promise<void> {
  const sheet = book.addWorksheet(sheetName.slice(0, 31), { views: [{ showGridLines: false }] });
  sheet.getColumn(1).width = 110;
  for (const { title, lines } of parts) {
    const heading = sheet.addRow([title]).getCell(1);
    heading.font = { bold: true, size: 14, color: { argb: DARK } };
    for (const [index, line] of lines.entries()) {
      const cell = sheet.addRow([`${index + 1}. ${line}`]).getCell(1);
      cell.alignment = { wrapText: true, vertical: 'top' };
    }
    sheet.addRow([]);
  }
  await sheet.protect('', { selectLockedCells: true });
}

function styleCell(cell: ExcelJS.Cell, column: TemplateColumn, { isInput }: { isInput: boolean }): void {
  cell.numFmt = FORMATS[column.kind];
  cell.font = { size: 10 };
  cell.protection = { locked: !isInput };
  cell.fill = {
    type: 'pattern',
    pattern: 'solid',
    fgColor: { argb: isInput ? INPUT : LOCKED },
  };
  cell.border = {
    bottom: { style: 'thin', color: { argb: LINE } },
    right: { style: 'thin', color: { argb: LINE } },
  };
  cell.alignment = {
    vertical: 'top',
    horizontal: isRight(column) ? 'right' : 'left',
    indent: 1,
    wrapText: column.kind === 'text',
  };
}

/** Excel keeps 15 digits of a number: a longer one stays text, where nothing is lost. */
function cellValue(value: string | null, kind: TemplateColumn['kind']): string | number | Date | null {
  if (value === null || value === '') return null;
  if (kind === 'day' && /^\d{4}-\d{2}-\d{2}$/.test(value)) return new Date(`${value}T00:00:00Z`);
  const isNumber = (kind === 'number' || kind === 'price') && isDecimal(value) && value.length <= 16;
  return isNumber ? Number(value) : value;
}

function checkInput(
  cell: ExcelJS.Cell,
  column: TemplateColumn,
  choicesAt: string | undefined,
  refusal: Template['refusal'],
): void {
  const rule = ruleOf(column, choicesAt);
  if (rule === null) return;
  cell.dataValidation = {
    ...rule,
    allowBlank: true,
    showErrorMessage: true,
    errorStyle: 'stop',
    errorTitle: refusal.title.slice(0, 32),
    error: refusal.text.slice(0, 225),
  };
}

function ruleOf(
  column: TemplateColumn,
  choicesAt: string | undefined,
): Pick<ExcelJS.DataValidation, 'type' | 'operator' | 'formulae'> | null {
  if (choicesAt !== undefined) return { type: 'list', formulae: [choicesAt] };
  if (isRight(column))
    return { type: 'decimal', operator: 'greaterThanOrEqual', formulae: [column.min ?? 0] };
  if (column.kind === 'day')
    return { type: 'date', operator: 'greaterThan', formulae: [new Date('2000-01-01T00:00:00Z')] };
  return null;
}
