import { isGranted } from '../../../core/access/decide.ts';
import type { Caller } from '../../../core/access/caller.ts';
import { INSIGHT_ROUTES } from '../../../core/http/routes.ts';
import type { SavedQuery } from '../../../core/queries/parse.ts';
import { callerIn } from '../access.ts';
import { claimsOf, pathOf, redirectOf, type Answer, type HttpEvent } from '../call.ts';
import { checkedParameters } from '../list/parameters.ts';
import type { Endpoint } from '../routing.ts';
import type { Service } from '../service.ts';
import { notThere, readInsight } from './read.ts';

/** The insights the caller may read, built or not: those of others are as if they were not there. */
const visibleTo = ({ insights }: Service, caller: Caller): SavedQuery[] =>
  insights.published.filter(({ publish }) => isGranted(publish, caller));

const list = async (service: Service, event: HttpEvent): Promise<Answer> => {
  const visible = visibleTo(service, callerIn(claimsOf(event)));
  checkedParameters(event.rawQueryString, () => 'This list takes no parameter');
  const items = visible.map(({ name, question, refresh, key }) => ({ name, question, refresh, key }));
  return { status: 200, body: { items } };
};

/** Nothing is read for a name that is not the caller's, whether there is such an insight or not. */
const read = async (service: Service, event: HttpEvent): Promise<Answer> => {
  const caller = callerIn(claimsOf(event));
  const query = visibleTo(service, caller).find(({ name }) => name === pathOf(event).name);
  if (!query) throw notThere();
  return readInsight(service, { query, caller, event });
};

const works: Readonly<Record<string, typeof read>> = { listInsights: list, readInsight: read };

/** What the API serves of insights. */
export const insightEndpoints = (service: Service): Endpoint[] =>
  INSIGHT_ROUTES.map(({ method, path, operationId }) => {
    const work = works[operationId] as typeof read;
    return { method, path, work: async (event) => redirectOf(event) ?? work(service, event) };
  });
