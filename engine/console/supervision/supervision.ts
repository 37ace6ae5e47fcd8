import type { LineFilter } from "../../base/log-tail.ts";
import type { ConsoleFacts, SupervisorAnswer, SupervisorAsk } from "../../contract/console/supervision.ts";
import type { LogLine, SupervisorState } from "../../contract/console/supervisor.ts";

/** What can be asked of a supervisor besides what is watched. */
export type SupervisorTask = "restart" | "reload" | "profiles" | "use" | "inspect" | "editable" | "eraseDemo";

/** Whoever started this frontend and looks after the services, or the frontend itself where nobody does. */
export interface Supervision {
  facts(): ConsoleFacts;
  state(): SupervisorState;
  /** Calls back when the state or the facts have changed, until what it returns is called. */
  onChange(changed: () => void): () => void;
  /** The last lines, the newest last. */
  lines(filter: LineFilter, limit: number): Promise<LogLine[]>;
  /** Every new line, while anybody listens; `notShown` counts those that were too many. */
  onLines(listener: (lines: readonly LogLine[], notShown: number) => void): () => void;
  /**
   * @throws ApiFault when it is refused, or when there is no supervisor that could do it
   */
  ask<K extends SupervisorTask>(task: K, params: SupervisorAsk<K>): Promise<SupervisorAnswer<K>>;
}
