import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { calmTimeline, type Moment, scenarioTimeline } from "./demo-scenario.ts";
import { type EventSender, SendError } from "./event-sender.ts";

export interface DemoListener {
  /** A scene begins. */
  scene(tells: string): void;
  /** The frontend didn't take an event, or can't be reached. */
  trouble(reason: string): void;
}

/** Events that are due within this time go out in one request (milliseconds). */
const TICK_MS = 40;
/** How long to wait when the frontend is restarting. */
const AFTER_TROUBLE_MS = 2000;

/**
 * Plays the scenario once; resolves with the number of events that were accepted.
 * @throws SendError
 */
export async function playScenario(sender: EventSender, listener: DemoListener, signal: AbortSignal): Promise<number> {
  return play(scenarioTimeline(), sender, listener, signal);
}

/** Plays the scenario and then goes on calmly until the signal is aborted. Never rejects. */
export async function playScenarioForever(
  sender: EventSender,
  listener: DemoListener,
  signal: AbortSignal,
): Promise<void> {
  for (let round = 0; !signal.aborted; round++) {
    try {
      await play(round === 0 ? scenarioTimeline() : calmTimeline(round), sender, listener, signal);
    } catch (error) {
      if (signal.aborted) return;
      listener.trouble(error instanceof Error ? error.message : String(error));
      if (!(error instanceof SendError)) return;
      await sleep(AFTER_TROUBLE_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

async function play(
  moments: readonly Moment[],
  sender: EventSender,
  listener: DemoListener,
  signal: AbortSignal,
): Promise<number> {
  const started = performance.now();
  let accepted = 0;
  for (let next = 0; next < moments.length; ) {
    const dueMs = (moments[next]?.at ?? 0) * 1000;
    const wait = started + dueMs - performance.now();
    if (wait > 0) await sleep(wait, undefined, { signal });
    signal.throwIfAborted();
    const events: { line: number; text: string }[] = [];
    for (
      let moment = moments[next];
      moment !== undefined && moment.at * 1000 < dueMs + TICK_MS;
      moment = moments[++next]
    ) {
      if ("tells" in moment) listener.scene(moment.tells);
      else events.push({ line: next + 1, text: stamped(moment) });
    }
    const refusals = await sender.send(events);
    for (const refusal of refusals) listener.trouble(`an event was refused: ${refusal.reason}`);
    accepted += events.length - refusals.length;
  }
  return accepted;
}

function stamped(moment: Extract<Moment, { event: unknown }>): string {
  return JSON.stringify({ event_id: randomUUID(), timestamp: new Date().toISOString(), ...moment.event });
}
