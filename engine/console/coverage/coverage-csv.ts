import type { CoverageAnswer, EventKind } from "../../contract/console/coverage.ts";
import { csvCell } from "../csv-cell.ts";

const HEAD = ["what", "name", "detail", "count", "last"];

/** A line for each kind of event without a directive, each rule that no event met, and each address without a value. */
export function* coverageCsv({ uncovered, directives, addresses }: CoverageAnswer): Generator<string> {
  yield line(HEAD);
  for (const { is, title, count, last } of uncovered) {
    yield line(["event without directive", kindCell(is), title, count, timeCell(last)]);
  }
  for (const { id, name, stages } of directives) {
    for (const stage of stages) {
      if (stage.matched > 0) continue;
      yield line([
        "rule that no event met",
        `${id} ${name}`,
        `stage ${stage.stage}: ${stage.name}`,
        stage.interested,
        "",
      ]);
    }
  }
  for (const { ip, asSource, asTarget, last } of addresses) {
    const detail = `source of ${asSource}, target of ${asTarget}`;
    yield line(["address without asset value", ip, detail, asSource + asTarget, timeCell(last)]);
  }
}

function kindCell(is: EventKind): string {
  return is.kind === "plugin"
    ? `${is.pluginId}/${is.pluginSid}`
    : [is.product, is.category, is.subcategory].join(" / ");
}

function timeCell(atMs: number): string {
  return new Date(atMs).toISOString();
}

function line(cells: readonly (string | number)[]): string {
  return `${cells.map(csvCell).join(",")}\r\n`;
}
