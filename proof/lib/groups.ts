/**
 * The events of the proofs, in groups: all events of one source address, which no other group has, sent in order. A
 * group concerns one directive and makes one alarm, so what has to be in the alarm files can be said exactly, for
 * each event, whatever happens to other groups.
 */
export interface GroupKind {
  readonly name: string;
  /** Whether only one of its groups may be under way on a lane, each lane having a directive of its own. */
  readonly ofLane?: true;
  readonly alwaysActive?: true;
  readonly stages: readonly Stage[];
  /** The events of a group, in order. */
  readonly steps: readonly Step[];
  /** What the stages' rules have in common, and what those behind the first have more. */
  readonly rule: Readonly<Record<string, unknown>>;
  readonly later: Readonly<Record<string, unknown>>;
  /** Fields of its events beyond `commonFields`. */
  readonly fields: (step: Step, group: number) => Readonly<Record<string, unknown>>;
}

interface Stage {
  /** Event types it takes. */
  readonly sids: readonly number[];
  readonly occurrence: number;
  /** Each destination port counts once. */
  readonly distinct?: true;
}

interface Step {
  readonly sid: number;
  readonly port?: number;
}

const PRIORITY = 3;
/** With an asset of value 5 every finished stage has a risk, 3, 4 and 5, and so leaves a record. */
const RELIABILITIES = [5, 7, 9];
const ASSET_VALUE = 5;
/** Nothing expires during a proof. */
const TIMEOUT_SECONDS = 86_400;
const FIRST_PLUGIN = 2001;

/** Stages of 1, 5 and 25 events bound by their source address alone. */
const plain: GroupKind = {
  name: "plain",
  stages: [1, 5, 25].map((occurrence) => ({ sids: [1, 2, 3], occurrence })),
  steps: Array.from({ length: 31 }, (_, i) => ({ sid: 1 + (i % 3) })),
  rule: {},
  later: { from: ":1" },
  fields: () => ({}),
};

/** Goes by product and category, and refers to port, protocol and custom data as well. */
const referring: GroupKind = {
  name: "referring",
  stages: [1, 3, 6].map((occurrence) => ({ sids: [0], occurrence })),
  steps: Array.from({ length: 10 }, () => ({ sid: 0 })),
  rule: { type: "TaxonomyRule", product: ["Proof Proxy"], category: "Referring" },
  later: { from: ":1", to: ":1", port_to: ":1", protocol: ":1", custom_data1: ":1" },
  fields: (_, group) => ({
    product: "Proof Proxy",
    category: "Referring",
    plugin_id: 0,
    plugin_sid: 0,
    dst_port: 1 + (group % 60_000),
    protocol: group % 2 === 0 ? "TCP" : "UDP",
    custom_label1: "session",
    custom_data1: `session ${group}`,
  }),
};

/** Its second stage takes each port once: what was seen has to survive as well. */
const sticky: GroupKind = {
  name: "sticky",
  stages: [
    { sids: [1], occurrence: 1 },
    { sids: [2], occurrence: 5, distinct: true },
    { sids: [3], occurrence: 4 },
  ],
  steps: [
    { sid: 1 },
    ...[80, 80, 81, 80, 82, 82, 81, 83, 83, 84].map((port) => ({ sid: 2, port })),
    ...Array.from({ length: 4 }, () => ({ sid: 3 })),
  ],
  rule: {},
  later: { from: ":1" },
  fields: () => ({}),
};

/** Late events go to earlier stages, and each writes the alarm anew. */
const alwaysActive: GroupKind = {
  name: "always active",
  ofLane: true,
  alwaysActive: true,
  stages: [
    { sids: [1], occurrence: 1 },
    { sids: [2], occurrence: 3 },
    { sids: [3], occurrence: 4 },
  ],
  steps: [1, 2, 2, 1, 2, 3, 2, 3, 1, 3, 3].map((sid) => ({ sid })),
  rule: {},
  later: { from: ":1" },
  fields: () => ({}),
};

/** Whichever events of a group are missed, each of the others has a line. */
export const FORGIVING_KINDS: readonly GroupKind[] = [plain, referring];
/** Groups may be left half done. */
export const INDEPENDENT_KINDS: readonly GroupKind[] = [...FORGIVING_KINDS, sticky];
/** Only where none is: a backlog of the last kind that is left half done would take the first events of later groups. */
export const ALL_KINDS: readonly GroupKind[] = [...INDEPENDENT_KINDS, alwaysActive];

/** What an event of a group does: the stage that records it, 0 when none does, and whether the alarm is written then. */
export interface Effect {
  readonly stage: number;
  readonly writes: boolean;
}

/** What the directive makes of these events of a group (indexes into its steps, in order), when it gets no others. */
export function effectsOf(kind: GroupKind, steps: readonly number[]): Effect[] {
  let current = 0;
  const counts = kind.stages.map(() => 0);
  const ports = new Set<number>();
  const takes = (stage: number, step: Step): boolean => kind.stages[stage]?.sids.includes(step.sid) ?? false;
  return steps.map((index) => {
    const step = kind.steps[index];
    if (step === undefined) throw new Error(`broken invariant: a ${kind.name} group has no step ${index}`);
    const stage = kind.stages[current];
    if (stage !== undefined && takes(current, step)) {
      if (stage.distinct === true && ports.has(step.port ?? 0)) return { stage: 0, writes: false };
      if (stage.distinct === true) ports.add(step.port ?? 0);
      const recordedBy = current + 1;
      const count = (counts[current] ?? 0) + 1;
      counts[current] = count;
      if (count === stage.occurrence) current += 1;
      return { stage: recordedBy, writes: count === stage.occurrence };
    }
    if (kind.alwaysActive !== true || current >= kind.stages.length) return { stage: 0, writes: false };
    const earlier = kind.stages.findIndex((_, at) => at < current && takes(at, step));
    return { stage: earlier + 1, writes: earlier >= 0 };
  });
}

/** The configuration that all groups of these kinds need. */
export function configsOf(kinds: readonly GroupKind[], lanes: number, node: string): Record<string, unknown> {
  const directives = kinds.flatMap((kind) =>
    Array.from({ length: kind.ofLane === true ? lanes : 1 }, (_, lane) => directiveOf(kinds, kind, lane)),
  );
  return {
    "assets_proof.json": { assets: [{ name: "office", cidr: "10.0.0.0/8", value: ASSET_VALUE }] },
    [`directives_${node}_proof.json`]: { directives },
  };
}

function directiveOf(kinds: readonly GroupKind[], kind: GroupKind, lane: number): unknown {
  const id = 1000 * (1 + kinds.indexOf(kind)) + lane;
  return {
    id,
    name: `Proof ${kind.name} ${lane} from SRC_IP`,
    kingdom: "Proof",
    category: "Proof",
    priority: PRIORITY,
    ...(kind.alwaysActive === true && { all_rules_always_active: true }),
    rules: kind.stages.map(({ sids, occurrence, distinct }, at) => ({
      name: `Stage ${at + 1}`,
      stage: at + 1,
      type: "PluginRule",
      ...(kind.rule.type === undefined && { plugin_id: pluginOf(kinds, kind, lane), plugin_sid: sids }),
      occurrence,
      from: "!HOME_NET",
      to: "HOME_NET",
      port_from: "ANY",
      port_to: "ANY",
      protocol: "ANY",
      reliability: RELIABILITIES[at] ?? 1,
      timeout: TIMEOUT_SECONDS,
      ...(distinct === true && { sticky_different: "DST_PORT" }),
      ...kind.rule,
      ...(at > 0 && kind.later),
    })),
  };
}

function pluginOf(kinds: readonly GroupKind[], kind: GroupKind, lane: number): number {
  return FIRST_PLUGIN + 1000 * kinds.indexOf(kind) + (kind.ofLane === true ? lane : 0);
}

/** One group under way: which of its events were sent, and what became of them. */
export class Group {
  readonly number: number;
  readonly kind: GroupKind;
  readonly lane: number;
  /** Events that were answered with 200: always the first ones. */
  acked = 0;
  /** Events of a request that got no answer: these, behind the acknowledged ones, may have arrived. */
  unsure = 0;
  /** By step: when its 200 came, in milliseconds of `performance.now()`. */
  readonly ackedAtMs: Float64Array;
  readonly #plugin: number;

  constructor(number: number, kinds: readonly GroupKind[], kind: GroupKind, lane: number) {
    this.number = number;
    this.kind = kind;
    this.lane = lane;
    this.ackedAtMs = new Float64Array(kind.steps.length);
    this.#plugin = pluginOf(kinds, kind, lane);
  }

  get left(): number {
    return this.kind.steps.length - this.acked;
  }

  /** The source address that only this group has. */
  get source(): string {
    const { number } = this;
    return `45.${(number >> 16) & 0xff}.${(number >> 8) & 0xff}.${number & 0xff}`;
  }

  acknowledge(count: number, nowMs: number): void {
    this.ackedAtMs.fill(nowMs, this.acked, this.acked + count);
    this.acked += count;
  }

  /** The event of a step, as it is posted. */
  event(index: number, timestamp: string): string {
    const step = this.kind.steps[index];
    if (step === undefined) throw new Error(`broken invariant: group ${this.number} has no step ${index}`);
    return JSON.stringify({
      ...commonFields(eventId(this.number, index), timestamp),
      src_ip: this.source,
      plugin_id: this.#plugin,
      plugin_sid: step.sid,
      dst_port: step.port ?? 443,
      ...this.kind.fields(step, this.number),
    });
  }
}

/** An event that no directive names: most of a real stream are such. */
export function noiseEvent(number: number, timestamp: string): string {
  const event = { ...commonFields(`n${number}`, timestamp), src_ip: "198.51.100.7", plugin_id: 999, plugin_sid: 1 };
  return JSON.stringify(event);
}

function commonFields(id: string, timestamp: string) {
  return {
    event_id: id,
    timestamp,
    sensor: "proof",
    title: "An event of a proof",
    dst_ip: "10.20.30.40",
    src_port: 40_000,
    dst_port: 443,
    protocol: "TCP",
  };
}

function eventId(group: number, step: number): string {
  return `g${group}-${step}`;
}

/** The group and step of an event id; `undefined` for ids that aren't of a group. */
export function readEventId(id: string): { group: number; step: number } | undefined {
  const found = /^g(\d+)-(\d+)$/.exec(id);
  return found === null ? undefined : { group: Number(found[1]), step: Number(found[2]) };
}
