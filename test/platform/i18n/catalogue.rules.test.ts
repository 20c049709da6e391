import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { loadCatalogue } from '../../../src/platform/i18n/catalogue.ts';

describe('writing a text of the catalogue', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'portico-catalogue-'));
  for (const locale of ['en', 'zh-CN']) {
    mkdirSync(path.join(folder, locale));
    const texts = { of: 'The portal of {company}. {company} waits…', version: 'Version {company}.{name}' };
    writeFileSync(path.join(folder, locale, 'a.json'), JSON.stringify(texts));
  }
  const t = loadCatalogue(folder).translator('en');

  it('ends a sentence once, also after a name that ends in a full stop', () => {
    expect(t('of', { company: 'Harbour Works Co., Ltd.' })).to.equal(
      'The portal of Harbour Works Co., Ltd. Harbour Works Co., Ltd. waits…',
    );
    expect(t('of', { company: 'Harbour Works' })).to.equal(
      'The portal of Harbour Works. Harbour Works waits…',
    );
    expect(t('version', { company: '2.', name: '1' })).to.equal('Version 2..1');
  });
});
