/** Bytes under construction: everything before `at` is written. Grows as needed. */
export interface Sink {
  bytes: Buffer;
  at: number;
}

const FIRST_SIZE = 65_536;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const FIRST_PRINTABLE = 0x20;
const MAX_UTF8 = 3;
/** Up to here a loop is quicker than a call out of JavaScript: to copy, and to look for what must be escaped. */
const FEW = 20;
const SHORT = 100;

/**
 * An empty sink.
 *
 * @example
 * const sink = createSink();
 * writeString(sink, 'a "b"');
 * sink.bytes.toString('utf8', 0, sink.at) // "a \"b\""
 */
export const createSink = (size = FIRST_SIZE): Sink => ({ bytes: Buffer.allocUnsafe(size), at: 0 });

const grow = (sink: Sink, room: number): void => {
  const larger = Buffer.allocUnsafe(Math.max(sink.bytes.length * 2, sink.at + room));
  sink.bytes.copy(larger, 0, 0, sink.at);
  sink.bytes = larger;
};

const isSurrogate = (code: number): boolean => (code & 0xf800) === 0xd800;

/** Makes sure that so many bytes can be written without growing. */
export const reserve = (sink: Sink, room: number): void => {
  if (sink.bytes.length - sink.at < room) grow(sink, room);
};

/** Writes bytes that were made beforehand, such as a member's name. */
export const writeBytes = (sink: Sink, piece: Uint8Array): void => {
  const { length } = piece;
  reserve(sink, length);
  const { bytes, at } = sink;
  if (length > FEW) bytes.set(piece, at);
  else for (let index = 0; index < length; index += 1) bytes[at + index] = piece[index] as number;
  sink.at = at + length;
};

/** Writes a short text of ASCII characters as it is. */
export const writeAscii = (sink: Sink, text: string): void => {
  const { length } = text;
  reserve(sink, length);
  const { bytes, at } = sink;
  if (length > FEW) bytes.write(text, at, 'latin1');
  else for (let index = 0; index < length; index += 1) bytes[at + index] = text.charCodeAt(index);
  sink.at = at + length;
};

/** Writes a text as it is, in UTF-8. */
export const writeText = (sink: Sink, text: string): void => {
  reserve(sink, text.length * MAX_UTF8);
  sink.at += sink.bytes.write(text, sink.at);
};

/** Writes a text as a JSON string. Most texts are short and have nothing to escape: they are written as they are read. */
export const writeString = (sink: Sink, text: string): void => {
  const { length } = text;
  if (length > SHORT) return writeText(sink, JSON.stringify(text));
  reserve(sink, length * MAX_UTF8 + 2);
  const { bytes } = sink;
  let { at } = sink;
  bytes[at++] = QUOTE;
  for (let index = 0; index < length; index += 1) {
    const code = text.charCodeAt(index);
    if (code < FIRST_PRINTABLE || isSurrogate(code)) return writeText(sink, JSON.stringify(text));
    if (code === QUOTE || code === BACKSLASH) bytes[at++] = BACKSLASH;
    if (code < 0x80) bytes[at++] = code;
    else {
      if (code < 0x800) bytes[at++] = 0xc0 | (code >> 6);
      else {
        bytes[at++] = 0xe0 | (code >> 12);
        bytes[at++] = 0x80 | ((code >> 6) & 0x3f);
      }
      bytes[at++] = 0x80 | (code & 0x3f);
    }
  }
  bytes[at++] = QUOTE;
  sink.at = at;
};
