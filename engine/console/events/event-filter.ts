import { asksForVerdict, EVENT_FIELDS, type SearchedEvent } from "../../query/event-fields.ts";
import { parseQuery } from "../../query/parse.ts";
import { type Predicate, predicateOf } from "../../query/predicate.ts";
import { QueryError } from "../../query/query-error.ts";
import { ApiFault } from "../api-fault.ts";

/** A query of events that was understood. */
export interface EventFilter {
  /** Finds everything. */
  readonly all: boolean;
  readonly finds: Predicate<SearchedEvent>;
  /** Whether what it finds depends on what the backends say. */
  readonly needsVerdict: boolean;
}

/** @throws ApiFault that says what is wrong with the query, and where. */
export function eventFilter(text: string | undefined): EventFilter {
  try {
    const query = parseQuery(text ?? "", EVENT_FIELDS);
    return { all: query.kind === "all", finds: predicateOf(query, EVENT_FIELDS), needsVerdict: asksForVerdict(query) };
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new ApiFault(400, error.message, { column: error.column, length: error.length, field: "q" });
  }
}
