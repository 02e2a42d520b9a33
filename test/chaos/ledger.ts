/** What a run knows of one record. */
export interface Known {
  readonly entity: string;
  readonly seed: number;
  /** Versions that were acknowledged, with what a client was shown of them; null is a removal. */
  readonly acknowledged: Map<number, Readonly<Record<string, unknown>> | null>;
  /** Whether some write of it may have been done without anybody hearing of it. */
  open: boolean;
}

/** A create nobody was told the end of: known by a text no other record has. */
export interface Lost {
  readonly entity: string;
  readonly seed: number;
  readonly stamp: string;
}

/** All that the clients did, and were told. */
export interface Ledger {
  readonly known: Map<string, Known>;
  readonly lost: Lost[];
  /** Texts of writes that were refused: nothing may have them. */
  readonly refused: Lost[];
  readonly poison: Map<string, { readonly seed: number; acknowledged: boolean }>;
  /** What a product had in stock when it was made. */
  readonly stock: Map<string, number>;
}

export const emptyLedger = (): Ledger => ({
  known: new Map(),
  lost: [],
  refused: [],
  poison: new Map(),
  stock: new Map(),
});
