import type { ParallelState } from '../../definition/schema.ts';
import { evaluate } from '../evaluate.ts';
import { checkPayload, dropScope } from '../limits.ts';
import { innerFrame } from '../run.ts';
import { bindingsOf, type Exit, type Visit } from '../visit.ts';
import { endingOf, runParts, type Part } from './parts.ts';

const branch =
  (visit: Visit, state: ParallelState, input: Visit['input']): Part =>
  async (index, signal, chain) => {
    const inner = innerFrame(visit.frame, signal, chain.previous);
    const states = state.Branches[index];
    try {
      return states ? await visit.frame.run.runStates(inner, states, input) : null;
    } finally {
      chain.previous = inner.chain.previous;
      dropScope(inner);
    }
  };

/** Runs its branches side by side with one input; its result are their outputs, in the order of the branches. */
export const parallel = async (visit: Visit, state: ParallelState): Promise<Exit> => {
  const { history } = visit.frame.run;
  const { chain } = visit.frame;
  const input = await evaluate(state.Arguments ?? visit.input, bindingsOf(visit), 'Arguments');
  checkPayload(input, visit.name);
  history.add(chain, 'ParallelStateStarted');
  const count = state.Branches.length;
  try {
    const result = await runParts(visit.frame, count, count, branch(visit, state, input));
    checkPayload(result, visit.name);
    history.aside(chain, 'ParallelStateSucceeded');
    const { Output, Assign, Next } = state;
    return { values: { result }, fallback: result, Output, Assign, next: Next };
  } catch (error) {
    if (endingOf(error) === 'Failed') history.add(chain, 'ParallelStateFailed');
    throw error;
  }
};
