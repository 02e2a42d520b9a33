import { expressionProblem, expressionsOf } from './expressions.ts';
import type { Problem } from './issues.ts';
import { innerMaps, type State, type StateMap } from './schema.ts';

/** Why a task cannot be run, or undefined. */
export type CheckTask = (resource: string, parameters: unknown) => string | undefined;

/** Names of the states a state leads to. */
const targetsOf = (state: State): string[] => {
  const targets: (string | undefined)[] = [];
  if ('Next' in state) targets.push(state.Next);
  if ('Catch' in state) targets.push(...(state.Catch ?? []).map(({ Next }) => Next));
  if (state.Type === 'Choice') targets.push(state.Default, ...state.Choices.map(({ Next }) => Next));
  return targets.filter((target) => target !== undefined);
};

const reachable = ({ StartAt, States }: StateMap): ReadonlySet<string> => {
  const seen = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (!state || seen.has(name)) continue;
    seen.add(name);
    open.push(...targetsOf(state));
  }
  return seen;
};

const flowProblems = (map: StateMap): Problem[] => {
  const seen = reachable(map);
  const start = map.States[map.StartAt] ? [] : [{ message: `StartAt "${map.StartAt}" is no state` }];
  const each = Object.entries(map.States).flatMap(([state, one]) => [
    ...targetsOf(one)
      .filter((target) => !map.States[target])
      .map((target) => ({ state, message: `it leads to "${target}", which is no state of the same level` })),
    ...(seen.has(state) ? [] : [{ state, message: 'no state leads to it' }]),
  ]);
  return [...start, ...each];
};

const endProblem = (state: State): string | undefined => {
  if (!['Task', 'Map', 'Parallel', 'Pass', 'Wait'].includes(state.Type)) return undefined;
  const { Next, End = false } = state as { Next?: string; End?: boolean };
  return (Next === undefined) === End ? undefined : 'it needs either Next or End';
};

const waitProblem = (state: State): string | undefined =>
  state.Type === 'Wait' && (state.Seconds === undefined) === (state.Timestamp === undefined)
    ? 'it needs either Seconds or Timestamp'
    : undefined;

const ALL = 'States.ALL';

interface Handlers {
  readonly Retry?: readonly { ErrorEquals: readonly string[] }[] | undefined;
  readonly Catch?: readonly { ErrorEquals: readonly string[] }[] | undefined;
}

const wildcardProblem = (field: keyof Handlers, state: State): string | undefined => {
  const entries = (state as Handlers)[field] ?? [];
  const wrong = entries.some(
    ({ ErrorEquals }, index) =>
      ErrorEquals.includes(ALL) && (ErrorEquals.length > 1 || index < entries.length - 1),
  );
  return wrong ? `${field}: ${ALL} stands alone, and in the last entry` : undefined;
};

const taskProblem = (state: State, check: CheckTask): string | undefined =>
  state.Type === 'Task' ? check(state.Resource, state.Arguments) : undefined;

const stateProblems = (state: string, one: State, check: CheckTask): Problem[] => {
  const expressions = expressionsOf(one).flatMap(([path, expression]) => {
    const problem = expressionProblem(expression);
    return problem === undefined ? [] : [`${path}: ${problem}`];
  });
  return [
    endProblem(one),
    waitProblem(one),
    wildcardProblem('Retry', one),
    wildcardProblem('Catch', one),
    taskProblem(one, check),
    ...expressions,
  ].flatMap((message) => (message === undefined ? [] : [{ state, message }]));
};

/** Names a state assigns, in its catchers and rules too. */
const assignedBy = (state: State): string[] => {
  const holders: { Assign?: object | undefined }[] = [state as { Assign?: object }];
  if ('Catch' in state) holders.push(...(state.Catch ?? []));
  if (state.Type === 'Choice') holders.push(...state.Choices);
  return holders.flatMap(({ Assign }) => Object.keys(Assign ?? {}));
};

/** An inner scope may read the variables of the scopes around it, but not assign them. */
const scopeProblems = (map: StateMap, outer: ReadonlySet<string>): Problem[] => {
  const own = new Set([...outer, ...Object.values(map.States).flatMap(assignedBy)]);
  return Object.entries(map.States).flatMap(([state, one]) => [
    ...assignedBy(one)
      .filter((variable) => outer.has(variable))
      .map((variable) => ({ state, message: `it assigns $${variable}, which a scope around it has` })),
    ...innerMaps(one).flatMap((inner) => scopeProblems(inner, own)),
  ]);
};

const mapsIn = (map: StateMap): StateMap[] => [
  map,
  ...Object.values(map.States).flatMap((state) => innerMaps(state).flatMap(mapsIn)),
];

const repeatedNames = (maps: readonly StateMap[]): Problem[] => {
  const names = maps.flatMap(({ States }) => Object.keys(States));
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))].map((state) => ({
    state,
    message: 'another state of the machine has its name',
  }));
};

/**
 * What is wrong with a definition that has the right fields.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/concepts-amazon-states-language.html
 */
export const checkDefinition = (definition: StateMap, check: CheckTask): Problem[] => {
  const maps = mapsIn(definition);
  return [
    ...repeatedNames(maps),
    ...maps.flatMap(flowProblems),
    ...maps.flatMap(({ States }) =>
      Object.entries(States).flatMap(([name, state]) => stateProblems(name, state, check)),
    ),
    ...scopeProblems(definition, new Set()),
  ];
};
