import { readFileSync } from 'node:fs';
import PDFDocument from 'pdfkit';

export const A4 = { width: 595.28, height: 841.89 } as const;

export type PaperOptions = {
  title: string;
  subject: string;
  /** Stands at the head of every page, with the title. */
  owner: string;
  lang: 'en' | 'de';
  /** The document's own date: nothing in it comes from the clock, so that the same content gives the same bytes. */
  date: Date;
  /** The words before and between the page's number and their count. */
  pageWords: readonly [page: string, of: string];
  /** Stands at the foot of every page. */
  foot: string;
};

/** Opens a document without pages: tagged, archivable, both fonts embedded, every date given by the caller. */
export function openDocument({ title, subject, owner, lang, date }: PaperOptions): PDFKit.PDFDocument {
  const doc = new PDFDocument({
    size: 'A4',
    // Page breaks are ours: pdfkit's own would not repeat the heads of tables.
    margin: 0,
    pdfVersion: '1.7',
    tagged: true,
    subset: 'PDF/A-3a',
    lang,
    displayTitle: true,
    autoFirstPage: false,
    bufferPages: true,
    info: { Title: title, Subject: subject, Author: owner, Creator: 'MFA Rollout', CreationDate: date, ModDate: date },
  });
  for (const [name, file] of [
    ['regular', 'NotoSans-Regular.ttf'],
    ['bold', 'NotoSans-Bold.ttf'],
  ] as const) {
    doc.registerFont(name, readFileSync(new URL(`fonts/${file}`, import.meta.url)));
  }
  declareAccessibility(doc);
  return doc;
}

const PDF_UA = `
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA Universal Accessibility Schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category><pdfaProperty:description>PDF/UA part</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/"><pdfuaid:part>1</pdfuaid:part></rdf:Description>`;

/**
 * pdfkit writes the document's title and author into the metadata without escaping them, so that a customer called R&D
 * would break the XML; it is given an escaped copy for as long as it writes there.
 */
function declareAccessibility(doc: PDFKit.PDFDocument): void {
  doc.appendXML(PDF_UA);
  const open = doc as unknown as { info: Record<string, unknown>; endMetadata(): void };
  const write = open.endMetadata.bind(doc);
  open.endMetadata = () => {
    const { info } = open;
    open.info = Object.fromEntries(
      Object.entries(info).map(([name, value]) => [name, typeof value === 'string' ? escapeXml(value) : value]),
    );
    write();
    open.info = info;
  };
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
