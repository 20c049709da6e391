import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect } from 'chai';
import { makeViewRenderer } from '../../../src/platform/web/render.ts';

describe('rendering a view', () => {
  let folder: string;
  let render: (name: string, it: object) => string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'portico-views-'));
    const views = {
      said: '<%= it.text %>',
      optional: `<%= 'text' in it ? it.text : 'nothing' %>`,
      whole: `<%- include('said', { it }) %>`,
      spread: `<%- include('said', { it: { ...it, text: it.text + '!' } }) %>`,
      other: `<%- include('said', { it: { words: it.text } }) %>`,
    };
    for (const [name, text] of Object.entries(views)) await writeFile(path.join(folder, `${name}.ejs`), text);
    render = makeViewRenderer(folder);
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('escapes what it writes, and writes nothing for nothing', () => {
    expect(render('said', { text: `<a href="x">Tom & 'Jerry'</a>` })).to.equal(
      '&lt;a href=&#34;x&#34;&gt;Tom &amp; &#39;Jerry&#39;&lt;/a&gt;',
    );
    expect([null, undefined, 0].map((text) => render('said', { text }))).to.deep.equal(['', '', '0']);
  });

  it('gives partials the model, or a copy with more in it', () => {
    expect(render('whole', { text: 'here' })).to.equal('here');
    expect(render('spread', { text: 'here' })).to.equal('here!');
  });

  it('fails on a name that the page did not give, also in a partial', () => {
    expect(() => render('said', {})).to.throw('view reads unknown it.text');
    expect(() => render('other', { text: 'here' })).to.throw('view reads unknown it.text');
  });

  it('can ask whether the page gave a name', () => {
    expect(render('optional', {})).to.equal('nothing');
    expect(render('optional', { text: 'here' })).to.equal('here');
  });
});
