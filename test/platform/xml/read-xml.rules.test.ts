import { expect } from 'chai';
import { allAt, readXml, textAt, XmlRefused } from '../../../src/platform/xml/read-xml.ts';

const read = (text: string) => readXml(Buffer.from(text));

describe('reading somebody else’s XML', () => {
  it('knows elements by name and namespace, whatever their prefixes', () => {
    const root = read(
      '<?xml version="1.0"?><x:a xmlns:x="urn:one"><x:b c="1"> two <![CDATA[& three]]></x:b><x:b/></x:a><!-- end -->',
    );
    expect(root).to.include({ name: 'a', namespace: 'urn:one' });
    expect(textAt(root, 'b')).to.equal('two & three');
    expect(allAt(root, 'b').map((one) => one.attributes)).to.deep.equal([{ c: '1' }, {}]);
    expect(textAt(root, 'b', 'd')).to.equal(null);
  });

  for (const [what, text] of [
    ['a document type, so that no entity is expanded', '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
    ['a reference to a file elsewhere', '<!doctype a SYSTEM "file:///etc/passwd"><a/>'],
    ['what is cut off', '<a><b>1</b>'],
    ['what is no XML', 'invoice;1;2'],
    ['nothing', ''],
    ['what is nested beyond all sense', `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`],
  ] as const)
    it(`refuses ${what}`, () => {
      expect(() => read(text)).to.throw(XmlRefused);
    });

  it('refuses bytes that are no UTF-8', () => {
    expect(() => readXml(Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]))).to.throw(XmlRefused);
  });
});
