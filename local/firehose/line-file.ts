import { open, type FileHandle } from 'node:fs/promises';

const CHUNK = 1 << 20;

/** A file of lines, written about a megabyte at a time. It is made with the first line. */
export class LineFile {
  readonly path: string;
  lines = 0;
  bytes = 0;
  #file: FileHandle | undefined;
  #chunk = '';

  constructor(path: string) {
    this.path = path;
  }

  add(line: string): void {
    this.lines++;
    this.#chunk += `${line}\n`;
  }

  /** Writes what was added, once it is enough to be worth a write. */
  async drain(enough = CHUNK): Promise<void> {
    if (this.#chunk.length < enough) return;
    const chunk = Buffer.from(this.#chunk, 'utf8');
    this.#chunk = '';
    this.#file ??= await open(this.path, 'w');
    await this.#file.writeFile(chunk);
    this.bytes += chunk.length;
  }

  async close(): Promise<void> {
    await this.drain(1);
    await this.#file?.close();
    this.#file = undefined;
  }
}
