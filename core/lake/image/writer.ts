import type { AttributeMap, AttributeValue } from '../attribute-value.ts';
import type { Sink } from '../sink.ts';

/**
 * Writes the JSON of an attribute value that certainly fits its schema, and says true. False says that this is not
 * certain: the value must be parsed by the schema itself, which has the last word. What was written is then void.
 */
export type WriteAttribute = (attribute: AttributeValue, sink: Sink) => boolean;

/** Writes the members of a JSON object, each after a comma; else as `WriteAttribute`. */
export type WriteMap = (map: AttributeMap, sink: Sink) => boolean;
