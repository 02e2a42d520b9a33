import jsonata from 'jsonata';
import { isObject } from '../json.ts';
import type { State } from './schema.ts';

/** The JSONata between `{%` and `%}`, or undefined of a text that is none. */
export const expressionIn = (text: string): string | undefined =>
  text.length >= 4 && text.startsWith('{%') && text.endsWith('%}') ? text.slice(2, -2).trim() : undefined;

const WITHOUT_EXPRESSIONS = new Set([
  'Type',
  'Comment',
  'Resource',
  'Next',
  'Default',
  'ErrorEquals',
  'Branches',
  'ItemProcessor',
]);

/** Every expression of a state with the path of its field, those of states inside it left out. */
export const expressionsOf = (state: State): [path: string, expression: string][] =>
  Object.entries(state)
    .filter(([field]) => !WITHOUT_EXPRESSIONS.has(field))
    .flatMap(([field, value]) => expressionsIn(value, field));

const expressionsIn = (value: unknown, path: string): [string, string][] => {
  if (typeof value === 'string') {
    const expression = expressionIn(value);
    return expression === undefined ? [] : [[path, expression]];
  }
  if (Array.isArray(value)) return value.flatMap((one, index) => expressionsIn(one, `${path}[${index}]`));
  if (!isObject(value)) return [];
  return Object.entries(value)
    .filter(([field]) => field !== 'Comment' && field !== 'Next' && field !== 'ErrorEquals')
    .flatMap(([field, one]) => expressionsIn(one, `${path}/${field}`));
};

/** A node of JSONata's syntax tree; its published types leave some kinds out. */
interface Node {
  readonly type: string;
  readonly value?: unknown;
  readonly steps?: readonly Node[];
}

const isNode = (value: unknown): value is Node => isObject(value) && typeof value['type'] === 'string';

const nodesIn = (value: unknown): Node[] => {
  if (isNode(value)) return [value];
  return Array.isArray(value) ? value.flatMap(nodesIn) : [];
};

/** The parts of a node that are evaluated where the node is: of a path the first step only. */
const partsOf = (node: Node): Node[] =>
  node.type === 'path'
    ? (node.steps ?? []).slice(0, 1)
    : Object.entries(node).flatMap(([field, value]) =>
        ['predicate', 'stages', 'group'].includes(field) ? [] : nodesIn(value),
      );

const NAMES = new Set(['name', 'wildcard', 'descendant', 'parent']);

/** States have no context item: what an expression starts from must be a variable. */
const rootProblem = (node: Node): string | undefined => {
  if (NAMES.has(node.type))
    return `"${String(node.value)}" stands alone; start at $states.input or a variable`;
  if (node.type === 'variable' && (node.value === '' || node.value === '$'))
    return `"$${node.value}" has no value here; start at $states.input or a variable`;
  return partsOf(node).map(rootProblem).find(Boolean);
};

const usesEval = (node: unknown): boolean => {
  if (isNode(node) && node.type === 'variable' && node.value === 'eval') return true;
  return typeof node === 'object' && node !== null && Object.values(node).some(usesEval);
};

/**
 * Why Step Functions would not take an expression, or undefined.
 * Source: https://docs.aws.amazon.com/step-functions/latest/dg/transforming-data.html
 */
export const expressionProblem = (expression: string): string | undefined => {
  try {
    const tree = jsonata(expression).ast();
    if (usesEval(tree)) return 'Step Functions has no $eval; use $parse';
    return rootProblem(tree);
  } catch (error) {
    const { code, message } = error as jsonata.JsonataError;
    return `${code}: ${message}`;
  }
};
