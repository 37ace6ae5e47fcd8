import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { z } from "zod";

const whole = z.number().int();
const stateSchema = z.object({
  window: z
    .object({ x: whole, y: whole, width: whole.positive(), height: whole.positive(), maximized: z.boolean() })
    .optional(),
  /** Hosts whose pages may be opened in the browser without asking. */
  confirmedHosts: z.array(z.string()).optional(),
  /** It was said once that the program goes on in the tray. */
  toldOfTray: z.boolean().optional(),
});
type State = z.infer<typeof stateSchema>;

/** What the desktop remembers of itself between two starts: a file of the user's own folder. Nothing of it is secret. */
export class DesktopState {
  readonly #file: string;
  #state: State;

  constructor(file: string) {
    this.#file = file;
    this.#state = readState(file);
  }

  get value(): Readonly<State> {
    return this.#state;
  }

  /** A disk that takes nothing costs the memory of it, not the program. */
  change(part: Partial<State>): void {
    this.#state = { ...this.#state, ...part };
    try {
      mkdirSync(dirname(this.#file), { recursive: true });
      const fresh = `${this.#file}.new`;
      writeFileSync(fresh, `${JSON.stringify(this.#state, undefined, 2)}\n`, { mode: 0o600 });
      renameSync(fresh, this.#file);
    } catch {
      // What was changed holds until the program ends.
    }
  }
}

/** A missing file, and one that can't be read, mean a first start. */
function readState(file: string): State {
  try {
    return stateSchema.parse(JSON.parse(readFileSync(file, "utf8")));
  } catch {
    return {};
  }
}
