/** One promise of the product and the program that holds it against it. Each `proof/NAME.ts` exports one as `proof`. */
export interface Proof {
  /** What `--help` prints. */
  readonly usage: string;
  /**
   * Says what it measured and checked to the report. It is bounded in time, and cleans up what it began.
   * @throws BenchError for a wrong option, or when there is no going on; that counts as failed.
   */
  run(args: readonly string[], report: Report): Promise<void>;
}

/** What a proof says: figures as they come, a line for each check, and the count of both kinds of checks at the end. */
export class Report {
  readonly #print: (line: string) => void;
  #passed = 0;
  #failed = 0;

  constructor(print: (line: string) => void) {
    this.#print = print;
  }

  get failed(): number {
    return this.#failed;
  }

  /** A figure, or how far the proof is. */
  say(line: string): void {
    this.#print(line);
  }

  /** `detail` tells what was seen: with it alone a person has to be able to look for the cause of a failure. */
  check(what: string, holds: boolean, detail = ""): void {
    if (holds) this.#passed += 1;
    else this.#failed += 1;
    this.#print(`${holds ? "ok  " : "FAIL"} ${what}${detail === "" ? "" : `: ${detail}`}`);
  }

  /** A figure that may be so large and no larger. */
  atMost(what: string, value: number, most: number, unit = ""): void {
    const [is, may] = [value, most].map((number) => `${Number(number.toFixed(2))}${unit === "" ? "" : ` ${unit}`}`);
    this.check(what, value <= most, `${is}, at most ${may}`);
  }

  /** The line that ends every proof, and the exit code. A proof that checked nothing has failed. */
  finish(): number {
    const failed = this.#failed + (this.#passed + this.#failed === 0 ? 1 : 0);
    this.#print(`${this.#passed} passed, ${failed} failed`);
    return failed === 0 ? 0 : 1;
  }
}
