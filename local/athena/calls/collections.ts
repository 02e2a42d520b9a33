import type { Expression, Lambda } from '../sql/ast.ts';
import { notTranslated, SqlError } from '../sql/error.ts';
import { commonType, duckType, quoteName, typeName, UNKNOWN, VARCHAR, type Type } from '../sql/types.ts';
import { castSql, coerce } from '../analyze/cast.ts';
import { bind } from '../analyze/raise.ts';
import type { Typed } from '../analyze/scope.ts';
import {
  analyzeArguments,
  analyzeLambda,
  fill,
  signatures,
  type Builder,
  type CallNode,
  type Functions,
} from './signature.ts';

/** Three-valued: found, not found, or unknown when a NULL might be it. */
const HAS_NULL = 'list_count(#l) < len(#l)';
const anyTrue = (wanted: string, otherwise: string) =>
  `(list_transform([list_transform($1, $2)], lambda #l: CASE WHEN #l IS NULL THEN NULL WHEN list_contains(#l, ${wanted}) THEN ${wanted} WHEN ${HAS_NULL} THEN NULL ELSE ${otherwise} END)[1])`;
const DISTINCT = (list: string) =>
  `(list_transform([${list}], lambda #d: list_filter(#d, lambda #x, #i: CASE WHEN #x IS NULL THEN len(list_filter(#d[1:#i - 1], lambda #n: #n IS NULL)) = 0 ELSE list_position(#d, #x) = #i END))[1])`;
const NULLS_ARE_REFUSED = `CAST('[[NOT_SUPPORTED: The local cloud does not compare arrays that hold NULL]]' AS BIGINT)`;
const SIZE_LIMIT = `CAST('[[INVALID_FUNCTION_ARGUMENT: result of sequence function must not have more than 10000 entries]]' AS BIGINT)`;

const COLLECTIONS = signatures(`
cardinality(array(t)) -> bigint = len($1)
cardinality(map(k, v)) -> bigint = CAST(cardinality($1) AS BIGINT)
contains(array(t), t) -> boolean = (list_transform([{'l': $1, 'x': $2}], lambda #l: CASE WHEN #l.l IS NULL OR #l.x IS NULL THEN NULL WHEN list_contains(#l.l, #l.x) THEN TRUE WHEN list_count(#l.l) < len(#l.l) THEN NULL ELSE FALSE END)[1])
element_at(array(t), bigint) -> t = list_extract($1, CASE WHEN $2 = 0 THEN CAST('[[INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1]]' AS BIGINT) ELSE $2 END)
element_at(map(k, v), k) -> v = map_extract_value($1, $2)
array_distinct(array(t)) -> array(t) = ${DISTINCT('$1')}
array_sort(array(t)) -> array(t) = list_sort($1, 'ASC', 'NULLS LAST')
array_max(array(t)) -> t = (list_transform([$1], lambda #l: CASE WHEN ${HAS_NULL} THEN NULL ELSE list_max(#l) END)[1])
array_min(array(t)) -> t = (list_transform([$1], lambda #l: CASE WHEN ${HAS_NULL} THEN NULL ELSE list_min(#l) END)[1])
array_position(array(t), t) -> bigint = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE coalesce(CAST(list_position($1, $2) AS BIGINT), 0) END
array_remove(array(t), t) -> array(t) = CASE WHEN $2 IS NULL THEN NULL ELSE list_filter($1, lambda #x: #x IS DISTINCT FROM $2) END
array_intersect(array(t), array(t)) -> array(t) = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_count($1) < len($1) OR list_count($2) < len($2) THEN [NULL][1 + ${NULLS_ARE_REFUSED}:0] ELSE ${DISTINCT('list_filter($1, lambda #y: list_contains($2, #y))')} END
array_except(array(t), array(t)) -> array(t) = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_count($1) < len($1) OR list_count($2) < len($2) THEN [NULL][1 + ${NULLS_ARE_REFUSED}:0] ELSE ${DISTINCT('list_filter($1, lambda #y: NOT list_contains($2, #y))')} END
array_union(array(t), array(t)) -> array(t) = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE ${DISTINCT('list_concat($1, $2)')} END
arrays_overlap(array(t), array(t)) -> boolean = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL WHEN list_has_any($1, $2) THEN TRUE WHEN list_count($1) < len($1) OR list_count($2) < len($2) THEN NULL ELSE FALSE END
flatten(array(array(t))) -> array(t) = flatten($1)
filter(array(t), function(t, boolean)) -> array(t) = list_filter($1, $2)
transform(array(t), function(t, u)) -> array(u) = list_transform($1, $2)
any_match(array(t), function(t, boolean)) -> boolean = ${anyTrue('TRUE', 'FALSE')}
all_match(array(t), function(t, boolean)) -> boolean = ${anyTrue('FALSE', 'TRUE')}
none_match(array(t), function(t, boolean)) -> boolean = (NOT ${anyTrue('TRUE', 'FALSE')})
repeat(t, bigint) -> array(t) = list_transform(range($2), lambda #x: $1)
sequence(bigint, bigint) -> array(bigint) = CASE WHEN abs($2 - $1) >= 10000 THEN [${SIZE_LIMIT}] ELSE generate_series($1, $2, CASE WHEN $1 <= $2 THEN 1 ELSE -1 END) END
sequence(bigint, bigint, bigint) -> array(bigint) = CASE WHEN $3 = 0 OR ($2 - $1) * sign($3) < 0 THEN [CAST('[[INVALID_FUNCTION_ARGUMENT: sequence stop value should be greater than or equal to start value if step is greater than zero otherwise stop should be less than or equal to start]]' AS BIGINT)] WHEN abs(($2 - $1) // $3) >= 10000 THEN [${SIZE_LIMIT}] ELSE generate_series($1, $2, $3) END
sequence(date, date) -> array(date) = list_transform(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), CASE WHEN $1 <= $2 THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END), lambda #x: CAST(#x AS DATE))
sequence(date, date, interval day to second) -> array(date) = list_transform(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), $3), lambda #x: CAST(#x AS DATE))
sequence(date, date, interval year to month) -> array(date) = list_transform(generate_series(CAST($1 AS TIMESTAMP), CAST($2 AS TIMESTAMP), $3), lambda #x: CAST(#x AS DATE))
slice(array(t), bigint, bigint) -> array(t) = CASE WHEN $2 = 0 THEN [NULL][1 + CAST('[[INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1]]' AS BIGINT):0] WHEN $3 < 0 THEN [NULL][1 + CAST('[[INVALID_FUNCTION_ARGUMENT: length must be greater than or equal to 0]]' AS BIGINT):0] WHEN $2 > 0 THEN list_slice($1, $2, $2 + $3 - 1) WHEN len($1) + $2 < 0 THEN list_slice($1, 1, 0) ELSE list_slice($1, len($1) + $2 + 1, len($1) + $2 + $3) END
map_keys(map(k, v)) -> array(k) = map_keys($1)
map_values(map(k, v)) -> array(v) = map_values($1)
map_concat(map(k, v), map(k, v)) -> map(k, v) = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE map_concat($1, $2) END
map(array(k), array(v)) -> map(k, v) = CASE WHEN $1 IS NULL OR $2 IS NULL THEN NULL ELSE map($1, $2) END
`);

const arrayJoin: Builder = (call, context) => {
  const [list, separator, replacement] = analyzeArguments(call, context, [2, 3]);
  if (list?.type.k !== 'array') throw unexpected(call, [list]);
  const text = coerce(separator as Typed, VARCHAR, context.analysis);
  const v = context.analysis.fresh('v');
  const item = castSql({ sql: v, type: list.type.of }, VARCHAR, context.analysis, call.at);
  const shown = replacement ? `coalesce(${item}, ${coerce(replacement, VARCHAR, context.analysis)})` : item;
  const strings = `list_transform(${list.sql}, lambda ${v}: ${shown})`;
  const filtered = replacement ? strings : `list_filter(${strings}, lambda ${v}: ${v} IS NOT NULL)`;
  const l = context.analysis.fresh('v');
  const body = `CASE WHEN ${l} IS NULL OR ${text} IS NULL THEN NULL WHEN len(${l}) = 0 THEN '' ELSE array_to_string(${l}, ${text}) END`;
  return { sql: bind(l, filtered, body), type: VARCHAR };
};

const unexpected = (call: CallNode, values: readonly (Typed | undefined)[]) =>
  new SqlError(
    'FUNCTION_NOT_FOUND',
    `Unexpected parameters (${values.map((value) => (value ? typeName(value.type) : '')).join(', ')}) for function ${call.name}`,
    call.at,
  );

const lambdaAt = (call: CallNode, index: number): Expression & Lambda => {
  const arg = call.args[index];
  if (arg?.kind !== 'lambda') throw unexpected(call, []);
  return arg;
};

/** `reduce(array, state, (s, x) -> …, s -> …)`: DuckDB folds one type, so state and element travel in a struct. */
const reduce: Builder = (call, context) => {
  const { analysis, scope } = context;
  const [list, initial] = call.args.slice(0, 2).map((arg) => analysis.expression(arg, scope));
  if (list?.type.k !== 'array' || !initial || call.args.length !== 4) throw unexpected(call, [list, initial]);
  const combine = lambdaAt(call, 2);
  const [a, x] = [analysis.fresh('v'), analysis.fresh('v')];
  const typesOf = (state: Type) => [state, (list.type as { of: Type }).of];
  let state = initial.type;
  let body = analyzeLambda(combine, typesOf(state), context, [`${a}.s`, `${x}.x`]).body;
  state = commonType(state, body.type) ?? state;
  body = analyzeLambda(combine, typesOf(state), context, [`${a}.s`, `${x}.x`]).body;
  if (!commonType(state, body.type))
    throw new SqlError('TYPE_MISMATCH', 'The state of reduce changes its type', call.at);
  const [s, e] = [duckType(state), duckType(list.type.of)];
  const step = `{'s': ${coerce(body, state, analysis)}, 'x': CAST(NULL AS ${e})}`;
  const items = `list_transform(${list.sql}, lambda ${x}: {'s': CAST(NULL AS ${s}), 'x': ${x}})`;
  const start = `{'s': CAST(${coerce(initial, state, analysis)} AS ${s}), 'x': CAST(NULL AS ${e})}`;
  const folded = `CASE WHEN ${list.sql} IS NOT NULL THEN list_reduce(${items}, lambda ${a}, ${x}: ${step}, ${start}).s END`;
  const f = analysis.fresh('v');
  const finish = analyzeLambda(lambdaAt(call, 3), [state], context, [f]).body;
  return { sql: bind(f, folded, finish.sql), type: finish.type };
};

const zipWith: Builder = (call, context) => {
  const { analysis, scope } = context;
  const lists = call.args.slice(0, 2).map((arg) => analysis.expression(arg, scope));
  const [left, right] = lists;
  if (left?.type.k !== 'array' || right?.type.k !== 'array' || call.args.length !== 3)
    throw unexpected(call, lists);
  const [l, i] = [analysis.fresh('v'), analysis.fresh('v')];
  const texts = [`list_extract(${l}.a, ${i})`, `list_extract(${l}.b, ${i})`];
  const { body } = analyzeLambda(lambdaAt(call, 2), [left.type.of, right.type.of], context, texts);
  return { sql: zipped(left.sql, right.sql, l, i, body.sql), type: { k: 'array', of: body.type } };
};

const zipped = (left: string, right: string, l: string, i: string, body: string) =>
  bind(
    l,
    `{'a': ${left}, 'b': ${right}}`,
    `CASE WHEN ${l}.a IS NULL OR ${l}.b IS NULL THEN NULL ELSE list_transform(range(1, greatest(len(${l}.a), len(${l}.b)) + 1), lambda ${i}: ${body}) END`,
  );

const zip: Builder = (call, context) => {
  const lists = analyzeArguments(call, context, [2]);
  const [left, right] = lists;
  if (left?.type.k !== 'array' || right?.type.k !== 'array') throw unexpected(call, lists);
  const [l, i] = [context.analysis.fresh('v'), context.analysis.fresh('v')];
  const row = `struct_pack(field0 := list_extract(${l}.a, ${i}), field1 := list_extract(${l}.b, ${i}))`;
  const of: Type = { k: 'row', fields: [{ type: left.type.of }, { type: right.type.of }] };
  return { sql: zipped(left.sql, right.sql, l, i, row), type: { k: 'array', of } };
};

const ENTRIES = (map: string) => `map_entries(${map})`;

/** The functions that run a lambda over a map's entries. */
const overMap =
  (what: 'filter' | 'keys' | 'values'): Builder =>
  (call, context) => {
    const [first, lambda] = call.args;
    const map = first && context.analysis.expression(first, context.scope);
    if (map?.type.k !== 'map' || lambda?.kind !== 'lambda') throw unexpected(call, [map]);
    const { key, value } = map.type;
    const e = context.analysis.fresh('v');
    const { body } = analyzeLambda(lambdaAt(call, 1), [key, value], context, [`${e}.key`, `${e}.value`]);
    const entries = ENTRIES(map.sql);
    if (what === 'filter')
      return { sql: `map_from_entries(list_filter(${entries}, lambda ${e}: ${body.sql}))`, type: map.type };
    const pair =
      what === 'keys'
        ? `{'key': ${body.sql}, 'value': ${e}.value}`
        : `{'key': ${e}.key, 'value': ${body.sql}}`;
    const type: Type =
      what === 'keys' ? { k: 'map', key: body.type, value } : { k: 'map', key, value: body.type };
    return { sql: `map_from_entries(list_transform(${entries}, lambda ${e}: ${pair}))`, type };
  };

const mapEntries: Builder = (call, context) => {
  const [map] = analyzeArguments(call, context, [1]);
  if (map?.type.k !== 'map') throw unexpected(call, [map]);
  const { key, value } = map.type;
  const of: Type = { k: 'row', fields: [{ type: key }, { type: value }] };
  const template = `list_transform(map_entries($1), lambda #e: struct_pack(field0 := #e.key, field1 := #e.value))`;
  return { sql: fill(template, [map.sql], context), type: { k: 'array', of } };
};

const mapFromEntries: Builder = (call, context) => {
  const [list] = analyzeArguments(call, context, [1]);
  const row = list?.type.k === 'array' ? list.type.of : undefined;
  if (!list || row?.k !== 'row' || row.fields.length !== 2) throw unexpected(call, [list]);
  const [key, value] = row.fields.map((field) => field.type) as [Type, Type];
  const [a, b] = row.fields.map((field, index) => quoteName(field.name ?? `field${index}`));
  const template = `map_from_entries(list_transform($1, lambda #e: {'key': #e.${a}, 'value': #e.${b}}))`;
  return { sql: fill(template, [list.sql], context), type: { k: 'map', key, value } };
};

const emptyMap: Builder = () => ({ sql: 'MAP {}', type: { k: 'map', key: UNKNOWN, value: UNKNOWN } });

const sortWith: Builder = (call) => {
  throw notTranslated('array_sort with a comparator', call.at);
};

export const COLLECTION_FUNCTIONS: Functions = {
  signatures: COLLECTIONS,
  builders: {
    array_join: arrayJoin,
    reduce,
    zip_with: zipWith,
    zip,
    map_filter: overMap('filter'),
    transform_keys: overMap('keys'),
    transform_values: overMap('values'),
    map_entries: mapEntries,
    map_from_entries: mapFromEntries,
    'map/0': emptyMap,
    'array_sort/2': sortWith,
  },
};
