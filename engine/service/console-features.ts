import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import type { Backends } from "../console/backends.ts";
import { backlogHandlers } from "../console/backlogs/backlog-handlers.ts";
import { backlogsTopic } from "../console/backlogs/backlogs-topic.ts";
import type { Fleet } from "../console/fleet.ts";
import { healthHandlers, statsTopic } from "../console/health-routes.ts";
import type { LiveTopics } from "../console/live/topic.ts";
import type { Handlers } from "../console/route-table.ts";
import { DEFAULT_SETTINGS } from "../contract/console/session.ts";
import type { FrontendConfig } from "./config.ts";
import { type ConsoleEvents, eventsFeature } from "./events-feature.ts";

/** What a feature of the console is made of. */
export interface FeatureParts {
  frontend: FrontendConfig;
  bus: Bus;
  backends: Backends;
  fleet: Fleet;
  clock: Clock;
  log: Logger;
  events: ConsoleEvents;
}

/** A part of the console: the routes and the topics that it answers. */
export interface Feature {
  handlers?: Handlers;
  topics?: LiveTopics;
  close?(): void | Promise<void>;
}

type OpenFeature = (parts: FeatureParts) => Feature | Promise<Feature>;

/** Every feature of the console. Each is wired in a line or a function of its own. */
const FEATURES: readonly OpenFeature[] = [
  ({ fleet, clock }) => ({
    handlers: healthHandlers(fleet, clock),
    topics: statsTopic(fleet, clock),
  }),
  ({ backends, clock }) => ({
    handlers: backlogHandlers(backends, () => clock.now()),
    topics: { backlogs: backlogsTopic(backends, clock) },
  }),
  ({ frontend, events, backends, clock, log }) =>
    eventsFeature({
      ...events,
      ...{ dataDir: frontend.dataDir, backends, clock, log, retained: DEFAULT_SETTINGS.retention.events },
    }),
];

export function joinedTopics(features: readonly Feature[]): LiveTopics {
  return Object.assign({}, ...features.map(({ topics }) => topics));
}

/** Opened in this order; when one can't be, those before it are closed. */
export async function openFeatures(parts: FeatureParts): Promise<readonly Feature[]> {
  const opened: Feature[] = [];
  try {
    for (const open of FEATURES) opened.push(await open(parts));
  } catch (error) {
    await Promise.all(opened.map((feature) => feature.close?.()));
    throw error;
  }
  return opened;
}
