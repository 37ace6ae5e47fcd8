import { z } from "zod";
import { atMs, count, doneSchema } from "./common.ts";
import type { Routes } from "./route.ts";

/** Where the data of a console is, and what it is for. */
export const profileSchema = z.object({
  name: z.string(),
  kind: z.enum(["demo", "folder", "own"]),
  /** The folder whose `configs/` and `logs/` are used. */
  folder: z.string(),
  nodes: z.array(z.string()),
  /** A folder of somebody else's is only read until editing is turned on. */
  editable: z.boolean(),
});
export type Profile = z.infer<typeof profileSchema>;

export const sessionSchema = z.object({
  product: z.string(),
  version: z.string(),
  commit: z.string(),
  /** The name under which changes are noted; empty when a browser hasn't said one yet. */
  user: z.string(),
  desktop: z.boolean(),
  /** Nothing was chosen yet: the first-run screen is due. */
  firstRun: z.boolean(),
  profile: profileSchema.optional(),
  /** As the server's configuration has them. */
  statuses: z.array(z.string()),
  tags: z.array(z.string()),
  riskMedium: z.tuple([count, count]),
  nodes: z.array(z.string()),
  /** Another console of the same fleet that was heard on the bus. */
  otherConsole: z.string().optional(),
  eventsUrl: z.string().meta({ description: "Where a sender posts events to." }),
  startedAt: atMs,
});
export type Session = z.infer<typeof sessionSchema>;

export const settingsSchema = z.object({
  theme: z.enum(["system", "dark", "light"]),
  density: z.enum(["compact", "comfortable"]),
  timeZone: z.string().meta({ description: "An IANA name; empty for the machine's." }),
  times: z.enum(["relative", "absolute"]),
  /** Keys by action; only those that differ from the defaults. */
  shortcuts: z.record(z.string(), z.string()),
  notifications: z.object({
    enabled: z.boolean(),
    minRisk: count,
    mutedDirectives: z.array(count),
  }),
  retention: z.object({
    alarmDays: count.meta({ description: "0: for ever." }),
    maxMegabytes: count,
    events: count.meta({ description: "Retained events; 0 keeps none." }),
  }),
  updates: z.object({ check: z.boolean() }),
  /** Links to an external log search, with placeholders such as {alarm_id}; empty: none. */
  logSearch: z.object({
    alarm: z.string(),
    event: z.string(),
    address: z.string(),
  }),
});
export type Settings = z.infer<typeof settingsSchema>;
export const DEFAULT_SETTINGS: Settings = {
  theme: "system",
  density: "compact",
  timeZone: "",
  times: "relative",
  shortcuts: {},
  notifications: { enabled: true, minRisk: 7, mutedDirectives: [] },
  retention: { alarmDays: 365, maxMegabytes: 4096, events: 200_000 },
  updates: { check: true },
  logSearch: { alarm: "", event: "", address: "" },
};

export const sessionRoutes = {
  "GET /session": { summary: "Who is served by what.", answer: sessionSchema },
  "PUT /session/user": {
    summary: "Says under which name changes are noted.",
    body: z.object({ name: z.string().trim().min(1).max(60) }),
    answer: doneSchema,
  },
  "POST /login-code": {
    summary: "Makes a code that lets one browser in, once, for a minute.",
    answer: z.object({
      path: z.string().meta({ description: "To be opened at the frontend's address." }),
      expiresAt: atMs,
    }),
  },
  "GET /settings": { summary: "The settings of this console.", answer: settingsSchema },
  "PATCH /settings": { summary: "Changes some settings.", body: settingsSchema.partial(), answer: settingsSchema },
  "GET /profiles": {
    summary: "The profiles of this user, and the one in use.",
    answer: z.object({ profiles: z.array(profileSchema), current: z.string().optional(), switchable: z.boolean() }),
  },
  "POST /profiles/use": {
    summary: "Goes over to a profile, and makes it if need be; the services are restarted and the page connects again.",
    body: z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("demo") }),
      z.object({ kind: z.literal("folder"), folder: z.string().max(4096) }),
      z.object({ kind: z.literal("own") }),
      z.object({ kind: z.literal("existing"), name: z.string().max(100) }),
    ]),
    answer: z.object({ profile: profileSchema }),
  },
  "POST /profiles/inspect": {
    summary: "Looks at a folder before it is used, and says what is in it or what is wrong.",
    body: z.object({ folder: z.string().max(4096) }),
    answer: z.object({
      ok: z.boolean(),
      text: z.string(),
      nodes: z.array(z.string()),
      directives: count,
      assets: count,
    }),
  },
  "POST /profiles/editable": {
    summary: "Allows or forbids the console to change the files of the folder in use.",
    body: z.object({ editable: z.boolean() }),
    answer: doneSchema,
  },
  "POST /profiles/connect": {
    summary: "Asks whether a console answers at an address elsewhere.",
    body: z.object({ url: z.string().max(2000) }),
    answer: z.object({ ok: z.boolean(), text: z.string(), url: z.string() }),
  },
  "POST /demo/erase": { summary: "Erases the demo's data and leaves it.", answer: doneSchema },
  "POST /backup": {
    summary: "Writes a consistent copy of the console's database to a file of the data folder.",
    answer: z.object({ file: z.string(), bytes: count }),
  },
  "GET /diagnostics": {
    summary: "A zip of logs, versions and counts without secrets and event texts.",
    stream: "application/zip",
  },
  "GET /openapi.json": { summary: "This API as an OpenAPI document.", stream: "application/json" },
} as const satisfies Routes;
