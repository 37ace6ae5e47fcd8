import { DsiemError } from "../base/errors.ts";

/** A query can't be read: what is wrong and what would be right, and where it stands. */
export class QueryError extends DsiemError {
  /** UTF-16 units from the beginning of the query, from 0. */
  readonly column: number;
  /** How many are meant; 0 when something is missing at the end. */
  readonly length: number;

  constructor(message: string, at: Span) {
    super("QUERY", message);
    this.column = at.column;
    this.length = at.length;
  }
}

/** A piece of a query's text. */
export interface Span {
  readonly column: number;
  readonly length: number;
}
