import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import type { Backends } from "../console/backends.ts";
import type { CurrentSettings } from "../console/current-settings.ts";
import type { Fleet } from "../console/fleet.ts";
import type { LiveTopics } from "../console/live/topic.ts";
import type { Handlers } from "../console/route-table.ts";
import type { Supervision } from "../console/supervision/supervision.ts";
import type { ConsoleConfig, FrontendConfig } from "./config.ts";
import type { ConsoleEvents } from "./events-feature.ts";

/** What a feature of the console is made of. */
export interface FeatureParts {
  config: ConsoleConfig;
  frontend: FrontendConfig;
  bus: Bus;
  backends: Backends;
  fleet: Fleet;
  clock: Clock;
  log: Logger;
  supervision: Supervision;
  events: ConsoleEvents;
  settings: CurrentSettings;
}

/** A part of the console: the routes and the topics that it answers. */
export interface Feature {
  handlers?: Handlers;
  topics?: LiveTopics;
  close?(): void | Promise<void>;
}
