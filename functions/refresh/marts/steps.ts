import { runOf, runTable } from '../../../core/marts/names.ts';
import {
  buildMart,
  checkMart,
  checksOf,
  readMart,
  switchMart,
  type MartRun,
} from '../../../core/marts/statements.ts';
import { due, type Inputs, type MartState, type Run } from '../../../core/marts/state.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import type { Lake, RefreshPorts, Step } from '../step.ts';
import { inputsOf, remembered, sourcesOf } from './inputs.ts';
import { retireRuns, shownRun } from './retire.ts';
import { changeMartState, readMartState, runOfState } from './state.ts';
import { verdictOf } from './verdict.ts';

const queryOf = ({ queries }: Lake, name: string): SavedQuery => {
  const query = queries.find((candidate) => candidate.name === name);
  if (query) return query;
  throw new Error(`There is no mart "${name}". The state machine is of another deployment: deploy again.`);
};

const martRun = (lake: Lake, mart: string, { run, at }: Run): MartRun => ({
  query: queryOf(lake, mart),
  run,
  at,
  place: lake,
  relations: lake.relations,
});

/** Athena takes a statement of so many bytes, and a state passes on as many. */
const MOST_BYTES = 240 * 1024;

const statement = (mart: string, sql: string): string => {
  const bytes = Buffer.byteLength(JSON.stringify(sql));
  if (bytes <= MOST_BYTES) return sql;
  throw new Error(
    `A statement of ${mart} has ${bytes} bytes, and Athena takes ${MOST_BYTES}. Read less in one query, or assert less.`,
  );
};

/** Begins a run: what earlier ones left goes, what this one is made of is remembered. */
const beginRun = async (
  ports: RefreshPorts,
  mart: string,
  run: Run,
  kept: readonly (string | undefined)[],
) => {
  await retireRuns(ports, mart, kept);
  await changeMartState(ports.documents, mart, (old) => ({ ...old, building: run }));
};

const nothing = (outcome: Readonly<Record<string, string>>) => ({ todo: 'nothing', outcome });

const newRun = (at: string, inputs: Inputs): Run => ({
  run: runOf(at),
  at,
  definition: inputs.definition,
  sources: remembered(inputs),
});

/** What is to be done with a mart, and the statement that does it. */
const mart: Step<'mart'> = async (ports, lake, { mart: name, at, failed }) => {
  const { documents, now } = ports;
  const query = queryOf(lake, name);
  const missing = sourcesOf(query, lake).filter((source) => failed.includes(source));
  if (missing.length > 0) return nothing({ name, mart: 'kept', why: `${missing.join(', ')} failed` });
  const [{ state }, shown] = await Promise.all([readMartState(documents, name), shownRun(ports, name)]);
  const inputs = await inputsOf(documents, lake, query, state, now());
  const found = due(query, state, { at, inputs, shown });
  if (found.todo === 'tell') return nothing({ name, error: found.error });
  if (found.todo === 'publish') return { ...found, sql: readMart({ query, run: found.run, place: lake }) };
  if (found.todo === 'nothing') {
    await changeMartState(documents, name, (old) => ({ ...old, unchangedAt: now().toISOString() }));
    return nothing({ name, mart: 'unchanged' });
  }
  const run = newRun(at, inputs);
  await beginRun(ports, name, run, [shown, state.before]);
  return { ...found, run: run.run, sql: statement(name, buildMart(martRun(lake, name, run))) };
};

const check: Step<'mart-check'> = async ({ documents }, lake, { mart: name, run }) => {
  const { state } = await readMartState(documents, name);
  const building = runOfState(name, run, state.building);
  return { sql: statement(name, checkMart(martRun(lake, name, building))) };
};

/** Whether a run holds what it must; then the statement that shows it. */
const verdict: Step<'mart-verdict'> = async (ports, lake, { mart: name, run, checked }) => {
  const { documents, catalog, now } = ports;
  const query = queryOf(lake, name);
  const { rows, error } = verdictOf(query, await ports.rows(checked));
  const { state } = await readMartState(documents, name);
  const building = runOfState(name, run, state.building);
  if (error !== undefined) {
    const failed = { ...building, failedAt: now().toISOString(), error: `${error} (${runTable(name, run)})` };
    await changeMartState(documents, name, (old) => ({ ...old, failed }));
    return { holds: false, error: failed.error };
  }
  const columns = (await catalog.columns(runTable(name, run))) ?? [];
  const before = await shownRun(ports, name);
  await changeMartState(documents, name, (old) => ({ ...old, before }));
  const names = columns.map((column) => column.name);
  return { holds: true, rows, sql: switchMart({ query, run, place: lake }, names) };
};

/** The state of a mart whose readers see the run now. */
const toShown = (state: MartState, current: NonNullable<MartState['current']>): MartState => ({
  ...state,
  current,
  building: undefined,
  failed: undefined,
});

/** After the view was switched. */
const shown: Step<'mart-shown'> = async (ports, lake, { mart: name, run, rows, bytesScanned }) => {
  const { documents, catalog, now } = ports;
  const query = queryOf(lake, name);
  const comments = Object.entries(query.columns).map(([column, comment]) => ({ name: column, comment }));
  await catalog.describe(name, comments, query.question);
  const checks = checksOf(query).map(({ holds }) => holds);
  const { before } = await changeMartState(documents, name, (old) => {
    const made = runOfState(name, run, old.building ?? old.current);
    return toShown(old, { ...made, builtAt: now().toISOString(), rows, bytesScanned, checks });
  });
  const retired = await retireRuns(ports, name, [run, before]);
  const isPublished = query.publish.length > 0;
  return { retired, sql: isPublished ? readMart({ query, run, place: lake }) : null };
};

const publish: Step<'mart-publish'> = async (ports, _lake, { mart: name, run, rows: queryId }) => {
  const { state } = await readMartState(ports.documents, name);
  const { at } = runOfState(name, run, state.current);
  await ports.publish({ name, version: run, builtAt: at, queryId });
  await changeMartState(ports.documents, name, (old) => ({ ...old, published: run }));
  return { published: run };
};

/** The steps of the marts, each of which may be done again. */
export const martSteps = {
  mart,
  'mart-check': check,
  'mart-verdict': verdict,
  'mart-shown': shown,
  'mart-publish': publish,
};
