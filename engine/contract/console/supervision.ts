import { z } from "zod";
import { count } from "./common.ts";
import { profileSchema, sessionRoutes } from "./session.ts";
import { logLineSchema, supervisorStateSchema } from "./supervisor.ts";

/** What only the supervisor knows of the console that a frontend serves. */
export const consoleFactsSchema = z.object({
  /** Nothing was chosen yet. */
  firstRun: z.boolean(),
  /** The window is the desktop's. */
  desktop: z.boolean(),
  /** Under which changes are noted by those who said no name: the operating system's user in the desktop, else empty. */
  user: z.string(),
  /** Missing at a first run. */
  profile: profileSchema.optional(),
});
export type ConsoleFacts = z.infer<typeof consoleFactsSchema>;

const done = z.object({});

/** What a frontend may ask of its supervisor: the parameters, and the answer. */
export const SUPERVISOR_REQUESTS = {
  /** Asked once, before the frontend listens; changes are told after that. */
  hello: { ask: done, answer: z.object({ facts: consoleFactsSchema, state: supervisorStateSchema }) },
  log: {
    ask: z.object({ service: z.string().optional(), level: z.string().optional(), limit: count }),
    answer: z.object({ lines: z.array(logLineSchema) }),
  },
  /** Whether new log lines are told. */
  follow: { ask: z.object({ on: z.boolean() }), answer: done },
  restart: { ask: z.object({ service: z.string() }), answer: done },
  /**
   * So that backends load their files anew; without nodes, all of them. A node that is named and has its first directive
   * file gets a backend. Answers with those that are restarted or started.
   */
  reload: {
    ask: z.object({ nodes: z.array(z.string()).optional() }),
    answer: z.object({ nodes: z.array(z.string()) }),
  },
  profiles: { ask: done, answer: sessionRoutes["GET /profiles"].answer },
  use: { ask: sessionRoutes["POST /profiles/use"].body, answer: sessionRoutes["POST /profiles/use"].answer },
  inspect: {
    ask: sessionRoutes["POST /profiles/inspect"].body,
    answer: sessionRoutes["POST /profiles/inspect"].answer,
  },
  editable: { ask: sessionRoutes["POST /profiles/editable"].body, answer: done },
  eraseDemo: { ask: done, answer: done },
} as const;
export type SupervisorRequests = typeof SUPERVISOR_REQUESTS;
export type SupervisorRequestName = keyof SupervisorRequests;
export type SupervisorAsk<K extends SupervisorRequestName> = z.infer<SupervisorRequests[K]["ask"]>;
export type SupervisorAnswer<K extends SupervisorRequestName> = z.infer<SupervisorRequests[K]["answer"]>;

/** A frontend's question over the IPC channel. */
export const supervisorQuestionSchema = z.object({
  type: z.literal("ask"),
  id: count,
  request: z.string(),
  params: z.unknown(),
});
export type SupervisorQuestion = z.infer<typeof supervisorQuestionSchema>;

/** What the supervisor tells a frontend: answers, and what has changed. */
export const supervisorTellingSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("answer"), id: count, value: z.unknown() }),
  /** One sentence for people, and the status of the API's answer. */
  z.object({ type: z.literal("refusal"), id: count, error: z.string(), status: count }),
  z.object({ type: z.literal("state"), state: supervisorStateSchema }),
  z.object({ type: z.literal("facts"), facts: consoleFactsSchema }),
  /** `notShown`: lines that were left out because there are more than anybody can read. */
  z.object({ type: z.literal("log"), lines: z.array(logLineSchema), notShown: count }),
]);
export type SupervisorTelling = z.infer<typeof supervisorTellingSchema>;
