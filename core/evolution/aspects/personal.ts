import type { LakePolicy } from '../../schema/personal.ts';
import type { Difference } from '../change.ts';
import type { LockedField, LockedFields, LockedSchema } from '../lock.ts';

type Said = LockedField['personal'];

const policyOf = (said: Said): LakePolicy => (said === true ? 'token' : (said ?? 'clear'));

const wordOf = (said: Said): string => (said === undefined ? 'no' : policyOf(said));

/** Whether the lake has nothing of the type of a field: a token is a text, whatever it is of. */
export const isHidden = ({ personal }: LockedField): boolean => personal === true || personal === 'drop';

interface Cure {
  readonly breaks?: { readonly lake: string };
  readonly cure?: string;
  readonly notice?: string;
}

const BESIDE = 'Add a field of another name beside it';

/** What becomes of the column, by how it was and how it will be. */
const columnChange = (before: LockedField, after: LockedField): Cure => {
  const [had, has] = [policyOf(before.personal), policyOf(after.personal)];
  if (had === has) return {};
  if (had === 'drop') return { notice: 'rows of before are without it' };
  if (has === 'drop')
    return {
      breaks: { lake: 'SQL that names its column fails, and what was written stays in the files' },
      cure: "Say personal: { lake: 'token' }, or accept it",
    };
  if (had !== 'token' && has !== 'token')
    return { breaks: { lake: 'the same date would mean something else' }, cure: BESIDE };
  if (before.type !== 'string')
    return {
      breaks: { lake: 'files of the log hold the old type, and SQL that names the column fails' },
      cure: BESIDE,
    };
  return has === 'token'
    ? {
        breaks: { lake: 'rows of before stay in clear, and no clear text equals its token' },
        cure: `${BESIDE}, or accept it to seal what is written from now on`,
      }
    : {
        breaks: { lake: 'rows of before stay sealed, and no token equals its clear text' },
        cure: 'Leave it sealed: tailrace query --reveal shows it to whoever may see it',
      };
};

/** Compares how the lake gets a field. */
export const comparePersonal = (before: LockedField, after: LockedField, place: string): Difference[] => {
  if (before.personal === after.personal) return [];
  return [
    {
      place,
      what: `personal: ${wordOf(before.personal)} → ${wordOf(after.personal)}`,
      ...(after.personal === undefined ? { notice: 'from now on it may be logged' } : {}),
      ...columnChange(before, after),
    },
  ];
};

const isSealedIn = (fields: LockedFields): boolean =>
  Object.values(fields).some(
    (field) => field.personal === true || isSealedIn(field.fields ?? field.items?.fields ?? {}),
  );

const subjectOf = (schema: LockedSchema): string | undefined =>
  schema.subject ?? (schema.kind === 'entity' ? schema.owner : undefined);

/** Compares whose data records are. What is not sealed under anybody's key may change hands. */
export const compareSubject = (before: LockedSchema, after: LockedSchema): Difference[] => {
  const [had, has] = [subjectOf(before), subjectOf(after)];
  if (had === has) return [];
  const what = `${had ?? 'nobody'} → ${has ?? 'nobody'}`;
  if (!isSealedIn(before.fields)) return [{ place: 'subject', what }];
  return [
    {
      place: 'subject',
      what,
      breaks: {
        lake: 'rows of before are sealed under the keys of others: tokens are not equal, and erasing somebody leaves theirs',
      },
      cure: had === undefined ? 'Leave it out' : `Set subject: '${had}'`,
    },
  ];
};
