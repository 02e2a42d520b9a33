import {
  LIST_CONTROLS,
  LIST_LIMIT,
  listChoices,
  listFields,
  queryFields,
  queryFor,
  type ListQuery,
} from '../../../core/http/list.ts';
import { invalid, ProblemError, type ProblemIssue } from '../../../core/http/problem.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import { admitList, checkListFields } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { listCommand, toRecord, type ListRequest } from '../commands.ts';
import { fromCursor, toCursor, type CursorScope } from '../cursor.ts';
import { parseText, type Model } from '../model.ts';
import type { Service } from '../service.ts';

type Parameters = Readonly<Record<string, string>>;

const issue = (parameter: string, message: string): ProblemIssue => ({ parameter, message });

const parametersOf = (entity: Entity, { event }: Call): Parameters => {
  const pairs = [...new URLSearchParams(event.rawQueryString)];
  const known = new Set<string>([...listFields(entity), ...LIST_CONTROLS]);
  const fields = new Set(entity.fields.map(({ name }) => name));
  const seen = new Set<string>();
  const issues = pairs.flatMap(([name]) => {
    if (!known.has(name) && !fields.has(name))
      return [issue(name, `There is no such parameter. Known are ${[...known].join(', ')}`)];
    if (seen.has(name)) return [issue(name, 'Given more than once')];
    seen.add(name);
    return [];
  });
  if (issues.length > 0) throw invalid(issues);
  return Object.fromEntries(pairs);
};

const chosenQuery = (entity: Entity, parameters: Parameters): ListQuery => {
  const controls = new Set<string>(LIST_CONTROLS);
  const given = Object.keys(parameters).filter((name) => !controls.has(name));
  const query = queryFor(entity, given);
  if (query) return query;
  throw new ProblemError(
    'no-index',
    `${given.length > 0 ? `No index answers ${given.join(' with ')}` : 'Say what to list'}. ` +
      `${entity.plural} can be listed by ${listChoices(entity)}.`,
    { errors: given.map((name) => issue(name, 'No index has exactly these fields')) },
  );
};

const valueOf = (model: Model, name: string, text: string): unknown => {
  const result = parseText(model, name, text);
  if ('value' in result) return result.value;
  throw invalid(result.messages.map((message) => issue(name, message)));
};

const TIME_PREFIX = /^\d{4}(-\d\d(-\d\d(T\d\d(:\d\d(:\d\d(\.\d{0,2})?)?)?)?)?)?$/;

/** A time may be given by its beginning: `2026-11` is all of November. */
const sortOf = (model: Model, name: string, text: string): NonNullable<ListRequest['sort']> => {
  const type = model.entity.fields.find((field) => field.name === name)?.type.type;
  const isTime = type === 'timestamp' || (type === 'date' && text.length < 'yyyy-mm-dd'.length);
  return isTime && TIME_PREFIX.test(text)
    ? { value: text, prefix: true }
    : { value: valueOf(model, name, text), prefix: false };
};

const limitOf = (text: string | undefined): number => {
  if (text === undefined) return LIST_LIMIT.default;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (limit >= LIST_LIMIT.min && limit <= LIST_LIMIT.max) return limit;
  throw invalid([issue('limit', `A whole number from ${LIST_LIMIT.min} to ${LIST_LIMIT.max}`)]);
};

const isDescending = (text: string | undefined): boolean => {
  if (text === undefined || text === 'asc' || text === 'desc') return text === 'desc';
  throw invalid([issue('order', 'asc or desc')]);
};

const requestOf = (model: Model, parameters: Parameters): { request: ListRequest; scope: CursorScope } => {
  const { entity } = model;
  const query = chosenQuery(entity, parameters);
  const { partition, sort } = query.key;
  const sortText = sort && parameters[sort.name];
  const asked = {
    partition: valueOf(model, partition.name, parameters[partition.name] ?? ''),
    ...(sort && sortText !== undefined ? { sort: sortOf(model, sort.name, sortText) } : {}),
    descending: isDescending(parameters.order),
  };
  const scope = { entity, query, asked: [asked.partition, asked.sort, asked.descending] };
  const after = parameters.cursor === undefined ? {} : { after: fromCursor(scope, parameters.cursor) };
  return { request: { query, ...asked, limit: limitOf(parameters.limit), ...after }, scope };
};

/** Lists records by key or index, one page at a time. Never a scan. */
export const list = async ({ store }: Service, model: Model, call: Call): Promise<Answer> => {
  const { permission } = call;
  const { request, scope } = requestOf(model, admitList(permission, parametersOf(model.entity, call)));
  checkListFields(permission, queryFields(request.query));
  const { items, last } = await store.query(listCommand(model, request));
  const cursor = last ? { cursor: toCursor(scope, toRecord(last)) } : {};
  return { status: 200, body: { items: items.map((item) => toRecord(item)), ...cursor } };
};
