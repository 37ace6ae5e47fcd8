import { directive, event } from "../../backlog/testing/builders.ts";
import type { Rule } from "../../contract/directive.ts";
import type { ReplaySetting } from "../../contract/replay-thread.ts";

/** 2023-11-14T22:13:20Z, from which the seconds of `linesOf` are counted. */
export const START = 1_700_000_000;

/** A file with one directive of these rules, where what is empty isn't written. */
export function directiveFile(...rules: readonly Rule[]): { name: string; bytes: Uint8Array } {
  const written = rules.map((each) =>
    Object.fromEntries(
      Object.entries(each).filter(([, value]) => value !== "" && !(Array.isArray(value) && value.length === 0)),
    ),
  );
  const text = JSON.stringify({ directives: [{ ...directive([], { name: "Scan from SRC_IP" }), rules: written }] });
  return { name: "directives_n_test.json", bytes: Buffer.from(text) };
}

/** The first file is the saved side, the second the edited one. */
export function settingOf(...files: ReturnType<typeof directiveFile>[]): ReplaySetting {
  const assets = { assets: [{ name: "lan", cidr: "10.0.0.0/8", value: 4 }] };
  return {
    sides: files.map((each, index) => ({ side: index === 0 ? "saved" : "edited", directives: [each] })),
    assets: [{ name: "assets_a.json", bytes: Buffer.from(JSON.stringify(assets)) }],
    medRiskMin: 3,
    medRiskMax: 6,
    minAlarmLifetimeSeconds: 0,
    status: "Open",
    tag: "Identified Threat",
  };
}

/** Events of plugin 1, by sid and second, as NDJSON; their ids are e0, e1, … */
export function linesOf(...events: [sid: number, second: number][]): Buffer {
  const texts = events.map(([sid, second], index) => {
    const { seconds: _, carrier: __, ...wire } = event(sid, `e${index}`, { seconds: START + second });
    return JSON.stringify(wire);
  });
  return Buffer.from(`${texts.join("\n")}\n`);
}
