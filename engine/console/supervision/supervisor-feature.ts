import { passes } from "../../base/log-tail.ts";
import type { LogLine } from "../../contract/console/supervisor.ts";
import { stateTopic } from "../live/state-topic.ts";
import type { LiveTopic, LiveTopics } from "../live/topic.ts";
import type { Handlers } from "../route-table.ts";
import type { Supervision } from "./supervision.ts";

const DEFAULT_LINES = 500;
const MAX_LINES = 2000;
/** More lines than that in a tenth of a second are no reading matter. */
const MAX_LINES_PER_DELTA = 200;

export function supervisorHandlers(supervision: Supervision): Handlers {
  return {
    "GET /supervisor": () => supervision.state(),
    "GET /supervisor/log": async ({ query: { service, level, limit } }) => {
      const count = Math.min(Number(limit ?? DEFAULT_LINES) || DEFAULT_LINES, MAX_LINES);
      return { lines: await supervision.lines({ service, level }, count) };
    },
    "POST /supervisor/:service/restart": async ({ params: { service } }) => {
      await supervision.ask("restart", { service });
      return { ok: true };
    },
  };
}

export function supervisorTopics(supervision: Supervision): LiveTopics {
  return {
    supervisor: stateTopic<"supervisor">({
      read: () => supervision.state(),
      onChange: (changed) => supervision.onChange(changed),
    }),
    log: logTopic(supervision),
  };
}

function logTopic(supervision: Supervision): LiveTopic<"log"> {
  return {
    open: async (filter, sink) => {
      let waiting: LogLine[] = [];
      let notShown = 0;
      // What is said while the last lines are fetched is among them, or comes after them: the greatest id tells.
      let shownUpTo = -1;
      const stop = supervision.onLines((lines, left) => {
        notShown += left;
        for (const line of lines) {
          if (line.id <= shownUpTo || !passes(line, filter)) continue;
          if (waiting.length < MAX_LINES_PER_DELTA) waiting.push(line);
          else notShown += 1;
        }
      });
      const snapshot = async (): Promise<void> => {
        const lines = await supervision.lines(filter, DEFAULT_LINES);
        shownUpTo = Math.max(shownUpTo, lines.at(-1)?.id ?? -1);
        waiting = waiting.filter(({ id }) => id > shownUpTo);
        sink.snapshot({ lines });
      };
      const fail = (): void => sink.fail({ error: "The supervisor doesn't hand over the log." });
      await snapshot().catch(fail);
      return {
        close: stop,
        resnapshot: () => void snapshot().catch(fail),
        flush: () => {
          if (waiting.length === 0 && notShown === 0) return;
          sink.delta({ lines: waiting, notShown });
          waiting = [];
          notShown = 0;
        },
      };
    },
  };
}
