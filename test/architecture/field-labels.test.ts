import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { loadCatalogue } from '../../src/platform/i18n/catalogue.ts';
import { filesBelow, root } from './files.ts';

/** Inputs made by the shared partials. */
const FIELD = /path: '([a-zA-Z]+)'/g;

describe('the fields of forms', () => {
  it('have a name for the error summary, because “Fill this in.” alone says nothing', () => {
    const catalogue = loadCatalogue(path.join(root, 'config/locales'));
    const paths = filesBelow('views', '.ejs').flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(FIELD)].map((match) => match[1] as string),
    );
    expect(paths).to.have.lengthOf.above(20);
    const nameless = [...new Set(paths)].filter((field) => !catalogue.has('en', `field.${field}`));
    expect(nameless).to.deep.equal([]);
  });
});
