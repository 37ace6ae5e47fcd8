import {
  type SupervisorQuestion,
  type SupervisorTelling,
  supervisorQuestionSchema,
  supervisorTellingSchema,
} from "../contract/console/supervision.ts";

/** What a service tells its supervisor over the IPC channel (operation.md §5). Log lines travel on stdout. */
export type ServiceMessage =
  /** It does its work; a frontend names the port it listens on. */
  | { type: "ready"; port?: number }
  /** The answer to `drain`: nothing new comes in, and what was in is handed over or counted. */
  | { type: "drained" }
  /** A frontend in console mode asks for something. */
  | SupervisorQuestion;

/** What the supervisor tells a service. The channel closing means the same as `stop`. */
export type SupervisorMessage = { type: "drain" } | { type: "stop" } | SupervisorTelling;

/** Checks what came over the channel: the other side may be another version of the program. */
export function readServiceMessage(message: unknown): ServiceMessage | undefined {
  const type = typeOf(message);
  if (type === "drained") return { type };
  if (type === "ask") return supervisorQuestionSchema.safeParse(message).data;
  if (type !== "ready") return undefined;
  const { port } = message as { port?: unknown };
  return typeof port === "number" ? { type, port } : { type };
}

export function readSupervisorMessage(message: unknown): SupervisorMessage | undefined {
  const type = typeOf(message);
  return type === "stop" || type === "drain" ? { type } : supervisorTellingSchema.safeParse(message).data;
}

function typeOf(message: unknown): unknown {
  return typeof message === "object" && message !== null && "type" in message ? message.type : undefined;
}
