import { listChoices, missingIndex, queryFields, queryFor, type ListQuery } from '../../../core/http/list.ts';
import { invalid, ProblemError } from '../../../core/http/problem.ts';
import type { Entity } from '../../../core/schema/entity.ts';
import { isExpired } from '../../../core/table/internal.ts';
import { admitList, checkListFields } from '../access.ts';
import type { Answer, Call } from '../call.ts';
import { listCommand, toKey, toRecord, type ListRequest } from '../commands.ts';
import { fromCursor, toCursor, type CursorScope } from '../cursor.ts';
import { sortCondition, valueOf } from '../list/condition.ts';
import {
  comparisonsOf,
  fieldsOf,
  isDescending,
  issue,
  limitOf,
  parametersOf,
  type Comparison,
  type Parameters,
} from '../list/parameters.ts';
import type { Model } from '../model.ts';
import type { Service } from '../service.ts';

const noIndex = (entity: Entity, comparisons: readonly Comparison[]): ProblemError => {
  const names = [...new Set(comparisons.map(({ field }) => field))];
  const ranged = comparisons.flatMap(({ field, operator }) => (operator ? [field] : []));
  const equal = names.filter((name) => !ranged.includes(name));
  const missing = missingIndex(entity, equal, ranged);
  const asked = names.length > 0 ? `No index answers ${names.join(' with ')}` : 'Say what to list';
  const cure = missing ? ` Whoever runs this API may declare the index ${missing} of ${entity.name}.` : '';
  return new ProblemError(
    'no-index',
    `${asked}. ${entity.plural} can be listed by ${listChoices(entity)}.${cure}`,
    { errors: comparisons.map(({ parameter }) => issue(parameter, 'No index has exactly these fields')) },
  );
};

/** The query that answers, its partition key given by value. Throws ProblemError `no-index` when only a scan would. */
const chosenQuery = (entity: Entity, comparisons: readonly Comparison[]): ListQuery => {
  const equal = comparisons.filter(({ operator }) => operator === undefined).map(({ field }) => field);
  const query = queryFor(
    entity,
    comparisons.map(({ field }) => field),
    equal,
  );
  if (query) return query;
  throw noIndex(entity, comparisons);
};

const partitionOf = (model: Model, name: string, comparisons: readonly Comparison[]): unknown => {
  const [one, other] = comparisons.filter(({ field }) => field === name);
  if (one && !other) return valueOf(model, one);
  throw invalid([issue(other?.parameter ?? name, `${name} takes its exact value alone`)]);
};

/** What to fetch for some fields: with the key of the owner, and what reading an older item needs. */
const attributesOf = ({ entity }: Model, fields: readonly string[] | undefined): Partial<ListRequest> => {
  if (!fields || entity.version > 1) return {};
  const needed = [entity.access.owner, entity.expires].filter((name) => name !== undefined);
  return { attributes: [...new Set([...fields, ...needed])] };
};

const requestOf = (model: Model, parameters: Parameters): Omit<ListRequest, 'after'> => {
  const comparisons = comparisonsOf(parameters);
  const query = chosenQuery(model.entity, comparisons);
  const { partition, sort } = query.key;
  const condition =
    sort &&
    sortCondition(
      model,
      comparisons.filter(({ field }) => field === sort.name),
    );
  return {
    query,
    partition: partitionOf(model, partition.name, comparisons),
    ...(condition ? { sort: condition } : {}),
    descending: isDescending(parameters.order),
    limit: limitOf(parameters.limit),
  };
};

const scopeOf = (model: Model, { permission }: Call, request: Omit<ListRequest, 'after'>): CursorScope => ({
  entity: model.entity,
  query: request.query,
  asked: [request.partition, request.sort, request.descending],
  caller: permission.caller.subject,
});

/** A whole key names one record at most: nothing can follow it. */
const isOfOne = ({ query, sort }: Pick<ListRequest, 'query' | 'sort'>): boolean =>
  query.index === undefined && (query.key.sort === undefined || sort?.operator === '=');

/** Lists records by key or index, one page at a time. Never a scan. A page may have fewer than asked for. */
export const list = async (service: Service, model: Model, call: Call): Promise<Answer> => {
  const { permission, event } = call;
  const parameters = admitList(permission, parametersOf(model.entity, event.rawQueryString));
  const fields = fieldsOf(model.entity, parameters.fields);
  const request = { ...requestOf(model, parameters), ...attributesOf(model, fields) };
  checkListFields(permission, [...queryFields(request.query), ...(fields ?? [])]);
  const scope = scopeOf(model, call, request);
  const { cursor } = parameters;
  const after = cursor === undefined ? {} : { after: await fromCursor(service.cursorKey, scope, cursor) };
  const { items, last } = await service.store.query(listCommand(model, { ...request, ...after }));
  const next =
    last && !isOfOne(request) ? { cursor: await toCursor(service.cursorKey, scope, toKey(last)) } : {};
  const at = service.now();
  const records = items
    .map((item) => toRecord(model.entity, item))
    .filter((record) => !isExpired(model.entity, record, at));
  return { status: 200, body: { items: records, ...next }, fields };
};
