import type { MapState } from '../../definition/schema.ts';
import type { Json } from '../../json.ts';
import { evaluate, evaluateTo, evaluateWhole } from '../evaluate.ts';
import { checkPayload, dropScope } from '../limits.ts';
import { innerFrame, type Frame } from '../run.ts';
import { bindingsOf, type Exit, type Visit } from '../visit.ts';
import { endingOf, runParts, type Part } from './parts.ts';

/** Iterations an inline Map runs at once, whatever MaxConcurrency says. */
const MAX_CONCURRENCY = 40;

const itemsOf = async (visit: Visit, { Items }: MapState): Promise<readonly Json[]> =>
  await evaluateTo<readonly Json[]>('array', Items ?? visit.input, bindingsOf(visit), 'Items');

const concurrencyOf = async (visit: Visit, { MaxConcurrency = 0 }: MapState): Promise<number> => {
  const wanted = await evaluateWhole(MaxConcurrency, bindingsOf(visit), 'MaxConcurrency');
  return wanted === 0 ? MAX_CONCURRENCY : Math.min(wanted, MAX_CONCURRENCY);
};

const inputOf = async (
  visit: Visit,
  { ItemSelector }: MapState,
  item: NonNullable<Frame['item']>,
): Promise<Json> => {
  if (ItemSelector === undefined) return item.Value;
  const input = await evaluate(ItemSelector, bindingsOf(visit, {}, item), 'ItemSelector');
  checkPayload(input, visit.name);
  return input;
};

const iteration =
  (visit: Visit, state: MapState, items: readonly Json[]): Part =>
  async (index, signal, chain) => {
    const { frame, name } = visit;
    const { history } = frame.run;
    const item = { Index: index, Value: items[index] ?? null };
    const input = await inputOf(visit, state, item);
    history.add(chain, 'MapIterationStarted', { mapIterationStartedEventDetails: { name, index } });
    const inner = innerFrame(frame, signal, chain.previous, item);
    const ended = (ending: 'Succeeded' | 'Failed' | 'Aborted') => {
      chain.previous = inner.chain.previous;
      history.aside(chain, `MapIteration${ending}`, {
        [`mapIteration${ending}EventDetails`]: { name, index },
      });
    };
    try {
      const output = await frame.run.runStates(inner, state.ItemProcessor, input);
      ended('Succeeded');
      return output;
    } catch (error) {
      const ending = endingOf(error);
      if (ending) ended(ending);
      throw error;
    } finally {
      dropScope(inner);
    }
  };

/** Runs the states of its processor for each item; its result are their outputs, in the order of the items. */
export const map = async (visit: Visit, state: MapState): Promise<Exit> => {
  const { history } = visit.frame.run;
  const { chain } = visit.frame;
  const items = await itemsOf(visit, state);
  const limit = await concurrencyOf(visit, state);
  history.add(chain, 'MapStateStarted', { mapStateStartedEventDetails: { length: items.length } });
  try {
    const result = await runParts(visit.frame, items.length, limit, iteration(visit, state, items));
    checkPayload(result, visit.name);
    history.aside(chain, 'MapStateSucceeded');
    const { Output, Assign, Next } = state;
    return { values: { result }, fallback: result, Output, Assign, next: Next };
  } catch (error) {
    if (endingOf(error) === 'Failed') history.add(chain, 'MapStateFailed');
    throw error;
  }
};
