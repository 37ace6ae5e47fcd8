import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import type { Bus } from "../bus/bus.ts";
import type { Jobs } from "../console/alarms/jobs.ts";
import type { Backends } from "../console/backends.ts";
import type { ConfigDesk } from "../console/config/config-desk.ts";
import type { CurrentSettings } from "../console/current-settings.ts";
import type { Fleet } from "../console/fleet.ts";
import type { LiveTopics } from "../console/live/topic.ts";
import type { Handlers } from "../console/route-table.ts";
import type { Supervision } from "../console/supervision/supervision.ts";
import type { ConsoleStore } from "../store/console/console-store.ts";
import type { ConsoleConfig, FrontendConfig } from "./config.ts";
import type { ThreadedCoverage } from "./coverage-work.ts";
import type { ConsoleEvents, RetainedArchive } from "./events-feature.ts";

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

/** What the features that others lean on hand on: the database, how far jobs are, the configuration's files, the retained events and what they teach. */
export interface SharedParts extends FeatureParts {
  store: ConsoleStore;
  jobs: Jobs;
  desk: ConfigDesk;
  retained: RetainedArchive;
  coverage: ThreadedCoverage;
}
