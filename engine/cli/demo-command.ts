import { plain } from "../base/log.ts";
import { playScenario } from "../supervisor/demo/demo-player.ts";
import { EventSender } from "../supervisor/demo/event-sender.ts";
import type { Terminal } from "./command-line.ts";

/** `dsiem demo`: plays the scenario once against a running frontend; resolves with the exit code. */
export async function playDemo(frontend: string, terminal: Terminal, signal: AbortSignal): Promise<number> {
  await hintAtDirectives(frontend, terminal);
  terminal.out(`playing the demo scenario to ${frontend} for about a minute\n`);
  let troubles = 0;
  const sender = new EventSender(
    frontend,
    (status) => terminal.err(`waiting: the frontend answers ${status}\n`),
    signal,
  );
  const listener = {
    scene: (tells: string) => terminal.out(`${clock()}  ${tells}\n`),
    trouble: (reason: string) => {
      troubles += 1;
      terminal.err(`${clock()}  ${plain(reason)}\n`);
    },
  };
  try {
    const accepted = await playScenario(sender, listener, signal);
    terminal.out(`done: ${accepted} events accepted\n`);
  } catch (error) {
    if (!signal.aborted) throw error;
    terminal.out("stopped\n");
  }
  return troubles > 0 ? 1 : 0;
}

/** Events alone raise no alarm; the frontend may serve other directives. */
async function hintAtDirectives(frontend: string, terminal: Terminal): Promise<void> {
  try {
    const response = await fetch(`${frontend}/config/`, { signal: AbortSignal.timeout(5000) });
    if (!response.ok || /"directives_[^"]*_demo\.json"/.test(await response.text())) return;
    terminal.err(
      "this frontend doesn't serve the demo's directives: no demo alarm will follow (npm start serves them)\n",
    );
  } catch {
    // Sending says what is wrong, in better words.
  }
}

function clock(): string {
  return new Date().toTimeString().slice(0, 8);
}
