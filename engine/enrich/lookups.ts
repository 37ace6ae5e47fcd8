import type { Clock } from "../base/clock.ts";
import { parseAddress } from "../base/ip.ts";
import type { Logger } from "../base/log.ts";
import type { Hit } from "../contract/alarm.ts";
import type { IntelSource, VulnSource } from "./load.ts";
import { LookupSource, type LookupStats } from "./lookup-source.ts";
import { readNesd } from "./nesd.ts";
import { filledIn } from "./provider-url.ts";
import { isGlobal } from "./special-addresses.ts";
import { readWise } from "./wise.ts";

/** What a look-up may take, its time in the queue included (engine.md §8). */
const LOOKUP_TIMEOUT_MS = 10_000;

/** What an alarm record asks providers about: every address it has seen, and every address and port. */
export interface LookupTargets {
  /** Canonical texts. */
  readonly addresses: readonly string[];
  readonly sockets: readonly { readonly ip: string; readonly port: number }[];
}

export interface LookupsOptions {
  intel: readonly IntelSource[];
  vuln: readonly VulnSource[];
  /** `--intel_private_ip`: intel providers are asked about private and special addresses too. */
  intelPrivateIp: boolean;
  /** `--cache`. */
  cacheMinutes: number;
  clock: Clock;
  logger: Logger;
  /** For tests; `LOOKUP_TIMEOUT_MS` unless given. */
  timeoutMs?: number;
  /** Absent while tracing is off. */
  trace?: TraceLookups | undefined;
}

/** Begins the span of the look-ups of one kind; returns what ends it. */
export type TraceLookups = (name: "intel_checkers" | "vuln_checkers") => (() => void) | undefined;

/** Hits that are known, or will be. */
type Answer = readonly Hit[] | Promise<readonly Hit[]>;

/** Asks every enabled source (engine.md §8, MUST DIFFER: Dsiem-rs asks only the last one of a plugin). */
export class Lookups {
  readonly #intel: { source: LookupSource; url: string }[];
  readonly #vuln: { source: LookupSource; url: string }[];
  readonly #intelPrivateIp: boolean;
  readonly #trace: TraceLookups | undefined;

  constructor(options: LookupsOptions) {
    const { intel, vuln, cacheMinutes, clock, logger, timeoutMs = LOOKUP_TIMEOUT_MS } = options;
    const shared = { cacheMinutes, timeoutMs, clock, logger };
    this.#intelPrivateIp = options.intelPrivateIp;
    this.#trace = options.trace;
    this.#intel = intel.map(({ name, plugin, url }) => ({
      url,
      source: new LookupSource({ ...shared, name, plugin, read: readWise, noneStatus: undefined }),
    }));
    this.#vuln = vuln.map(({ name, plugin, url, allowLowSeverity }) => ({
      url,
      source: new LookupSource({
        ...shared,
        name,
        plugin,
        read: (body) => readNesd(body, allowLowSeverity),
        noneStatus: 418,
      }),
    }));
  }

  /** Whether any source is there to be asked; without one, callers need not even gather what to ask about. */
  get enabled(): boolean {
    return this.#intel.length + this.#vuln.length > 0;
  }

  /** Asks all sources about all targets. What is cached is there at once; the rest comes in. */
  ask(targets: LookupTargets): Findings {
    const findings = new Findings();
    const intel = this.#askIntel(targets);
    for (const answer of intel) findings.addIntel(answer);
    const vulnerabilities = this.#askVuln(targets);
    for (const answer of vulnerabilities) findings.addVulnerabilities(answer);
    if (this.#trace !== undefined) {
      follow(intel, "intel_checkers", this.#trace);
      follow(vulnerabilities, "vuln_checkers", this.#trace);
    }
    return findings;
  }

  #askIntel({ addresses }: LookupTargets): Answer[] {
    const answers: Answer[] = [];
    if (this.#intel.length === 0) return answers;
    for (const ip of addresses) {
      if (!this.#mayAsk(ip)) continue;
      for (const { source, url } of this.#intel) answers.push(source.ask(ip, () => filledIn(url, ip, undefined)));
    }
    return answers;
  }

  #askVuln({ sockets }: LookupTargets): Answer[] {
    const answers: Answer[] = [];
    for (const { source, url } of this.#vuln) {
      for (const { ip, port } of sockets) answers.push(source.ask(`${ip}:${port}`, () => filledIn(url, ip, port)));
    }
    return answers;
  }

  stats(): LookupStats[] {
    return [...this.#intel, ...this.#vuln].map(({ source }) => ({ ...source.stats }));
  }

  /** Drops the kept connections; look-ups under way fail. */
  close(): void {
    for (const { source } of [...this.#intel, ...this.#vuln]) source.close();
  }

  #mayAsk(ip: string): boolean {
    if (this.#intelPrivateIp) return true;
    const address = parseAddress(ip);
    return address !== undefined && isGlobal(address);
  }
}

/** Puts a span around questions that were asked just now, until the last answer is there. */
function follow(answers: readonly Answer[], name: Parameters<TraceLookups>[0], trace: TraceLookups): void {
  if (answers.length === 0) return;
  const ended = trace(name);
  if (ended !== undefined) void Promise.all(answers).then(ended);
}

/**
 * What the providers say to one record's questions, in the order of the questions, however late each answer comes.
 */
export class Findings {
  readonly #intel: (readonly Hit[])[] = [];
  readonly #vulnerabilities: (readonly Hit[])[] = [];
  #outstanding = 0;
  #onComplete: (() => void) | undefined;

  /** Answers that are still to come. */
  get outstanding(): number {
    return this.#outstanding;
  }

  get intel(): Hit[] {
    return this.#intel.flat();
  }

  get vulnerabilities(): Hit[] {
    return this.#vulnerabilities.flat();
  }

  /** Calls `done` once when the last outstanding answer comes in. */
  onComplete(done: () => void): void {
    this.#onComplete = done;
  }

  addIntel(answer: Answer): void {
    this.#add(this.#intel, answer);
  }

  addVulnerabilities(answer: Answer): void {
    this.#add(this.#vulnerabilities, answer);
  }

  #add(into: (readonly Hit[])[], answer: Answer): void {
    if (!(answer instanceof Promise)) {
      if (answer.length > 0) into.push(answer);
      return;
    }
    const place = into.push([]) - 1;
    this.#outstanding += 1;
    void answer.then((hits) => {
      into[place] = hits;
      this.#outstanding -= 1;
      if (this.#outstanding === 0) this.#onComplete?.();
    });
  }
}
