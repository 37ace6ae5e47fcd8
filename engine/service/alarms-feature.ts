import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { alarmHandlers } from "../console/alarms/alarm-handlers.ts";
import { alarmTopic } from "../console/alarms/alarm-topic.ts";
import { alarmsTopic } from "../console/alarms/alarms-topic.ts";
import { BulkChanges } from "../console/alarms/bulk.ts";
import { Jobs } from "../console/alarms/jobs.ts";
import { JournalFollower } from "../console/alarms/journal-follower.ts";
import { CONSOLE_DATABASE, ConsoleStore } from "../store/console/console-store.ts";
import type { Feature, FeatureParts } from "./feature.ts";

/** What is kept no longer is looked for this often, and a step at a time with a pause for others in between. */
const RETENTION_MS = 10 * 60 * 1000;
const RETENTION_PAUSE_MS = 50;

/**
 * Alarms in the console: its database, what follows the backends' journals into it, and what answers from it.
 * @throws DsiemError when the database can't be used
 */
export async function alarmsFeature({
  frontend,
  backends,
  clock,
  log,
  settings,
}: Pick<FeatureParts, "frontend" | "backends" | "clock" | "log" | "settings">): Promise<
  Feature & { store: ConsoleStore; jobs: Jobs }
> {
  // Where there is a single status nothing is ever done with.
  const closed = frontend.status.length > 1 ? (frontend.status.at(-1) ?? "") : "";
  const store = await ConsoleStore.open({
    path: join(frontend.dataDir, CONSOLE_DATABASE),
    closed,
    monotonic: () => clock.monotonic(),
    onDefect: (error) => log.error(`the console's database can't be used and is started again: ${errorText(error)}`),
    onMended: () => log.info("the console's database is in use again; the alarms meanwhile come from the journals"),
  });
  settings.change(await store.read("settings", undefined));
  const jobs = new Jobs();
  const { status: statuses, tags } = frontend;
  const bulk = new BulkChanges({ store, jobs, clock, statuses, tags, newToken: () => randomUUID() });
  const follower = new JournalFollower({ store, backends, clock, log });
  const retention = new RetentionRound(store, closed, clock, log);
  return {
    store,
    jobs,
    handlers: alarmHandlers({ store, bulk, clock, settings, backupFolder: frontend.dataDir }),
    topics: { alarms: alarmsTopic({ store, clock, log }), alarm: alarmTopic(store), job: jobs.topic() },
    close: async () => {
      retention.close();
      bulk.close();
      await follower.close();
      await store.close();
    },
  };
}

/** Deletes what the settings say is kept no longer, now and then. */
class RetentionRound {
  readonly #store: ConsoleStore;
  readonly #closed: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  #timer: NodeJS.Timeout;
  #deleted = 0;
  #isClosed = false;

  constructor(store: ConsoleStore, closed: string, clock: Clock, log: Logger) {
    this.#store = store;
    this.#closed = closed;
    this.#clock = clock;
    this.#log = log;
    this.#timer = this.#in(RETENTION_MS);
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  #in(milliseconds: number): NodeJS.Timeout {
    return setTimeout(() => void this.#step(), milliseconds);
  }

  async #step(): Promise<void> {
    let more = false;
    try {
      const { alarmDays, maxMegabytes } = (await this.#store.read("settings", undefined)).retention;
      const limits = { nowMs: this.#clock.now(), alarmDays, maxMegabytes, closed: this.#closed };
      const step = await this.#store.write("retain", limits);
      this.#deleted += step.deleted;
      more = step.more;
    } catch (error) {
      if (this.#isClosed) return;
      this.#log.warn(`alarms that are kept no longer could not be deleted: ${errorText(error)}`);
    }
    if (!more && this.#deleted > 0) {
      this.#log.info("alarms that are kept no longer were deleted", { alarms: this.#deleted });
      this.#deleted = 0;
    }
    if (!this.#isClosed) this.#timer = this.#in(more ? RETENTION_PAUSE_MS : RETENTION_MS);
  }
}
