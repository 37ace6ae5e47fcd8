import { backlogHandlers } from "../console/backlogs/backlog-handlers.ts";
import { backlogsTopic } from "../console/backlogs/backlogs-topic.ts";
import { diagnosticsHandlers } from "../console/diagnostics/diagnostics.ts";
import { healthHandlers, statsTopic } from "../console/health-routes.ts";
import type { LiveTopics } from "../console/live/topic.ts";
import { alarmsFeature } from "./alarms-feature.ts";
import { configFeature, openDesk } from "./config-feature.ts";
import { coverageFeature } from "./coverage-feature.ts";
import { ThreadedCoverage } from "./coverage-work.ts";
import { eventsFeature } from "./events-feature.ts";
import type { Feature, FeatureParts, SharedParts } from "./feature.ts";
import { replayFeature } from "./replay-feature.ts";
import { retainedReplayFeature } from "./retained-replay-feature.ts";
import { sessionFeature } from "./session-feature.ts";

type OpenFeature = (parts: SharedParts) => Feature | Promise<Feature>;

/** Every feature that no other leans on. Each is wired in a line or a function. */
const FEATURES: readonly OpenFeature[] = [
  ({ fleet, clock, store }) => ({
    handlers: healthHandlers(fleet, clock, () => store.trouble),
    topics: statsTopic(fleet, clock, () => store.trouble),
  }),
  sessionFeature,
  ({ backends, clock }) => ({
    handlers: backlogHandlers(backends, () => clock.now()),
    topics: { backlogs: backlogsTopic(backends, clock) },
  }),
  configFeature,
  coverageFeature,
  diagnosticsFeature,
  replayFeature,
  retainedReplayFeature,
];

export function joinedTopics(features: readonly Feature[]): LiveTopics {
  return Object.assign({}, ...features.map(({ topics }) => topics));
}

/** What somebody who helps gets to see. */
function diagnosticsFeature({ config, fleet, supervision, clock, settings, store }: SharedParts): Feature {
  const { version, commit } = config;
  const parts = {
    ...{ fleet, supervision, version, commit, settings: async () => settings.now, now: () => clock.now() },
    database: () => store.trouble,
  };
  return { handlers: diagnosticsHandlers(parts) };
}

/** Opened in this order; when one can't be, those before it are closed. */
export async function openFeatures(parts: FeatureParts): Promise<readonly Feature[]> {
  const opened: Feature[] = [];
  try {
    const { frontend, events: source, backends, clock, log, settings } = parts;
    const alarms = await alarmsFeature(parts);
    opened.push(alarms);
    const { store, jobs } = alarms;
    const { desk, ...files } = openDesk(parts);
    opened.push(files);
    const events = await eventsFeature({ ...source, ...{ dataDir: frontend.dataDir, backends, clock, log, settings } });
    opened.push(events);
    const { retained } = events;
    const coverage = new ThreadedCoverage(desk, retained, () => clock.monotonic());
    const shared: SharedParts = { ...parts, store, jobs, desk, retained, coverage };
    for (const open of FEATURES) opened.push(await open(shared));
  } catch (error) {
    await Promise.all(opened.map((feature) => feature.close?.()));
    throw error;
  }
  return opened;
}
