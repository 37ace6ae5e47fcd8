import { isMainThread } from "node:worker_threads";
import type { FrontendConfig } from "../service/config.ts";
import type { FrontendDeps } from "../service/frontend.ts";
import { FRONTEND_FLAGS, frontendConfig } from "./frontend-flags.ts";
import { processTerminal, serveCommandLine, startedScript } from "./serve-command.ts";
import { exitProcess, runServiceProcess } from "./service-process.ts";
import { supervisorChannel } from "./supervisor-channel.ts";

/** A supervisor that can be asked says so in the environment; others only start and stop. */
function askedSupervisor(config: FrontendConfig): FrontendDeps {
  const supervisor = process.env.DSIEM_SUPERVISED === "1" ? supervisorChannel() : undefined;
  return config.console === undefined || supervisor === undefined ? {} : { supervisor };
}

// A build is one file, which worker threads load again for their own role: only the main thread is the command, and
// the others need the module that holds the role. The service itself is imported when it is started, so that --help and
// a bad flag answer at once.
if (isMainThread) {
  const description = "Dsiem frontend: takes normalized events over HTTP, serves the configuration, limits the rate";
  const line = serveCommandLine(
    { name: "dsiem-frontend", description, flags: FRONTEND_FLAGS },
    processTerminal(),
    (values, env) => {
      const config = frontendConfig(values, env, startedScript());
      return runServiceProcess(config.log, async () => {
        const { runFrontend } = await import("../service/frontend.ts");
        return runFrontend(config, askedSupervisor(config));
      });
    },
  );
  exitProcess(await line.run());
} else {
  await import("../service/config-tools.ts");
  await import("../service/config-work.ts");
  await import("../service/coverage-work.ts");
  await import("../replay/replay-worker.ts");
  await import("../replay/retained-worker.ts");
  await import("../store/console/console-worker.ts");
  await import("../store/events/event-search-thread.ts");
}
