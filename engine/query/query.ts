import type { Cidr } from "../base/ip.ts";
import type { Comparison } from "./comparison.ts";
import type { Pattern } from "./pattern.ts";
import type { Span } from "./query-error.ts";
import type { TimeValue } from "./time-value.ts";

/** What is asked of one field. Of several values one is enough; comparisons other than `=` have a single one. */
export type FieldTest =
  | { readonly of: "text"; readonly how: "equals" | "holds"; readonly patterns: readonly Pattern[] }
  | { readonly of: "number"; readonly comparison: Comparison; readonly values: readonly number[] }
  | { readonly of: "time"; readonly comparison: Comparison; readonly times: readonly TimeValue[] }
  | { readonly of: "address"; readonly networks: readonly Cidr[] }
  | { readonly of: "choice"; readonly values: readonly string[] };

/** A query that was understood. `and` and `or` have two parts or more, and none of their own kind among them. */
export type Query =
  | { readonly kind: "all" }
  | { readonly kind: "and" | "or"; readonly parts: readonly Query[] }
  | { readonly kind: "not"; readonly part: Query }
  /** Looked for wherever text is. */
  | { readonly kind: "word"; readonly pattern: Pattern; readonly at: Span }
  /** `field` is in the vocabulary that the query was read with. */
  | { readonly kind: "test"; readonly field: string; readonly test: FieldTest; readonly at: Span };
