import { CONTENT, type DataFile } from './manifest.ts';
import { partitionKey } from './partition-value.ts';

type Summary = Readonly<Record<string, string>>;

const sum = (files: readonly DataFile[], pick: (file: DataFile) => number) =>
  files.reduce((total, file) => total + pick(file), 0);

const records = (files: readonly DataFile[]) => sum(files, (file) => file.records);
const sizes = (files: readonly DataFile[]) => sum(files, (file) => file.size);

const isData = (file: DataFile) => file.content === CONTENT.data;

/** The numbers of a snapshot's summary, by the names Iceberg's own library gives them; zeros are left out. */
export const summarize = (
  { added, removed }: { readonly added: readonly DataFile[]; readonly removed: readonly DataFile[] },
  before: Summary = {},
): Record<string, string> => {
  const [data, deletes] = [added.filter(isData), added.filter((file) => !isData(file))];
  const [oldData, oldDeletes] = [removed.filter(isData), removed.filter((file) => !isData(file))];
  const changes = {
    'added-data-files': data.length,
    'added-records': records(data),
    'added-delete-files': deletes.length,
    'added-position-delete-files': deletes.length,
    'added-position-deletes': records(deletes),
    'added-files-size': sizes(added),
    'deleted-data-files': oldData.length,
    'deleted-records': records(oldData),
    'removed-delete-files': oldDeletes.length,
    'removed-position-delete-files': oldDeletes.length,
    'removed-position-deletes': records(oldDeletes),
    'removed-files-size': sizes(removed),
    'changed-partition-count': new Set([...added, ...removed].map(partitionKey)).size,
  };
  const total = (name: string, change: number) => [name, String(Number(before[name] ?? 0) + change)];
  return Object.fromEntries([
    ...Object.entries(changes)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => [name, String(value)]),
    total('total-records', records(data) - records(oldData)),
    total('total-files-size', sizes(added) - sizes(removed)),
    total('total-data-files', data.length - oldData.length),
    total('total-delete-files', deletes.length - oldDeletes.length),
    total('total-position-deletes', records(deletes) - records(oldDeletes)),
    total('total-equality-deletes', 0),
  ]) as Record<string, string>;
};
