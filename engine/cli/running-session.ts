import { homedir } from "node:os";
import { join, resolve } from "node:path";
import type { z } from "zod";
import { DsiemError, errorText } from "../base/errors.ts";
import { apiErrorSchema } from "../contract/console-api.ts";
import { isSupervisor } from "../supervisor/profile.ts";
import { type RunningSession, readSession, sessionOfFolder, sessionOfRoot } from "../supervisor/session-file.ts";

/** A frontend answers these in milliseconds; on a machine under full load it may take its time. */
const TIMEOUT_MS = 5000;

/** Which system is meant: by its profile or its folder, else the one that was started without a wish. */
export interface SystemChoice {
  profile: string | undefined;
  dataDir: string | undefined;
}

/** A running system can't be asked; the message says why and what to do. */
class SessionError extends DsiemError {
  constructor(message: string, cause?: unknown) {
    super("SESSION", message, { cause });
  }
}

/** Where the profiles of this user are (operation.md §2). */
export function profileRoot(): string {
  return join(homedir(), ".dsiem-console");
}

/** The folder of the chosen system: its data folder, or that of all profiles. */
export function sessionFolder({ dataDir, profile }: SystemChoice): string {
  if (dataDir !== undefined) return resolve(dataDir);
  return profile === undefined ? profileRoot() : join(profileRoot(), profile);
}

/** `undefined` when nothing runs there. */
export function findSession(choice: SystemChoice): RunningSession | undefined {
  const folder = sessionFolder(choice);
  const isNamed = choice.dataDir !== undefined || choice.profile !== undefined;
  const session = readSession(isNamed ? sessionOfFolder(folder) : sessionOfRoot(folder));
  return session !== undefined && isSupervisor(session.pid) ? session : undefined;
}

export function nothingRuns(folder: string): string {
  return `nothing runs in ${folder}; npm start, or dsiem start, starts one`;
}

/**
 * Asks the frontend of a running system.
 * @throws SessionError when it doesn't answer, or refuses
 */
export async function askFrontend<T>(
  { url, token }: RunningSession,
  method: "GET" | "POST",
  path: string,
  schema: z.ZodType<T>,
): Promise<T> {
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = response.status;
    body = await response.json();
  } catch (error) {
    const reason = error instanceof Error && error.cause !== undefined ? errorText(error.cause) : errorText(error);
    throw new SessionError(
      `the frontend at ${url} doesn't answer (${reason}): it may be starting, or restarting`,
      error,
    );
  }
  const answer = schema.safeParse(body);
  if (status === 200 && answer.success) return answer.data;
  const said = apiErrorSchema.safeParse(body).data?.error ?? "its answer can't be read; is it of another version?";
  throw new SessionError(`the frontend at ${url} answers ${status}: ${said}`);
}
