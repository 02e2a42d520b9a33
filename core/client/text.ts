/** A member of an object type. `optional` is false where it is always there. */
export interface Member {
  readonly name: string;
  readonly type: string;
  readonly optional?: boolean;
  readonly comment?: string | undefined;
}

const indent = (text: string): string => text.replaceAll(/^(?=.)/gm, '  ');

/** A text as a literal. */
export const literal = (value: unknown): string =>
  typeof value === 'string'
    ? `'${JSON.stringify(value)
        .slice(1, -1)
        .replaceAll(String.raw`\"`, '"')
        .replaceAll("'", String.raw`\'`)}'`
    : JSON.stringify(value);

const keyOf = (name: string): string => (/^([A-Za-z_$][\w$]*|\d+)$/.test(name) ? name : literal(name));

const commentOf = (comment: string | undefined): string =>
  comment === undefined ? '' : `/** ${comment.replaceAll(/\s+/g, ' ').replaceAll('*/', '*\\/')} */\n`;

const memberText = ({ name, type, optional = false, comment }: Member): string =>
  `${commentOf(comment)}${keyOf(name)}${optional ? '?' : ''}:${type.startsWith('\n') ? '' : ' '}${type}`;

/** Characters of a line that is not broken. */
export const WIDTH = 90;

/** An object type, on one line if it is short. Nothing in it is an object without members. */
export const objectType = (members: readonly Member[]): string => {
  if (members.length === 0) return 'Record<string, never>';
  const texts = members.map(memberText);
  const short = `{ ${texts.join('; ')} }`;
  return short.length <= WIDTH && !short.includes('\n')
    ? short
    : `{\n${indent(texts.map((text) => `${text};`).join('\n'))}\n}`;
};
