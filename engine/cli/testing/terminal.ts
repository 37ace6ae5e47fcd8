import type { Terminal } from "../command-line.ts";

/** A terminal for tests that keeps what was written. */
export class TestTerminal implements Terminal {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  stdout = "";
  stderr = "";

  constructor(argv: readonly string[] = [], env: Readonly<Record<string, string | undefined>> = {}) {
    this.argv = argv;
    this.env = env;
  }

  out = (text: string): void => {
    this.stdout += text;
  };

  err = (text: string): void => {
    this.stderr += text;
  };
}
