// Who may import whom. Data flows one way: each room hands its result on through a function it was given, and only
// `service` knows all rooms. A room that isn't in this table fails the check (scripts/checks/boundaries.mjs).

/**
 * `rooms`: the rooms of engine/ it may import besides itself. `packages`: npm's. `files`: single files elsewhere (a
 * pattern). `pure`: not even Node's own modules.
 * @type {Record<string, { why: string, rooms: readonly string[], packages?: readonly string[], files?: string, pure?: true }>}
 */
const ROOMS = {
  contract: {
    why: "Every wire and file format, once; it knows nothing but zod, so that any process can use it.",
    rooms: [],
    packages: ["zod"],
    pure: true,
  },
  base: {
    why: "Clock, errors, log, addresses: what every room may lean on leans on nothing but the contract.",
    rooms: ["contract"],
  },
  ingest: {
    why: "The HTTP door hands accepted events to a function it was given; it knows no bus.",
    rooms: ["contract", "base"],
    packages: ["fastify", "@fastify/static", "lru-cache"],
  },
  bus: {
    why: "The Bus interface and its transports carry bytes and know nothing of what they mean.",
    rooms: ["contract", "base"],
    packages: ["@nats-io/transport-node", "ws"],
  },
  inventory: {
    why: "Networks, asset values and the whitelist: data that directives and the correlator ask.",
    rooms: ["contract", "base"],
  },
  directive: {
    why: "Loading and validating configuration happens before any event; look-up sources are part of what it validates.",
    rooms: ["contract", "base", "inventory", "enrich"],
    packages: ["zod"],
  },
  match: {
    why: "Pure, synchronous predicates over a compiled rule: the same ones answer why not.",
    rooms: ["contract", "base", "inventory", "directive"],
    pure: true,
  },
  backlog: {
    why: "The correlator: no I/O, and time is an argument.",
    rooms: ["contract", "base", "inventory", "directive", "match"],
    pure: true,
  },
  coverage: {
    why: "Counts what events and directives have to do with each other; where events come from it doesn't know.",
    rooms: ["contract", "base", "inventory", "directive", "match"],
    pure: true,
  },
  explain: {
    why: "Says why (not): the production checks in full, and words for them. It looks at backlogs and changes none.",
    rooms: ["contract", "base", "inventory", "directive", "match", "backlog"],
    pure: true,
  },
  enrich: {
    why: "Look-ups run off the hot path and don't know what asked for them.",
    rooms: ["contract", "base"],
    packages: ["lru-cache"],
  },
  alarm: {
    why: "Turns a backlog's transition into an alarm record; writing it is the store's.",
    rooms: ["contract", "base", "inventory", "directive", "match", "backlog", "enrich"],
    packages: ["nanoid"],
  },
  query: {
    why: "The query language of the console, for the store, the live topics and the page: text to a tree, and no I/O.",
    rooms: ["contract", "base"],
    pure: true,
  },
  replay: {
    why: "The real correlator on a virtual clock, for the debugger's thread and the command line.",
    rooms: ["contract", "base", "inventory", "directive", "match", "backlog", "explain", "alarm"],
    packages: ["zod"],
    // Reads them where they are, in the thread that replays them.
    files: "^engine/store/events/read-events[.]ts$",
  },
  store: {
    why: "Files and databases take lines and rows and don't know what produced them.",
    rooms: ["contract", "base", "query"],
  },
  telemetry: {
    why: "Reports, counts, traces and metrics are made of what it is handed; the only room that knows OpenTelemetry.",
    rooms: ["contract", "base"],
    packages: ["@opentelemetry"],
  },
  console: {
    why: "The API of console mode and the gate before it: it answers from what it is handed, and knows no bus.",
    rooms: ["contract", "base", "query"],
    packages: ["fastify", "zod", "ws", "cookie", "fflate"],
    // The database of the console, whose alarms it serves.
    files: "^engine/store/console/",
  },
  supervisor: {
    why: "Starts, watches and stops services as processes, so it never loads their code.",
    rooms: ["contract", "base"],
    packages: ["zod"],
    files: "^assets/demo/",
  },
  service: {
    why: "Wiring only, and the one place that knows all rooms.",
    rooms: [
      ..."contract base query ingest bus inventory directive match backlog coverage explain enrich alarm replay store telemetry console".split(
        " ",
      ),
    ],
    packages: ["nanoid", "zod"],
  },
  cli: {
    why: "Arguments and environment become a configuration, which is handed to a service or a tool.",
    rooms: [
      "contract",
      "base",
      "directive",
      "inventory",
      "enrich",
      "backlog",
      "explain",
      "replay",
      "supervisor",
      "service",
    ],
    packages: ["commander", "zod"],
    // The product's name and version, the demo it plays, and what the commands' files run in their other threads.
    files:
      "^package[.]json$|^assets/demo/|^engine/(store/(state-worker|console/[a-z-]+|events/event-search-thread)|replay/(replay|retained)-worker)[.]ts$",
  },
};

/** Screens of the renderer: each by itself, so that one can be loaded, broken or rewritten without the others. */
const SCREENS = "alarm alarms backlogs events start overview directives coverage assets health settings".split(" ");

/**
 * The rooms of renderer/, by the same table. What they take from engine/ is the contract's types and the query language.
 * @type {Record<string, { why: string, rooms: readonly string[], packages?: readonly string[] }>}
 */
const RENDERER_ROOMS = {
  ui: {
    why: "The shared look: it knows no screen, no server and no store.",
    rooms: [],
    packages: ["react", "react-dom", "@blueprintjs", "@fontsource-variable", "@tanstack/react-virtual", "uplot"],
  },
  client: { why: "The only I/O of the UI: requests and the live connection.", rooms: [], packages: ["react"] },
  state: {
    why: "What the page knows, in stores that pure functions change.",
    rooms: [],
    packages: ["react", "zustand"],
  },
  app: {
    why: "Frame, routes, palette: the one place that knows all screens.",
    rooms: ["ui", "client", "state", ...SCREENS],
    packages: ["react", "react-dom", "@blueprintjs", "wouter"],
  },
  ...Object.fromEntries(
    SCREENS.map((screen) => [
      screen,
      {
        why: "Screens don't import each other.",
        rooms: ["ui", "client", "state"],
        packages: ["react", "@blueprintjs"],
      },
    ]),
  ),
  directives: {
    why: "A screen like the others; its editor of JSON is the one that leans on CodeMirror.",
    rooms: ["ui", "client", "state"],
    packages: ["react", "@blueprintjs", "@codemirror", "@lezer"],
  },
  public: { why: "Files that are served as they are.", rooms: [] },
};

/** Tests and their fixtures may look into any room: several put real neighbours together. No product code may import a test. */
const TESTS = "[.](test|fixture)[.]tsx?$|/testing/";

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const roomRules = Object.entries(ROOMS).map(([room, { why, rooms, packages = [], files, pure }]) => ({
  name: `room-${room}`,
  comment: why,
  severity: /** @type {const} */ ("error"),
  from: { path: `^engine/${room}/`, pathNot: TESTS },
  to: {
    pathNot: [
      `^engine/(${[room, ...rooms].join("|")})/`,
      ...packages.map((name) => `^node_modules/(@types/)?${name}/`),
      ...(files === undefined ? [] : [files]),
    ],
    ...(pure ? {} : { dependencyTypesNot: /** @type {"core"[]} */ (["core"]) }),
  },
}));

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const rendererRules = Object.entries(RENDERER_ROOMS).map(([room, { why, rooms, packages = [] }]) => ({
  name: `renderer-${room}`,
  comment: why,
  severity: /** @type {const} */ ("error"),
  from: { path: `^renderer/${room}/`, pathNot: TESTS },
  to: {
    pathNot: [
      `^renderer/(${[room, ...rooms].join("|")})/`,
      "^engine/(contract|query)/",
      ...packages.map((name) => `^node_modules/(@types/)?${name}/`),
    ],
  },
}));

/**
 * The desktop's rooms: what they may import of the repository, and npm's packages.
 * @type {Record<string, { why: string, may: string, packages: readonly string[] }>}
 */
const DESKTOP_ROOMS = {
  main: {
    why: "Windows, menu, tray, notifications and the launcher: it supervises services as processes and never loads their code.",
    may: "^electron/main/|^engine/(contract|base|supervisor)/",
    packages: ["electron", "electron-updater", "ws", "zod"],
  },
  preload: {
    why: "Runs in a sandbox beside the page: electron's bridge, and of the contract its types only.",
    may: "^electron/preload/|^engine/contract/",
    packages: ["electron"],
  },
};

/** @type {import("dependency-cruiser").IForbiddenRuleType[]} */
const desktopRules = Object.entries(DESKTOP_ROOMS).map(([room, { why, may, packages }]) => ({
  name: `room-electron-${room}`,
  comment: why,
  severity: /** @type {const} */ ("error"),
  from: { path: `^electron/${room}/`, pathNot: TESTS },
  to: {
    pathNot: [may, ...packages.map((name) => `^node_modules/(@types/)?${name}/`)],
    ...(room === "main" ? { dependencyTypesNot: /** @type {"core"[]} */ (["core"]) } : {}),
  },
}));

/** @type {import("dependency-cruiser").IConfiguration} */
const configuration = {
  forbidden: [
    ...roomRules,
    ...rendererRules,
    {
      name: "renderer-takes-types-only",
      comment:
        "The contract's schemas would put zod into the page; its types cost nothing. The query language is small and pure.",
      severity: "error",
      from: { path: "^renderer/", pathNot: TESTS },
      to: { path: "^engine/", pathNot: "^engine/query/", dependencyTypesNot: ["type-only"] },
    },
    ...desktopRules,
    {
      name: "no-cycles",
      comment: "Two files that need each other are one file, or a third one is missing.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "no-electron-in-engine",
      comment: "Desktop, browser, container and server run the same engine; it knows none of them.",
      severity: "error",
      from: { path: "^engine/" },
      to: { path: "^(electron|renderer)(/|$)|node_modules/electron/" },
    },
    {
      name: "no-way-out-of-engine",
      comment: "The product needs nothing of its tools, benches, proofs and journeys.",
      severity: "error",
      from: { path: "^engine/", pathNot: TESTS },
      to: { path: "^(scripts|bench|proof|e2e)/" },
    },
    {
      name: "telemetry-off-costs-nothing",
      comment: "OpenTelemetry is loaded when it is wanted: await import(), and only in startTelemetry.",
      severity: "error",
      from: { path: "^engine/", pathNot: `^engine/telemetry/otlp/|${TESTS}` },
      to: { path: "^engine/telemetry/otlp/", dynamic: false },
    },
    {
      name: "no-tests-in-product",
      comment: "What only tests need isn't shipped.",
      severity: "error",
      from: { path: "^(engine|electron)/", pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: "no-unresolvable",
      comment: "An import that leads nowhere fails at run time.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default", "types"] },
  },
};

export default configuration;
export { RENDERER_ROOMS, ROOMS };
