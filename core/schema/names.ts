/**
 * The lake's name of a field: `customerId` is `customer_id`, `priceUSD` is `price_usd`.
 * Lower case because Glue, Athena and the OpenX SerDe lower-case names at every depth.
 */
export const columnName = (field: string): string =>
  field
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .toLowerCase();

/**
 * The two plain columns that views have for a money column: `total` is `total_amount` and `total_currency`. A column
 * that is called `amount` keeps its name, beside `currency`.
 */
export const moneyColumnNames = (column: string): { amount: string; currency: string } =>
  column === 'amount'
    ? { amount: 'amount', currency: 'currency' }
    : { amount: `${column}_amount`, currency: `${column}_currency` };

/**
 * Words that need quoting in Athena's SELECT or DDL, so no column may bear them.
 * Source: https://docs.aws.amazon.com/athena/latest/ug/reserved-words.html
 */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  `all alter and array as authorization between bigint binary boolean both by case cast char column conf constraint
  create cross cube current current_catalog current_date current_path current_schema current_time current_timestamp
  current_user cursor database date dayofweek deallocate decimal delete describe distinct double drop else end escape
  except exchange execute exists extended external extract false fetch first float floor following for foreign from full
  function grant group grouping having if import in inner insert int integer intersect interval into is join
  json_array json_exists json_object json_query json_table json_value last lateral left less like listagg local
  localtime localtimestamp macro map more natural none normalize not null numeric of on only or order out outer over
  partialscan partition percent preceding precision prepare preserve primary procedure range reads recursive reduce
  references regexp revoke right rlike rollback rollup row rows select set skip smallint some start table tablesample
  then time timestamp to transform trigger trim true truncate unbounded uescape union uniquejoin unnest update user
  using utc_timestamp values varchar view views when where window with`.split(/\s+/),
);
