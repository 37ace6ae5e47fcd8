import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AlarmRecord, alarmRecordSchema } from "../contract/alarm.ts";
import { alarmEventLine, recordLine, recordText } from "./record.ts";

const RECORD: AlarmRecord = {
  networks: [],
  dst_ips: ["10.0.0.2"],
  src_ips: ["10.0.0.1"],
  rules: [
    {
      timeout: 60,
      name: "rule 1",
      stage: 1,
      occurrence: 1,
      from: "ANY",
      to: "HOME_NET",
      plugin_id: 7,
      plugin_sid: [1, 2],
      product: [],
      category: "",
      subcategory: [],
      type: "PluginRule",
      port_from: "ANY",
      port_to: "ANY",
      protocol: "ANY",
      reliability: 1,
      start_time: 12,
      end_time: 0,
      status: "finished",
      sticky_different: "",
      custom_data1: "",
    },
    {
      name: "rule 2",
      stage: 2,
      occurrence: 2,
      from: "ANY",
      to: "ANY",
      plugin_id: 0,
      product: ["IDS"],
      category: "Scan",
      subcategory: ["Ports"],
      type: "TaxonomyRule",
      port_from: "ANY",
      port_to: "ANY",
      protocol: "TCP",
      reliability: 5,
      timeout: 60,
      sticky_different: "DST_PORT",
      custom_data2: "x",
    },
  ],
  risk_class: "Low",
  risk: 1,
  update_time: 20,
  created_time: 10,
  category: "C",
  kingdom: "K",
  tag: "Identified Threat",
  status: "Open",
  title: "line\nbreak \u2028 “quoted” \ud800",
  alarm_id: "abcdefghi",
};

describe("recordLine", () => {
  it("writes the keys of compat.md §2 in its order, and nothing that is empty", () => {
    const line = recordLine(recordText(RECORD), [], []);
    expect(line.endsWith("}\n")).toBe(true);
    expect(line.indexOf("\n")).toBe(line.length - 1);
    const record: unknown = JSON.parse(line);
    expect(alarmRecordSchema.safeParse(record).success).toBe(true);
    expect(Object.keys(record as object).join(" ")).toBe(
      "alarm_id title status tag kingdom category created_time update_time risk risk_class rules src_ips dst_ips networks",
    );
    const { rules } = record as { rules: object[] };
    const always = "name stage occurrence from to plugin_id";
    const ports = "type port_from port_to protocol reliability timeout";
    expect(rules.map((rule) => Object.keys(rule).join(" "))).toEqual([
      `${always} plugin_sid ${ports} start_time status`,
      `${always} product category subcategory ${ports} sticky_different custom_data2`,
    ]);
  });

  it("puts hits and custom data where they belong", () => {
    const intel = [{ provider: "Wise", term: "45.0.0.1", result: "a: b" }];
    const vulnerabilities = [{ provider: "Nesd", term: "10.0.0.2:80", result: 'High - "x"' }];
    const custom_data = [{ label: "l", content: "c" }];
    const line = recordLine(recordText({ ...RECORD, custom_data }), intel, vulnerabilities);
    const record = alarmRecordSchema.parse(JSON.parse(line));
    expect(Object.keys(JSON.parse(line)).slice(-3)).toEqual(["intel_hits", "vulnerabilities", "custom_data"]);
    expect(record).toMatchObject({ intel_hits: intel, vulnerabilities, custom_data });
  });
});

describe("alarmEventLine", () => {
  it("is one line of JSON whatever the ids hold", () => {
    const text = fc.string({ unit: "binary" });
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 255 }), text, (alarmId, stage, eventId) => {
        const line = alarmEventLine(alarmId, stage, eventId);
        expect(line.indexOf("\n")).toBe(line.length - 1);
        expect(line).toBe(`${JSON.stringify({ alarm_id: alarmId, stage, event_id: eventId })}\n`);
      }),
    );
    expect(alarmEventLine("abc", 2, 'a"\n\\')).toBe('{"alarm_id":"abc","stage":2,"event_id":"a\\"\\n\\\\"}\n');
  });
});
