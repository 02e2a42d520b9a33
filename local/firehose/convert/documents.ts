import { isUtf8 } from 'node:buffer';
import { malformed, mismatch, notJson } from './errors.ts';

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const OPEN_BRACE = 123;
const PRIMITIVE = /(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null)/y;

const isSpace = (code: number): boolean => code === 32 || code === 10 || code === 13 || code === 9;
const isOpening = (code: number): boolean => code === OPEN_BRACE || code === OPEN_BRACKET;
const isClosing = (code: number): boolean => code === 125 || code === 93;

const isEscaped = (text: string, quote: number): boolean => {
  let backslashes = 0;
  while (text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
  return backslashes % 2 === 1;
};

/** Index after the string that opens at `start`. */
const endOfString = (text: string, start: number): number => {
  let end = text.indexOf('"', start + 1);
  while (end > 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  if (end < 0) throw notJson('Unexpected end of input in a string.');
  return end + 1;
};

/** Index after the object that opens at `start`; whether it is well formed is for the parser to say. */
const endOfObject = (text: string, start: number): number => {
  let depth = 0;
  for (let at = start; at < text.length;) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      continue;
    }
    at++;
    if (isOpening(code)) depth++;
    else if (isClosing(code) && --depth === 0) return at;
  }
  throw notJson('Unexpected end of input.');
};

const notAnObject = (text: string, at: number): Error => {
  if (text.charCodeAt(at) === OPEN_BRACKET) {
    return mismatch('The top level of the document is an array; put the objects one after another instead.');
  }
  PRIMITIVE.lastIndex = at;
  return PRIMITIVE.test(text)
    ? malformed(
        'The input JSON contained a primitive at the top level. The top level must be an object or array.',
      )
    : notJson(`Unexpected character at position ${at}.`);
};

/** The text of a record's bytes, which must be UTF-8. */
export const decode = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) throw malformed('The record is not UTF-8.');
  return bytes.toString('utf8');
};

/**
 * The texts of the JSON documents of one record. `{"a":1}{"b":2}` are two, with or without white space between;
 * an array at the top level is refused.
 * Source: https://docs.aws.amazon.com/firehose/latest/dev/record-format-conversion-concepts.html
 *
 * @throws RecordError when the record is empty, or holds anything but objects
 * @example
 * splitDocuments('{"a":1}\n{"b":2}'); // ['{"a":1}', '{"b":2}']
 */
export const splitDocuments = (text: string): string[] => {
  const documents: string[] = [];
  for (let at = 0; at < text.length;) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) {
      at++;
      continue;
    }
    if (code !== OPEN_BRACE) throw notAnObject(text, at);
    const end = endOfObject(text, at);
    documents.push(text.slice(at, end));
    at = end;
  }
  if (documents.length === 0) throw malformed('The record was empty or contained only whitespace.');
  return documents;
};
