import { AwsError } from '../service.ts';

const NAMESPACE = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** A piece of XML already written out. */
export interface Xml {
  readonly xml: string;
}

type Child = Xml | undefined;

/** One element: of text, which is escaped, or of other elements; absent children are left out. */
export const element = (name: string, content: string | number | readonly Child[]): Xml => {
  const inner =
    typeof content === 'object' ? content.map((child) => child?.xml ?? '').join('') : escape(String(content));
  return { xml: `<${name}>${inner}</${name}>` };
};

/** An element that is left out when there is no text for it. */
export const optional = (name: string, content: string | number | undefined): Child =>
  content === undefined ? undefined : element(name, content);

/** A whole document of one root element. */
export const document = (root: Xml): string => `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}`;

/** A whole document whose root carries S3's namespace. */
export const s3Document = (name: string, children: readonly Child[]): string =>
  document({ xml: element(name, children).xml.replace(`<${name}>`, () => `<${name} xmlns="${NAMESPACE}">`) });

/** A time as S3 writes it: whole seconds with three zeros, as `Last-Modified` has no finer. */
export const isoSeconds = (time: Date): string => time.toISOString().replace(/\.\d+Z$/, '.000Z');

/** A parsed element; names come without their namespace prefix. */
export interface Node {
  readonly name: string;
  readonly text: string;
  readonly children: readonly Node[];
}

/**
 * Parses the small XML documents of S3 requests: elements, text, CDATA, comments, entities; attributes are
 * skipped and a document type is refused. Throws `MalformedXML`.
 *
 * @example
 * parseXml('<Delete><Quiet>true</Quiet></Delete>').children[0]?.text; // 'true'
 */
export const parseXml = (source: string): Node => {
  const root: Open = { name: '', text: '', children: [] };
  const open: Open[] = [root];
  let position = 0;
  for (const token of source.matchAll(TOKEN)) {
    if (token.index !== position) throw malformed();
    position += token[0].length;
    take(token.groups!, open);
  }
  const only = root.children[0];
  const whole = position === source.length && open.length === 1 && root.children.length === 1;
  if (!whole || !only || root.text.trim() !== '') throw malformed();
  return only;
};

/** Text of the first child of that name. */
export const childText = (node: Node, name: string): string | undefined =>
  node.children.find((child) => child.name === name)?.text;

interface Open {
  readonly name: string;
  text: string;
  readonly children: Node[];
}

const TOKEN =
  /<\?[^]*?\?>|<!--[^]*?-->|<!\[CDATA\[(?<raw>[^]*?)\]\]>|<\/(?<end>[\w:.-]+)\s*>|<(?<start>[\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*(?<empty>\/?)>|(?<text>[^<]+)/g;

const take = (groups: Record<string, string | undefined>, open: Open[]): void => {
  const current = open.at(-1)!;
  if (groups['text'] !== undefined) current.text += unescape(groups['text']);
  if (groups['raw'] !== undefined) current.text += groups['raw'];
  if (groups['start'] !== undefined) {
    const node: Open = { name: local(groups['start']), text: '', children: [] };
    current.children.push(node);
    if (groups['empty'] !== '/') open.push(node);
  }
  if (groups['end'] !== undefined) {
    if (open.length === 1 || current.name !== local(groups['end'])) throw malformed();
    open.pop();
  }
};

const local = (name: string): string => name.slice(name.indexOf(':') + 1);

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

const unescape = (text: string): string =>
  text.replaceAll(/&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w+));|&/g, (_, hex, decimal, name) => {
    if (name !== undefined && ENTITIES[name as string]) return ENTITIES[name as string]!;
    const code = hex ? Number.parseInt(hex as string, 16) : decimal ? Number(decimal) : Number.NaN;
    if (!(code <= 0x10ffff)) throw malformed();
    return String.fromCodePoint(code);
  });

const SPECIAL: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

// A parser would turn raw carriage returns into line feeds and drop other controls, so they go as references.
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const ESCAPED = /[&<>"\u0000-\u001f\u007f]/g;

const escape = (text: string): string =>
  text.replaceAll(ESCAPED, (char) => SPECIAL[char] ?? `&#x${char.charCodeAt(0).toString(16)};`);

const malformed = (): AwsError =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
    400,
  );
