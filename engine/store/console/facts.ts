import { type Address, addressText, type Cidr, parseAddress } from "../../base/ip.ts";
import type { AlarmRecord } from "../../contract/alarm.ts";
import type { EventInput } from "../../contract/event.ts";
import { FACT_KINDS } from "./schema.ts";

export type FactValue = number | string | Uint8Array;
export type Fact = readonly [kind: number, value: FactValue];

/** Values that one alarm is found by, of each kind; an alarm of a scan has tens of thousands of ports. */
const MAX_FACTS = 2000;

/** An address as bytes, its family first: what a network holds lies between two of them. */
function addressKey(address: Address): Uint8Array {
  if (typeof address === "number") {
    return Uint8Array.of(4, address >>> 24, (address >>> 16) & 255, (address >>> 8) & 255, address & 255);
  }
  const key = new Uint8Array(17);
  key[0] = 6;
  const view = new DataView(key.buffer);
  view.setUint32(1, address.w0);
  view.setUint32(5, address.w1);
  view.setUint32(9, address.w2);
  view.setUint32(13, address.w3);
  return key;
}

/** The address of a key, in canonical text. */
export function addressOfKey(key: Uint8Array): string {
  const view = new DataView(key.buffer, key.byteOffset, key.byteLength);
  if (key[0] === 4) return addressText(view.getUint32(1));
  return addressText({ w0: view.getUint32(1), w1: view.getUint32(5), w2: view.getUint32(9), w3: view.getUint32(13) });
}

/** The first and the last key of a network. */
export function networkKeys({ text, prefix }: Cidr): [Uint8Array, Uint8Array] {
  const address = parseAddress(text.split("/")[0] ?? "");
  if (address === undefined) throw new Error(`broken invariant: ${text} was read as a network`);
  const first = addressKey(address);
  const last = Uint8Array.from(first);
  for (let bit = prefix; bit < (last.length - 1) * 8; bit++) {
    const byte = 1 + (bit >> 3);
    last[byte] = (last[byte] ?? 0) | (0x80 >> (bit & 7));
  }
  return [first, last];
}

/** What a record says that its alarm can be found by. */
export function* recordFacts(record: AlarmRecord): Generator<Fact> {
  for (const address of record.src_ips.slice(0, MAX_FACTS)) yield* addressFact(FACT_KINDS.src, address);
  for (const address of record.dst_ips.slice(0, MAX_FACTS)) yield* addressFact(FACT_KINDS.dst, address);
  // Stages tend to name the same.
  const plugins = record.rules.filter(({ type }) => type === "PluginRule");
  for (const plugin of new Set(plugins.map(({ plugin_id }) => plugin_id))) yield [FACT_KINDS.plugin, plugin];
  const sids = new Set(plugins.flatMap(({ plugin_sid = [] }) => plugin_sid.slice(0, MAX_FACTS)));
  for (const sid of sids) yield [FACT_KINDS.sid, sid];
  const protocols = new Set(record.rules.map(({ protocol }) => protocol.toLowerCase()));
  for (const protocol of protocols) if (protocol !== "" && protocol !== "any") yield [FACT_KINDS.protocol, protocol];
}

export function* eventFacts(event: EventInput): Generator<Fact> {
  if (event.sensor !== "") yield [FACT_KINDS.sensor, event.sensor.toLowerCase()];
  if (event.protocol) yield [FACT_KINDS.protocol, event.protocol.toLowerCase()];
  if (event.src_port) yield [FACT_KINDS.port, event.src_port];
  if (event.dst_port) yield [FACT_KINDS.port, event.dst_port];
  if (event.plugin_id) yield [FACT_KINDS.plugin, event.plugin_id];
  if (event.plugin_sid) yield [FACT_KINDS.sid, event.plugin_sid];
}

function* addressFact(kind: number, text: string): Generator<Fact> {
  const address = parseAddress(text);
  if (address !== undefined) yield [kind, addressKey(address)];
}
