import { describe, expect, it } from "vitest";
import type { Command } from "../ui/commands.ts";
import { addressIn, groupCommands } from "./command-groups.ts";

const command = (group: Command["group"], text: string): Command => ({
  ...{ id: text, group, text, icon: "open" },
  run: () => undefined,
});
const commands = [
  command("Commands", "Dark theme"),
  command("Go to", "Alarms"),
  command("Go to", "Health"),
  command("Alarms", "Port scan"),
];
const shown = (typed: string) =>
  groupCommands(commands, typed).map((group) => `${group.name}: ${group.commands.map(({ text }) => text).join()}`);

describe("the palette", () => {
  it("groups what fits the typed words, in a fixed order", () => {
    expect(shown("")).toEqual(["Alarms: Port scan", "Go to: Alarms,Health", "Commands: Dark theme"]);
    expect(shown("heal")).toEqual(["Alarms: Port scan", "Go to: Health"]);
    expect(shown("go al")).toEqual(["Alarms: Port scan", "Go to: Alarms,Health"]);
  });
  it("offers commands only behind >", () => {
    expect(shown("> dark")).toEqual(["Commands: Dark theme"]);
    expect(shown(">alarms")).toEqual([]);
  });
  it("knows an address when it sees one", () => {
    expect(["10.0.0.1", "10.0.0.0/8", "2001:db8::1", "::1"].map(addressIn)).toEqual([
      ...["10.0.0.1", "10.0.0.0/8", "2001:db8::1", "::1"],
    ]);
    expect(["10.0", "brute", "a:b", "12345"].map(addressIn)).toEqual([undefined, undefined, undefined, undefined]);
  });
});
