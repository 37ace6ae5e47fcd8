import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Polls until the condition holds; fails with its description after the deadline. */
export async function until(what: string, holds: () => boolean, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`waited ${deadlineMs} ms in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 15));
  }
}

/** Writes a service of a few lines into a file of its own. */
export function serviceScript(body: string): string {
  const file = join(mkdtempSync(join(tmpdir(), "dsiem-service-")), "service.mjs");
  writeFileSync(file, body);
  return file;
}

/** Ready at once, tells what it is asked, ends when asked to. */
export const OBEDIENT = `
  import { appendFileSync } from "node:fs";
  const name = process.argv.includes("--tcp-port") ? "frontend" : "backend";
  const note = (text) => process.env.NOTES && appendFileSync(process.env.NOTES, name + " " + text + "\\n");
  process.on("message", (message) => {
    note(message.type);
    if (message.type === "drain") process.send({ type: "drained" });
    if (message.type === "stop") { note("ends"); process.exit(0); }
  });
  process.on("disconnect", () => { note("orphaned"); process.exit(0); });
  console.log(process.argv.slice(2).join(" "));
  note("ready " + (process.env.DSIEM_LINK_TOKEN ?? "").length);
  process.send({ type: "ready", port: 4711 });
`;

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
