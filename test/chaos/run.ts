import { parseFaultPlan, type FaultPlan } from '../../local/faults/plan.ts';
import type { Tailrace } from '../e2e/tailrace.ts';
import { hurry, removePoison, runClients, shelve } from './clients.ts';
import { emptyLedger, type Ledger } from './ledger.ts';
import { planOf } from './plan.ts';
import { judge, type Wrong } from './verdict.ts';

const CLIENTS = 3;
const STEPS = 4;
const NOTHING = parseFaultPlan('{"faults":[]}');

/** Starts a cloud, or starts one again after it died. */
export type Start = () => Promise<Tailrace>;

const control = async ({ aws }: Tailrace, plan: FaultPlan): Promise<void> => {
  const answer = await fetch(`${aws}/_tailrace/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(plan),
  });
  if (!answer.ok) throw new Error(await answer.text());
};

const isUp = ({ aws }: Tailrace): Promise<boolean> =>
  fetch(`${aws}/_tailrace/status`).then(
    ({ ok }) => ok,
    () => false,
  );

/** Ends the faults and lets everything arrive. */
const settle = async (tailrace: Tailrace): Promise<void> => {
  await control(tailrace, NOTHING);
  await tailrace.flush();
};

/** A cloud that still runs: this one, or the next over the same folder. It may die while the dust settles. */
const settled = async (tailrace: Tailrace, start: Start): Promise<Tailrace> => {
  try {
    await settle(tailrace);
    return tailrace;
  } catch (error) {
    if (await isUp(tailrace)) throw error;
    await tailrace.kill();
    const next = await start();
    await settle(next);
    return next;
  }
};

const refresh = async (tailrace: Tailrace): Promise<void> => {
  const { code, stderr } = await tailrace.cli('refresh');
  if (code !== 0) throw new Error(stderr);
};

/** Runs seeds one after the other over one cloud, and judges it when all have settled. Gives what is wrong. */
export const runSeeds = async (
  seeds: readonly number[],
  start: Start,
): Promise<{ wrong: readonly Wrong[]; ledger: Ledger }> => {
  const ledger = emptyLedger();
  let tailrace = await start();
  try {
    const place = { tailrace, ledger, seed: -1 };
    const shelf = await Promise.all(['first', 'second'].map((name) => shelve(place, name)));
    for (const seed of seeds) {
      await control(tailrace, planOf(seed));
      await runClients({ tailrace, ledger, shelf, seed }, CLIENTS, STEPS);
      await hurry(tailrace);
      tailrace = await settled(tailrace, start);
    }
    await removePoison({ tailrace, ledger });
    await refresh(tailrace);
    await settle(tailrace);
    return { wrong: await judge(tailrace, ledger), ledger };
  } finally {
    await tailrace.kill();
  }
};
