import { QueryError } from "../../query/query-error.ts";
import { readAlarmQuery } from "../../store/console/alarm-query.ts";
import { ApiFault } from "../api-fault.ts";

/** @throws ApiFault that says what is wrong with the query, and where. */
export function checkAlarmQuery(q: string | undefined): void {
  try {
    readAlarmQuery(q);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new ApiFault(400, error.message, { column: error.column, length: error.length, field: "q" });
  }
}
