import {
  LIST_CONTROLS,
  LIST_LIMIT,
  listFields,
  operatorsOf,
  splitParameter,
  type RangeOperator,
} from '../../../core/http/list.ts';
import { invalid, type ProblemIssue } from '../../../core/http/problem.ts';
import type { Entity } from '../../../core/schema/entity.ts';

/** Parameters of a list by name, each given once. */
export type Parameters = Readonly<Record<string, string>>;

/** A wrong parameter. */
export const issue = (parameter: string, message: string): ProblemIssue => ({ parameter, message });

const CONTROLS = new Set<string>(LIST_CONTROLS);

const parameterIssue = (entity: Entity, name: string): string | undefined => {
  const { field, operator } = splitParameter(name);
  const isField = entity.fields.some((candidate) => candidate.name === field);
  if (!isField && !(operator === undefined && CONTROLS.has(name)))
    return `There is no such parameter. Known are ${[...listFields(entity), ...LIST_CONTROLS].join(', ')}`;
  if (operator === undefined || operatorsOf(entity, field).includes(operator)) return undefined;
  return `${field} cannot be compared so. Ask for the exact value`;
};

/**
 * The parameters of a query string. `wrong` says what is wrong with the name of one, if something is. Throws ProblemError
 * `validation-failed` that names each wrong or repeated one.
 */
export const checkedParameters = (
  queryString: string,
  wrong: (name: string) => string | undefined,
): Parameters => {
  const pairs = [...new URLSearchParams(queryString)];
  const seen = new Set<string>();
  const issues = pairs.flatMap(([name]) => {
    const message = seen.has(name) ? 'Given more than once' : wrong(name);
    seen.add(name);
    return message === undefined ? [] : [issue(name, message)];
  });
  if (issues.length > 0) throw invalid(issues);
  return Object.fromEntries(pairs);
};

/** The parameters of a list. Throws ProblemError `validation-failed` that names each unknown or repeated one. */
export const parametersOf = (entity: Entity, queryString: string): Parameters =>
  checkedParameters(queryString, (name) => parameterIssue(entity, name));

/** One comparison of a request. */
export interface Comparison {
  readonly parameter: string;
  readonly field: string;
  /** Undefined for equality. */
  readonly operator: RangeOperator | undefined;
  readonly text: string;
}

/** What the parameters compare, the controls left out. */
export const comparisonsOf = (parameters: Parameters): Comparison[] =>
  Object.entries(parameters)
    .filter(([parameter]) => !CONTROLS.has(parameter))
    .map(([parameter, text]) => ({ parameter, text, ...splitParameter(parameter) }));

/** The page size. Throws ProblemError `validation-failed` beyond its bounds. */
export const limitOf = (text: string | undefined): number => {
  if (text === undefined) return LIST_LIMIT.default;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= LIST_LIMIT.min && limit <= LIST_LIMIT.max) return limit;
  throw invalid([issue('limit', `A whole number from ${LIST_LIMIT.min} to ${LIST_LIMIT.max}`)]);
};

/** Whether the list goes backwards. Throws ProblemError `validation-failed` for another word than asc and desc. */
export const isDescending = (text: string | undefined): boolean => {
  if (text === undefined || text === 'asc' || text === 'desc') return text === 'desc';
  throw invalid([issue('order', 'asc or desc')]);
};

/** The fields to answer, undefined for all. Throws ProblemError `validation-failed` that names what is no field. */
export const fieldsOf = (entity: Entity, text: string | undefined): readonly string[] | undefined => {
  if (text === undefined) return undefined;
  const names = text.split(',');
  const known = entity.fields.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown === undefined) return [...new Set(names)];
  throw invalid([issue('fields', `There is no field "${unknown}". Known are ${known.join(', ')}`)]);
};

/**
 * The fields to answer of one record, undefined for all. Throws ProblemError `validation-failed` that names what is no
 * field, or says that they are given twice.
 */
export const fieldsOfOne = (entity: Entity, queryString: string): readonly string[] | undefined => {
  if (queryString === '') return undefined;
  const [text, ...others] = new URLSearchParams(queryString).getAll('fields');
  if (others.length > 0) throw invalid([issue('fields', 'Given more than once')]);
  return fieldsOf(entity, text);
};
