import type { StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import { type Brush, within } from "./timeline.ts";

/** Events of an alarm as far as they were read, in the order in which they came. */
export interface EventPages {
  events: readonly StoredAlarmEvent[];
  /** All that the console has. */
  total: number;
}

export const NO_EVENTS: EventPages = { events: [], total: 0 };

/** A further page; events that are there already are not there twice. */
export function addEvents(before: EventPages, events: readonly StoredAlarmEvent[], total: number): EventPages {
  const last = before.events.at(-1)?.seq ?? -1;
  const news = events.filter((event) => event.seq > last);
  return { events: news.length === 0 ? before.events : [...before.events, ...news], total };
}

/** A line of the table: the head of a stage, or one of its events. */
export type EventLine =
  | { kind: "stage"; key: string; stage: number; name: string; count: number; occurrence: number | undefined }
  | { kind: "event"; key: string; event: StoredAlarmEvent };

export interface StageName {
  stage: number;
  name: string;
  occurrence: number;
}

/** Events by stage, each stage under a head; only those within the brush, and no head without any. */
export function eventLines(
  events: readonly StoredAlarmEvent[],
  stages: readonly StageName[],
  brush: Brush | undefined,
): EventLine[] {
  const shown = events.filter((event) => within(event, brush));
  const byStage = Map.groupBy(shown, (event) => event.stage);
  const names = new Map(stages.map((stage) => [stage.stage, stage]));
  return [...byStage]
    .sort(([a], [b]) => a - b)
    .flatMap(([stage, list]): EventLine[] => {
      const known = names.get(stage);
      const head: EventLine = {
        kind: "stage",
        key: `stage ${stage}`,
        stage,
        name: known?.name ?? "",
        count: list.length,
        occurrence: known?.occurrence,
      };
      return [head, ...list.map((event): EventLine => ({ kind: "event", key: String(event.seq), event }))];
    });
}
