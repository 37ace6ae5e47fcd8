import { isMainThread } from "node:worker_threads";
import { toolCommandLine } from "./dsiem-command.ts";
import { processTerminal, startedScript } from "./serve-command.ts";
import { exitProcess } from "./service-process.ts";

if (isMainThread) {
  // Whoever reads our output may stop reading, as `head` does.
  process.stdout.on("error", () => process.exit(0));
  exitProcess(await toolCommandLine(processTerminal(), startedScript()).run());
}
