import type { JsonParseMethods } from "../processes/json-parse.ts";
import { Helper } from "./helper.ts";
import type { Workload } from "./workload.ts";

const MEASURE_MS = 400;
const CALL_MS = 30_000;

/** What `JSON.parse` of a workload's events costs on this machine right now, in a process of its own. */
export class JsonParseBaseline {
  readonly #workload: Workload;
  readonly #helper = new Helper<JsonParseMethods>("json-parse.ts");

  constructor(workload: Workload) {
    this.#workload = workload;
  }

  /** Events a second on one thread, and microseconds of CPU time for each. */
  measure(): Promise<{ perSecond: number; cpuMicros: number }> {
    return this.#helper.call("measure", { workload: this.#workload, milliseconds: MEASURE_MS }, CALL_MS);
  }

  stop(): Promise<void> {
    return this.#helper.stop();
  }
}
