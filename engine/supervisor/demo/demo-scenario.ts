import scenarioFile from "../../../assets/demo/scenario.json" with { type: "json" };
import type { EventInput } from "../../contract/event.ts";

/** An event of the scenario before it gets its id and time. */
export type DemoEvent = Omit<EventInput, "event_id" | "timestamp">;

interface Step {
  /** Seconds after the end of the step before. */
  after: number;
  times: number;
  /** Seconds between two events. */
  every: number;
  /** `$attacker` stands for the scene's attacker. */
  event: DemoEvent;
  /** Values that a field takes in turn. */
  vary?: { readonly [Field in keyof DemoEvent]?: readonly (string | number)[] };
}

interface Scene {
  name: string;
  /** What happens, in a sentence for the terminal. */
  tells: string;
  /** Seconds after the start of the scenario. */
  at: number;
  /** One is taken for each time the scene is played. */
  attackers: readonly string[];
  steps: readonly Step[];
}

interface Scenario {
  lengthSeconds: number;
  /** Harmless traffic all the while. */
  background: { everySeconds: number; events: readonly DemoEvent[] };
  scenes: readonly Scene[];
  /** After the first minute one scene at a time, with other attackers. */
  calm: { firstPauseSeconds: number; sceneEverySeconds: number };
}

/** What happens at one moment, in seconds from the start of its timeline. */
export type Moment = { at: number } & ({ tells: string } | { event: DemoEvent });

const scenario: Scenario = scenarioFile;

/** The whole scenario, about a minute, in order of time. */
export function scenarioTimeline(): Moment[] {
  const scenes = scenario.scenes.flatMap((scene) => sceneMoments(scene, scene.at, 0));
  return inOrder([...scenes, ...backgroundMoments(0, scenario.lengthSeconds)]);
}

/** What goes on after the scenario, round by round from 1: background traffic and one scene. */
export function calmTimeline(round: number): Moment[] {
  const { firstPauseSeconds, sceneEverySeconds } = scenario.calm;
  const at = round === 1 ? firstPauseSeconds : 0;
  const scene = scenario.scenes[(round - 1) % scenario.scenes.length];
  const turn = 1 + Math.floor((round - 1) / scenario.scenes.length);
  const moments = scene === undefined ? [] : sceneMoments(scene, at, turn);
  return inOrder([...moments, ...backgroundMoments(round, at + sceneEverySeconds)]);
}

function sceneMoments(scene: Scene, start: number, turn: number): Moment[] {
  const attacker = scene.attackers[turn % scene.attackers.length] ?? "192.0.2.1";
  const moments: Moment[] = [{ at: start, tells: withAttacker(scene.tells, attacker) }];
  let at = start;
  for (const step of scene.steps) {
    at += step.after;
    for (let i = 0; i < step.times; i++) {
      if (i > 0) at += step.every;
      moments.push({ at, event: eventOf(step, i, attacker) });
    }
  }
  return moments;
}

function eventOf(step: Step, index: number, attacker: string): DemoEvent {
  const entries = Object.entries(step.event).map(([field, value]) => {
    return [field, typeof value === "string" ? withAttacker(value, attacker) : value] as const;
  });
  const varied = Object.entries(step.vary ?? {}).map(
    ([field, values]) => [field, values[index % values.length]] as const,
  );
  // Names and types are those of `step.event`; `demo-scenario.test.ts` reads every event as the frontend would.
  return Object.fromEntries([...entries, ...varied]) as DemoEvent;
}

function withAttacker(text: string, attacker: string): string {
  return text.replaceAll("$attacker", attacker);
}

function backgroundMoments(round: number, length: number): Moment[] {
  const { everySeconds, events } = scenario.background;
  const moments: Moment[] = [];
  for (let i = 0; (i + 0.5) * everySeconds < length; i++) {
    const event = events[(i + round * 3) % events.length];
    if (event !== undefined) moments.push({ at: (i + 0.5) * everySeconds, event });
  }
  return moments;
}

function inOrder(moments: readonly Moment[]): Moment[] {
  return moments.toSorted((a, b) => a.at - b.at);
}
