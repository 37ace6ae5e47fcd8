import type { Command } from "../ui/commands.ts";

/** Groups in the order of the palette; what was typed comes first. */
const GROUPS = ["Alarms", "Address", "Filter this list", "With the selection", "Go to", "Commands"] as const;
const MOST_PER_GROUP = 6;

export interface CommandGroup {
  name: string;
  commands: Command[];
}

/** The commands that the typed words fit, by group. A `>` before them leaves only commands. */
export function groupCommands(commands: readonly Command[], typed: string): CommandGroup[] {
  const onlyCommands = typed.startsWith(">");
  const words = typed
    .replace(/^>/, "")
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const wanted = commands.filter((command) => {
    if (onlyCommands) return command.group === "Commands" && fits(command, words);
    // What was made of the typed text fits it in its own way.
    if (["Alarms", "Address", "Filter this list"].includes(command.group)) return true;
    return fits(command, words);
  });
  return GROUPS.map((name) => ({
    name,
    commands: wanted.filter((command) => command.group === name).slice(0, MOST_PER_GROUP + (name === "Go to" ? 4 : 0)),
  })).filter((group) => group.commands.length > 0);
}

function fits(command: Command, words: readonly string[]): boolean {
  const text = `${command.group} ${command.text}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

/** An address, or the beginning of one: at least two of its parts. */
export function addressIn(typed: string): string | undefined {
  const text = typed.trim();
  if (/^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(\/\d{1,2})?$/.test(text)) return text;
  return /^[\da-f]{0,4}(:[\da-f]{0,4}){2,7}(\/\d{1,3})?$/i.test(text) && text.length > 2 ? text : undefined;
}
