import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'chai';
import { filesBelow, root } from './files.ts';

/** What may not stand in a view, and an example that must be found. */
const forbidden: Readonly<Record<string, { pattern: RegExp; example: string }>> = {
  'prints unescaped what is not an include or the page body': {
    pattern: /<%-(?!\s*(?:include\(|it\.body\b))/,
    example: '<p><%- it.title %></p>',
  },
  'has an inline script': { pattern: /<script(?![^>]*\bsrc=)[^>]*>/i, example: '<script>go()</script>' },
  'has an inline style element': { pattern: /<style\b/i, example: '<style>p{}</style>' },
  'has a style attribute': { pattern: /<[a-z][^>]*\sstyle\s*=/i, example: '<p class="a" style="color:red">' },
  'has an event attribute': { pattern: /<[a-z][^>]*\son[a-z]+\s*=/i, example: '<a href="#" onclick="go()">' },
  'loads from another host': {
    pattern: /<(?:script|link|img|iframe)[^>]*\s(?:src|href)="(?:https?:)?\/\//i,
    example: '<script src="//cdn.example/x.js"></script>',
  },
};

/** Mails have no style sheet to link to: their styles are attributes. */
const isMail = (file: string): boolean => file.includes(`${path.sep}emails${path.sep}`);
const allowedInMails = ['has a style attribute', 'has an inline style element'];

describe('the views', () => {
  const views = filesBelow('views', '.ejs');

  it('are there to be looked at', () => {
    expect(views).to.have.lengthOf.above(5);
  });

  for (const [fault, { pattern, example }] of Object.entries(forbidden)) {
    it(`none ${fault}`, () => {
      expect(example).to.match(pattern);
      const looked = views.filter((file) => !(isMail(file) && allowedInMails.includes(fault)));
      expect(looked.flatMap((file) => findings(file, pattern))).to.deep.equal([]);
    });
  }

  it('each says first what it is given', () => {
    const silent = views.filter((file) => !readFileSync(file, 'utf8').trimStart().startsWith('<%#'));
    expect(silent.map((file) => path.relative(root, file))).to.deep.equal([]);
  });
});

// EJS tags are cut out of attributes first: a `>` inside one would end the element for the patterns.
function findings(file: string, pattern: RegExp): string[] {
  const text = readFileSync(file, 'utf8').replace(/<%[=#][\s\S]*?%>/g, '…');
  const match = pattern.exec(text);
  return match === null ? [] : [`${path.relative(root, file)}: ${match[0].slice(0, 80)}`];
}
