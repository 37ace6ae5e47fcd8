import type { ConfigFile } from "../base/config-file.ts";
import { checkConfigFile } from "../directive/config-check.ts";
import {
  type CheckedFile,
  type ConfigWork,
  checkedFile,
  type PrintedFile,
  printConfigFile,
} from "../ingest/config-work.ts";
import { type JobResult, JobThread, ownBytes, serveJobs } from "./job-thread.ts";

/**
 * Files up to this size are printed and checked at once, in the event loop: a few milliseconds. Larger ones, up to
 * seconds of work for 50 MB, go to a thread of their own, so that ingest doesn't wait for them.
 */
const INLINE_BYTES = 256 * 1024;
const ROLE = "config-work";

/** Prints and checks configuration files, in a thread where they are large. One job after the other. */
export class ThreadedConfigWork implements ConfigWork {
  readonly #thread = new JobThread(import.meta.url, ROLE);

  async print(file: ConfigFile): Promise<PrintedFile> {
    if (file.bytes.length <= INLINE_BYTES) return printConfigFile(file);
    return (await this.#inThread("print", file)) as PrintedFile;
  }

  async check(file: ConfigFile): Promise<CheckedFile> {
    if (file.bytes.length <= INLINE_BYTES) return checkedFile(file, checkConfigFile(file));
    return (await this.#inThread("check", file)) as CheckedFile;
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }

  #inThread(kind: "print" | "check", file: ConfigFile): Promise<unknown> {
    const bytes = ownBytes(file.bytes);
    return this.#thread.run(kind, { name: file.name, bytes } satisfies ConfigFile, [bytes.buffer]);
  }
}

function handedOver(result: PrintedFile | CheckedFile): JobResult {
  const bytes = "bytes" in result ? result.bytes : "printed" in result ? result.printed : undefined;
  return { result, transfer: bytes?.buffer instanceof ArrayBuffer ? [bytes.buffer] : [] };
}

serveJobs(ROLE, {
  print: (file: ConfigFile) => handedOver(printConfigFile(file)),
  check: (file: ConfigFile) => handedOver(checkedFile(file, checkConfigFile(file))),
});
