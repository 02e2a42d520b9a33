import { SqlError } from '../sql/error.ts';

/** What a property of Athena becomes in the table's metadata, where other engines find it too. */
interface Property {
  readonly accepts: (value: string) => boolean;
  readonly needs: string;
  readonly stored: (value: string) => Readonly<Record<string, string>>;
}

const whole = (value: string) => /^\d+$/.test(value) && Number(value) > 0;

const kept = (key: string, most = Number.MAX_SAFE_INTEGER): Property => ({
  accepts: (value) => whole(value) && Number(value) < most,
  needs: most < 100 ? `a positive number less than ${most}` : 'a positive number',
  stored: (value) => ({ [key]: value }),
});

const CODECS: Readonly<Record<string, string>> = {
  zstd: 'zstd',
  snappy: 'snappy',
  gzip: 'gzip',
  none: 'uncompressed',
  uncompressed: 'uncompressed',
};

const seconds = (value: string) => String(BigInt(value) * 1000n);

/** https://docs.aws.amazon.com/athena/latest/ug/querying-iceberg-creating-tables.html#querying-iceberg-table-properties */
const PROPERTIES: Readonly<Record<string, Property>> = {
  format: {
    accepts: (value) => value.toLowerCase() === 'parquet',
    needs: 'parquet: the local cloud writes no ORC and no Avro',
    stored: () => ({ 'write.format.default': 'parquet' }),
  },
  write_compression: {
    accepts: (value) => value.toLowerCase() in CODECS,
    needs: 'zstd, snappy, gzip or none',
    stored: (value) => ({ 'write.parquet.compression-codec': CODECS[value.toLowerCase()] as string }),
  },
  compression_level: {
    accepts: (value) => whole(value) && Number(value) <= 22,
    needs: 'a number from 1 to 22',
    stored: (value) => ({ 'write.parquet.compression-level': value }),
  },
  write_target_data_file_size_bytes: kept('write.target-file-size-bytes'),
  optimize_rewrite_min_data_file_size_bytes: kept('optimize_rewrite_min_data_file_size_bytes'),
  optimize_rewrite_max_data_file_size_bytes: kept('optimize_rewrite_max_data_file_size_bytes'),
  optimize_rewrite_data_file_threshold: kept('optimize_rewrite_data_file_threshold', 50),
  optimize_rewrite_delete_file_threshold: kept('optimize_rewrite_delete_file_threshold', 50),
  vacuum_min_snapshots_to_keep: kept('history.expire.min-snapshots-to-keep'),
  vacuum_max_snapshot_age_seconds: {
    ...kept(''),
    stored: (value) => ({ 'history.expire.max-snapshot-age-ms': seconds(value) }),
  },
  vacuum_max_metadata_files_to_keep: kept('write.metadata.previous-versions-max'),
};

/** Paths for data files that ALTER TABLE alone may set. */
const PATHS = new Set(['write.data.path', 'write.object-storage.path']);

/** The properties of a table by the names Iceberg has for them; throws Athena's error for one it does not allow. */
export const icebergProperties = (
  given: Readonly<Record<string, string>>,
  altering = false,
): Record<string, string> => {
  const stored: Record<string, string> = {};
  for (const [written, value] of Object.entries(given)) {
    const key = written.toLowerCase();
    if (altering && PATHS.has(key)) stored[key] = value;
    else Object.assign(stored, propertyOf(written).stored(accepted(written, value)));
  }
  return stored;
};

const propertyOf = (written: string): Property => {
  const found = Object.hasOwn(PROPERTIES, written.toLowerCase())
    ? PROPERTIES[written.toLowerCase()]
    : undefined;
  if (found) return found;
  throw new SqlError('', `Unsupported table property key: ${written}`);
};

const accepted = (written: string, value: string): string => {
  const { accepts, needs } = propertyOf(written);
  if (accepts(value)) return value;
  throw new SqlError('', `Table property ${written} = '${value}' is not ${needs}`);
};

/** The names Iceberg has for properties to be removed. */
export const removedProperties = (keys: readonly string[]): string[] =>
  keys.flatMap((written) =>
    PATHS.has(written.toLowerCase()) ? [written.toLowerCase()] : Object.keys(propertyOf(written).stored('1')),
  );

type Properties = Readonly<Record<string, string>>;

const number = (properties: Properties, key: string, otherwise: number): number =>
  Number(properties[key] ?? otherwise);

/** Options of COPY for the table's data files. */
export const copyOptions = (properties: Properties): string => {
  const codec = CODECS[properties['write.parquet.compression-codec']?.toLowerCase() ?? 'zstd'] ?? 'zstd';
  const level = properties['write.parquet.compression-level'];
  const levelOption = codec === 'zstd' && level !== undefined ? `, COMPRESSION_LEVEL ${Number(level)}` : '';
  return `FORMAT parquet, COMPRESSION ${codec}${levelOption}, RETURN_STATS`;
};

/** When OPTIMIZE rewrites: sizes in bytes, counts of files. */
export const compaction = (properties: Properties) => {
  const target = number(properties, 'write.target-file-size-bytes', 512 * 1024 * 1024);
  return {
    target,
    minSize: number(properties, 'optimize_rewrite_min_data_file_size_bytes', target * 0.75),
    maxSize: number(properties, 'optimize_rewrite_max_data_file_size_bytes', target * 1.8),
    dataFiles: number(properties, 'optimize_rewrite_data_file_threshold', 5),
    deleteFiles: number(properties, 'optimize_rewrite_delete_file_threshold', 2),
  };
};

/** What VACUUM keeps. */
export const retention = (properties: Properties) => ({
  minSnapshots: number(properties, 'history.expire.min-snapshots-to-keep', 1),
  maxAgeMs: number(properties, 'history.expire.max-snapshot-age-ms', 432_000_000),
});

/** How many earlier metadata files a table remembers. */
export const metadataFilesToKeep = (properties: Properties): number =>
  number(properties, 'write.metadata.previous-versions-max', 100);

/** How many manifests a snapshot may have before they are merged. */
export const manifestsToMerge = (properties: Properties): number =>
  number(properties, 'commit.manifest.min-count-to-merge', 100);
