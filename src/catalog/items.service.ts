import { type Act, recordAll } from '../audit/index.ts';
import { attachUploads, type Document, documentsOf, removeAttachment } from '../documents/index.ts';
import { conflict, found, ruleBroken } from '../kernel/errors.ts';
import { newId } from '../kernel/id.ts';
import type { Page, PageRequest } from '../kernel/page.ts';
import { taxKey } from '../kernel/tax.ts';
import type { Ctx } from '../platform/db/context.ts';
import type { Sheet } from '../platform/sheet/sheet.ts';
import type { UploadedFile } from '../platform/web/uploads.ts';
import { listCategories } from './catalog.service.ts';
import * as store from './item.store.ts';
import {
  assertConversions,
  fieldsOf,
  type ItemFilter,
  type ItemTerms,
  itemChanges,
  itemLifecycle,
  type KeptItem,
} from './item.ts';
import type { CarriedItem } from './items.forms.ts';
import { type ItemsPreview, previewItems, readItemTable } from './items.sheet.ts';

/** One page of the catalogue, by code. */
export const listItems = (ctx: Ctx, filter: ItemFilter, page: PageRequest): Promise<Page<store.ItemRow>> =>
  store.findItemPage(ctx.tx, filter, page);

/** @throws AppError `item.not-found` */
export const getItem = async (ctx: Ctx, id: string): Promise<store.ItemRow> =>
  found('item', await store.findItem(ctx.tx, id));

/**
 * Enters an item, and gives its id.
 * @throws AppError `item.code-in-use`, and what {@link assertTerms} throws
 */
export async function enterItem(ctx: Ctx, terms: ItemTerms): Promise<string> {
  await assertTerms(ctx, [terms]);
  const item: KeptItem = { ...terms, id: newId(), state: itemLifecycle.initial, version: 1 };
  await insertAll(ctx, [item]);
  await recordAll(ctx, actsOf(null, item));
  return item.id;
}

/**
 * Changes what an item says; documents that name it keep what they said.
 * @throws AppError `item.not-found`, `item.changed-meanwhile`, and what {@link assertTerms} throws
 */
export async function changeItem(
  ctx: Ctx,
  to: Omit<ItemTerms, 'code'> & { id: string; version: number },
): Promise<void> {
  const before = await lockSeen(ctx, to);
  const after = { ...before, ...to };
  await assertTerms(ctx, [after], [before]);
  await saveAll(ctx, [{ before, after }]);
}

/** @throws AppError `item.not-found`, `item.changed-meanwhile`, `item.cannot-retire`, `item.cannot-reinstate` */
export async function moveItem(
  ctx: Ctx,
  of: { id: string; version: number; act: 'retire' | 'reinstate' },
): Promise<void> {
  const before = await lockSeen(ctx, of);
  await saveAll(ctx, [{ before, after: { ...before, state: itemLifecycle.next(before.state, of.act) } }]);
}

/** Says what a spreadsheet would enter and change; nothing is kept. */
export async function previewSheet(ctx: Ctx, sheet: Sheet): Promise<ItemsPreview> {
  const table = readItemTable(sheet);
  return previewItems(sheet, table, {
    known: await store.findItemsOf(
      ctx.tx,
      table.rows.map(({ values }) => values.code),
    ),
    categories: (await listCategories(ctx)).map(({ code }) => code),
    taxes: ctx.policies.taxes,
  });
}

/**
 * Enters and changes what was looked at, all of it or nothing.
 * @throws AppError `item.changed-meanwhile` where one is not as it was seen, and what {@link assertTerms} throws
 */
export async function importItems(ctx: Ctx, items: readonly CarriedItem[]): Promise<void> {
  const codes = items.map(({ code }) => code);
  const known = new Map((await store.lockItemsOf(ctx.tx, codes)).map((item) => [item.code, item]));
  await assertTerms(ctx, items, [...known.values()]);
  const fresh: KeptItem[] = [];
  const changed: { before: KeptItem; after: KeptItem }[] = [];
  for (const { version, ...item } of items) {
    const before = known.get(item.code);
    if ((before?.version ?? null) !== version) throw changedMeanwhile(item.code);
    if (before === undefined) fresh.push({ ...item, id: newId(), version: 1 });
    else changed.push({ before, after: { ...before, ...item } });
  }
  await insertAll(ctx, fresh);
  await recordAll(
    ctx,
    fresh.flatMap((item) => actsOf(null, item)),
  );
  await saveAll(ctx, changed);
}

/**
 * What a single row cannot know: that its category is there, and that its tax is offered or was its own.
 * @throws AppError `item.category-unknown`, `item.tax-not-offered`, `item.converts-its-own-unit`, `item.unit-converted-twice`
 */
async function assertTerms(
  ctx: Ctx,
  items: readonly ItemTerms[],
  before: readonly KeptItem[] = [],
): Promise<void> {
  const categories = new Set((await listCategories(ctx)).map(({ code }) => code));
  const taxes = new Set(ctx.policies.taxes.map(taxKey));
  const own = new Map(before.map(({ code, tax }) => [code, tax]));
  for (const item of items) {
    if (!categories.has(item.categoryCode))
      throw ruleBroken('item.category-unknown', 'There is no such category', { code: item.categoryCode });
    if (item.tax !== null && !taxes.has(item.tax) && own.get(item.code) !== item.tax)
      throw ruleBroken('item.tax-not-offered', 'The tax is not offered', { tax: item.tax });
    assertConversions(item);
  }
}

const changedMeanwhile = (item: string) =>
  conflict('item.changed-meanwhile', 'Somebody else changed it meanwhile', { item });

/** As it was in front of the one who acts. */
async function lockSeen(ctx: Ctx, of: { id: string; version: number }): Promise<KeptItem> {
  const item = found('item', await store.lockItem(ctx.tx, of.id));
  if (item.version !== of.version) throw changedMeanwhile(item.code);
  return item;
}

async function insertAll(ctx: Ctx, items: readonly KeptItem[]): Promise<void> {
  if (items.length === 0) return;
  const written = new Set(await store.insertKeptItems(ctx.tx, items));
  const taken = items.find(({ code }) => !written.has(code));
  if (taken !== undefined)
    throw ruleBroken('item.code-in-use', 'There is an item of this code', { code: taken.code });
}

/** Saves what differs, and says so in the record. */
async function saveAll(ctx: Ctx, changed: readonly { before: KeptItem; after: KeptItem }[]): Promise<void> {
  const differing = changed.flatMap(({ before, after }) => {
    const acts = actsOf(before, after);
    return acts.length === 0 ? [] : [{ after, acts }];
  });
  if (differing.length === 0) return;
  await store.saveItems(
    ctx.tx,
    differing.map(({ after }) => after),
  );
  await recordAll(
    ctx,
    differing.flatMap(({ acts }) => acts),
  );
}

/** What happened to an item, for the record; nothing where it says what it said. */
function actsOf(before: KeptItem | null, after: KeptItem): Act[] {
  const subject = { type: 'item', id: after.id };
  if (before === null)
    return [{ action: 'item.created', subject, changes: { code: after.code, ...fieldsOf(after) } }];
  const changes = itemChanges(before, after);
  const said = changes.map((one) => [one.field, [one.before, one.after]] as const);
  return [
    ...(changes.length === 0
      ? []
      : [{ action: 'item.changed', subject, changes: { code: after.code, ...Object.fromEntries(said) } }]),
    ...(before.state === after.state
      ? []
      : [
          {
            action: after.state === 'retired' ? 'item.retired' : 'item.reinstated',
            subject,
            from: before.state,
            to: after.state,
            changes: { code: after.code },
          },
        ]),
  ];
}

const SUBJECT = 'item';

/** Its drawings and specifications. */
export const itemFiles = (ctx: Ctx, id: string): Promise<Document[]> => documentsOf(ctx, SUBJECT, id);

/** @throws AppError `item.not-found`, and what `attachUploads` throws */
export async function addItemFiles(
  ctx: Ctx,
  of: { id: string; files: readonly UploadedFile[] },
): Promise<void> {
  const { id } = found('item', await store.lockItem(ctx.tx, of.id));
  if (of.files.length === 0) throw ruleBroken('item.has-no-file', 'No file was chosen');
  await attachUploads(ctx, { subject: { type: SUBJECT, id }, visibility: 'internal', files: of.files });
}

/** @throws AppError `item.not-found`, `document.not-found` */
export async function removeItemFile(ctx: Ctx, of: { id: string; documentId: string }): Promise<void> {
  const { id } = found('item', await store.lockItem(ctx.tx, of.id));
  await removeAttachment(ctx, { type: SUBJECT, id }, of.documentId);
}
