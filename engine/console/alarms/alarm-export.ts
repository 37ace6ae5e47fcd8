import type { AlarmRow } from "../../contract/console/alarms.ts";
import { ApiFault } from "../api-fault.ts";
import { csvCell } from "../csv-cell.ts";
import type { StreamAnswer } from "../route-table.ts";
import type { AlarmStore } from "./alarm-store.ts";

const CHUNK = 1000;

type Column = Exclude<keyof AlarmRow, "rev">;
const COLUMNS: readonly Column[] = [
  ...(["id", "title", "risk", "riskClass", "status", "tag", "kingdom", "category", "created", "updated"] as const),
  ...([
    "directiveId",
    "node",
    "stage",
    "stages",
    "stageEvents",
    "stageOccurrence",
    "progress",
    "src",
    "srcCount",
  ] as const),
  ...(["dst", "dstCount", "networks", "events", "intel", "vuln", "customData", "note", "touched"] as const),
];

export interface ExportRequest {
  format: "csv" | "json" | "ndjson";
  /** Names of columns, separated by commas; all of them unless given. */
  columns?: string | undefined;
  /** The alarms, in order. */
  ns: Float64Array;
}

/** Exactly these alarms, read piece by piece while the client takes them. One that was deleted meanwhile is left out. */
export function alarmExport(store: AlarmStore, { format, columns, ns }: ExportRequest, fileName: string): StreamAnswer {
  const names = readColumns(columns);
  const answer = (contentType: string, content: AsyncIterable<string>): StreamAnswer => ({
    ...{ contentType, content, fileName: `${fileName}.${format}` },
  });
  switch (format) {
    case "csv":
      return answer("text/csv; charset=utf-8", csv(rows(store, ns), names));
    case "json":
      return answer("application/json; charset=utf-8", json(rows(store, ns), names));
    case "ndjson":
      return answer("application/x-ndjson; charset=utf-8", ndjson(rows(store, ns), names));
  }
}

function readColumns(text: string | undefined): readonly Column[] {
  if (text === undefined) return COLUMNS;
  return text.split(",").map((name) => {
    const column = COLUMNS.find((each) => each === name.trim());
    if (column !== undefined) return column;
    throw new ApiFault(400, `There is no column ${name}; there are ${COLUMNS.join(", ")}.`, { field: "columns" });
  });
}

async function* rows(store: AlarmStore, ns: Float64Array): AsyncGenerator<AlarmRow[]> {
  for (let from = 0; from < ns.length; from += CHUNK) {
    const chunk = [...ns.slice(from, from + CHUNK)];
    const found = new Map((await store.read("among", { ns: chunk })).map((row) => [row.n, row]));
    yield chunk.flatMap((n) => found.get(n) ?? []);
  }
}

async function* csv(pages: AsyncIterable<AlarmRow[]>, names: readonly Column[]): AsyncGenerator<string> {
  yield `${names.join(",")}\r\n`;
  for await (const page of pages) {
    yield page.map((row) => `${names.map((name) => cellOf(name, row[name])).join(",")}\r\n`).join("");
  }
}

async function* json(pages: AsyncIterable<AlarmRow[]>, names: readonly Column[]): AsyncGenerator<string> {
  let separator = "[\n";
  for await (const page of pages) {
    for (const row of page) {
      yield `${separator}${JSON.stringify(chosen(row, names))}`;
      separator = ",\n";
    }
  }
  yield separator === "[\n" ? "[]\n" : "\n]\n";
}

async function* ndjson(pages: AsyncIterable<AlarmRow[]>, names: readonly Column[]): AsyncGenerator<string> {
  for await (const page of pages) yield page.map((row) => `${JSON.stringify(chosen(row, names))}\n`).join("");
}

function chosen(row: AlarmRow, names: readonly Column[]): object {
  return Object.fromEntries(names.map((name) => [name, row[name]]));
}

function cellOf(name: string, value: AlarmRow[Column]): string {
  if (typeof value === "number" && (name === "created" || name === "updated")) return new Date(value).toISOString();
  return csvCell(Array.isArray(value) ? value.join(" ") : (value ?? ""));
}
