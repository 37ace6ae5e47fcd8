import type { z } from "zod";
import { DsiemError, errorText } from "../base/errors.ts";
import {
  apiErrorSchema,
  type HealthAnswer,
  healthAnswerSchema,
  type LossesAnswer,
  lossesAnswerSchema,
} from "../contract/console-api.ts";
import { isSupervisor } from "../supervisor/profile.ts";
import { type RunningSession, readSession } from "../supervisor/session-file.ts";
import { Paint } from "./alarm-lines.ts";
import { EXIT_RUNTIME_ERROR, type Terminal } from "./command-line.ts";
import { dataFolder, type StartOptions } from "./start.ts";
import { statusText } from "./status-text.ts";

/** A frontend answers these in milliseconds; on a machine under full load it may take its time. */
const TIMEOUT_MS = 5000;

export type StatusOptions = Pick<StartOptions, "profile" | "dataDir"> & { json: boolean };

/** A running system can't be asked; the message says why and what to do. */
class StatusError extends DsiemError {
  constructor(message: string, cause?: unknown) {
    super("STATUS", message, { cause });
  }
}

/**
 * `dsiem status`: how the services of a profile are, and what became of their events. Resolves with the exit code: 1
 * when nothing runs.
 */
export async function showStatus(options: StatusOptions, terminal: Terminal): Promise<number> {
  const folder = dataFolder(options);
  const session = readSession(folder);
  if (session === undefined || !isSupervisor(session.pid)) {
    const hint = "npm start, or dsiem start, starts one";
    if (options.json) terminal.out(`${JSON.stringify({ running: false, folder })}\n`);
    else terminal.err(`dsiem: nothing runs in ${folder}; ${hint}\n`);
    return EXIT_RUNTIME_ERROR;
  }
  const [health, losses] = await Promise.all([
    ask(session, "/api/health", healthAnswerSchema),
    ask(session, "/api/losses", lossesAnswerSchema),
  ]);
  if (options.json) terminal.out(`${JSON.stringify(withoutToken(folder, session, health, losses), undefined, 2)}\n`);
  else terminal.out(statusText({ folder, url: session.url, health, losses }, Paint.for(process.stdout, terminal.env)));
  return 0;
}

function withoutToken(folder: string, { url, pid }: RunningSession, health: HealthAnswer, losses: LossesAnswer) {
  return { running: true, folder, url, pid, health, losses };
}

async function ask<T>({ url, token }: RunningSession, path: string, schema: z.ZodType<T>): Promise<T> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    body = await response.json();
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : errorText(error);
    throw new StatusError(
      `the frontend at ${url} doesn't answer (${reason}): it may be starting, or restarting`,
      error,
    );
  }
  const answer = schema.safeParse(body);
  if (status === 200 && answer.success) return answer.data;
  const said = apiErrorSchema.safeParse(body).data?.error ?? "its answer can't be read; is it of another version?";
  throw new StatusError(`the frontend at ${url} answers ${status}: ${said}`);
}
