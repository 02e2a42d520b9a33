import { DuckDBScalarFunction, INTEGER, VARCHAR } from '@duckdb/node-api';
import { BUCKET_FUNCTION, bucketOf } from './transform.ts';

/** The engine's function for the bucket of a value: DuckDB itself has no Murmur3. */
export const bucketFunction = (): DuckDBScalarFunction =>
  DuckDBScalarFunction.create({
    name: BUCKET_FUNCTION,
    parameterTypes: [VARCHAR, VARCHAR, INTEGER],
    returnType: INTEGER,
    mainFunction: (_info, input, output) => {
      const [kinds, texts, counts] = [0, 1, 2].map((index) => input.getColumnVector(index));
      for (let row = 0; row < input.rowCount; row += 1) {
        const [kind, text, count] = [kinds, texts, counts].map((column) => column?.getItem(row));
        const known = kind != null && text != null && count != null;
        output.setItem(row, known ? bucketOf(String(kind), String(text), Number(count)) : null);
      }
      output.flush();
    },
  });
