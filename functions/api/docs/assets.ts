import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PageAssets } from '../../../core/docs/page.ts';

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), 'utf8');

/** Style and script of the page, from the files beside this one. A bundle has them inside it. */
export const assets: PageAssets = { style: read('page.css'), script: read('page.js') };
