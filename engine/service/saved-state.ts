import { join } from "node:path";
import type { Correlator } from "../backlog/correlator.ts";
import type { Clock } from "../base/clock.ts";
import { errorText } from "../base/errors.ts";
import type { Logger } from "../base/log.ts";
import { readSavedBacklogs, removeSavedBacklogs, type SavedFile, writeSavedBacklogs } from "../store/saved-backlogs.ts";
import type { BackendConfig } from "./config.ts";

/**
 * Puts the saved backlogs of the directives loaded here back and takes their files away; what can't be used is moved
 * to the quarantine folder with a log line each (engine.md §9). With `--reload-backlogs=false` nothing is touched. A
 * folder that can't be read is an error in the log: alarms to come are worth more than the backlogs of before.
 */
export async function restoreSavedBacklogs(
  config: BackendConfig,
  correlator: Correlator,
  clock: Clock,
  log: Logger,
): Promise<void> {
  if (!config.reloadBacklogs) return;
  const folder = savedFolder(config);
  let files: SavedFile[];
  try {
    files = await readSavedBacklogs(folder, (directiveId) => correlator.hasDirective(directiveId));
  } catch (error) {
    log.error("the saved backlogs can't be read", { folder, reason: errorText(error) });
    return;
  }
  for (const file of files) {
    const refused = correlator.restore(file.directiveId, file.backlogs, clock.now());
    file.unusable.push(...refused);
    for (const reason of file.unusable) {
      log.warn("a saved backlog can't be used and is set aside", { "directive.id": file.directiveId, reason });
    }
  }
  const quarantine = join(config.dataDir, "logs", ".state", "quarantine");
  for (const failure of await removeSavedBacklogs(folder, files, quarantine, clock.now())) {
    log.warn("a file of saved backlogs can't be removed", {
      "directive.id": failure.directiveId,
      reason: failure.message,
    });
  }
  if (files.length > 0) log.info("saved backlogs loaded", { files: files.length, backlogs: correlator.liveBacklogs });
}

/**
 * Saves the live backlogs, one file for each directive that has any (engine.md §9). What can't be saved is logged, and
 * then the answer is false.
 */
export async function saveBacklogs(config: BackendConfig, correlator: Correlator, log: Logger): Promise<boolean> {
  const saved = correlator.snapshot();
  const folder = savedFolder(config);
  try {
    const failures = await writeSavedBacklogs(folder, saved);
    for (const failure of failures) {
      log.error("backlogs could not be saved", { "directive.id": failure.directiveId, reason: failure.message });
    }
    log.info("backlogs saved", { directives: saved.size - failures.length, backlogs: correlator.liveBacklogs });
    return failures.length === 0;
  } catch (error) {
    log.error("backlogs could not be saved", { folder, reason: errorText(error) });
    return false;
  }
}

function savedFolder(config: BackendConfig): string {
  return join(config.dataDir, "logs", "backlogs");
}
