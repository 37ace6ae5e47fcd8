import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The first values that an event needs; a journey says what matters to it. */
export interface SentEvent {
  event_id?: string;
  timestamp?: string;
  sensor?: string;
  title?: string;
  src_ip?: string;
  dst_ip?: string;
  plugin_id?: number;
  plugin_sid?: number;
  [field: string]: unknown;
}

const PLUGIN = 1001;

/** Events of the journeys' directives differ in their sid only. */
export const SID = { probe: 1, scan: 2, login: 3, brief: 4, mute: 5, single: 6 } as const;

interface RuleParts {
  sid: number;
  occurrence: number;
  reliability: number;
  timeout?: number;
  from?: string;
}

function rule(stage: number, { sid, occurrence, reliability, timeout = 600, from = ":1" }: RuleParts) {
  return {
    name: `Stage ${stage} of sid ${sid}`,
    type: "PluginRule",
    stage,
    plugin_id: PLUGIN,
    plugin_sid: [sid],
    occurrence,
    from: stage === 1 ? "ANY" : from,
    to: "HOME_NET",
    port_from: "ANY",
    port_to: "ANY",
    protocol: "ANY",
    reliability,
    timeout: stage === 1 ? 0 : timeout,
  };
}

function directive(id: number, name: string, priority: number, rules: readonly RuleParts[]) {
  return {
    id,
    name,
    kingdom: "Reconnaissance & Probing",
    category: "Misc Activity",
    priority,
    disabled: false,
    rules: rules.map((parts, index) => rule(index + 1, parts)),
  };
}

/** What the journeys correlate: one directive for each thing to be seen. */
const DIRECTIVES = [
  directive(9001, "Probe then scan of DST_IP by SRC_IP", 4, [
    { sid: SID.probe, occurrence: 1, reliability: 4 },
    { sid: SID.scan, occurrence: 3, reliability: 7 },
    { sid: SID.scan, occurrence: 5, reliability: 10 },
  ]),
  directive(9002, "Brute force of DST_IP by SRC_IP", 5, [
    { sid: SID.login, occurrence: 1, reliability: 5 },
    { sid: SID.login, occurrence: 4, reliability: 10 },
  ]),
  directive(9003, "Brief visit of SRC_IP", 3, [
    { sid: SID.brief, occurrence: 1, reliability: 5 },
    { sid: SID.brief, occurrence: 3, reliability: 8, timeout: 5 },
  ]),
  directive(9004, "Single sign of SRC_IP", 3, [
    { sid: SID.single, occurrence: 1, reliability: 9 },
    { sid: SID.single, occurrence: 1, reliability: 10 },
  ]),
];

const ASSETS = [
  { name: "Office", cidr: "10.0.0.0/8", value: 5 },
  { name: "web-1", cidr: "10.1.1.5/32", value: 5 },
  { name: "Lab", cidr: "192.168.0.0/16", value: 2 },
];

const NODE = "node1";

/** A data folder of its own with the journeys' configuration. */
export class Site {
  readonly dataDir = mkdtempSync(join(tmpdir(), "dsiem-journey-"));

  /** Writes the configuration; without it the console starts as on a fresh machine. */
  configure(): this {
    const configs = join(this.dataDir, "configs");
    mkdirSync(configs, { recursive: true });
    const write = (name: string, value: unknown) =>
      writeFileSync(join(configs, name), `${JSON.stringify(value, undefined, 2)}\n`);
    write(`directives_${NODE}_journeys.json`, { directives: DIRECTIVES });
    write("assets_journeys.json", { assets: ASSETS });
    return this;
  }

  remove(): void {
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}

let made = 0;

/** An event as a sender would post it. */
export function anEvent(sid: number, parts: SentEvent = {}): SentEvent {
  made++;
  return {
    event_id: `journey-${process.pid}-${made}`,
    timestamp: new Date().toISOString(),
    sensor: "sensor-1",
    title: "Something was seen",
    src_ip: "203.0.113.7",
    dst_ip: "10.1.1.5",
    plugin_id: PLUGIN,
    plugin_sid: sid,
    protocol: "TCP",
    src_port: 40_000 + (made % 20_000),
    dst_port: 22,
    src_index_pattern: "suricata-*",
    ...parts,
  };
}

/** Enough events of one source to take the directive of `SID.login` to its alarm and its end. */
export function bruteForce(src_ip: string, parts: SentEvent = {}): SentEvent[] {
  return Array.from({ length: 5 }, () => anEvent(SID.login, { src_ip, title: "Failed login", ...parts }));
}
