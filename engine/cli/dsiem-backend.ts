import { isMainThread } from "node:worker_threads";
import { BACKEND_FLAGS, backendConfig } from "./backend-flags.ts";
import { processTerminal, serveCommandLine, startedScript } from "./serve-command.ts";
import { exitProcess, runServiceProcess } from "./service-process.ts";

// See dsiem-frontend.ts for why this asks for the thread, and imports late.
if (isMainThread) {
  const description = "Dsiem backend: correlates events against directives and writes alarms";
  const line = serveCommandLine(
    { name: "dsiem-backend", description, flags: BACKEND_FLAGS },
    processTerminal(),
    (values, env) => {
      const config = backendConfig(values, env, startedScript());
      return runServiceProcess(config.log, async (signal) => {
        const { runBackend } = await import("../service/backend.ts");
        return runBackend(config, signal);
      });
    },
  );
  exitProcess(await line.run());
} else {
  await import("../service/reload-work.ts");
  await import("../store/state-worker.ts");
}
