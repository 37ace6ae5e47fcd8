import { type ConfigFile, nodeOfDirectiveFile } from "../base/config-file.ts";
import { readRawEvent } from "../base/raw-event.ts";
import type { ConfigDesk } from "../console/config/config-desk.ts";
import type { CoverageRange, CoverageWork } from "../console/coverage/coverage-handlers.ts";
import type { CoverageAnswer, KnownAnswer } from "../contract/console/coverage.ts";
import { CoverageCount, type CoveredDirective } from "../coverage/coverage-count.ts";
import { draftDirective } from "../coverage/draft.ts";
import { KnownCount } from "../coverage/known-count.ts";
import { loadDirectives } from "../directive/load.ts";
import { Inventory, loadAssets } from "../inventory/inventory.ts";
import { oldestEvents } from "../store/events/read-events.ts";
import type { RetainedArchive } from "./events-feature.ts";
import { JobThread, serveJobs } from "./job-thread.ts";

const ROLE = "coverage";
/** What events taught is asked for with every key press in an editor, and true for a while. */
const KNOWN_FOR_MS = 30_000;

interface CoverageInput {
  folder: string;
  boot: string;
  range: CoverageRange;
  all: boolean;
  directives: readonly ConfigFile[];
  assets: readonly ConfigFile[];
}
type KnownInput = Pick<CoverageInput, "folder" | "boot">;

/** Reads the retained events in a thread, each time anew, so that nothing is counted while nobody asks. */
export class ThreadedCoverage implements CoverageWork {
  readonly #thread = new JobThread(import.meta.url, ROLE);
  readonly #desk: ConfigDesk;
  readonly #retained: RetainedArchive;
  readonly #monotonic: () => number;
  #known: { answer: Promise<KnownAnswer>; atMs: number } | undefined;

  constructor(desk: ConfigDesk, retained: RetainedArchive, monotonic: () => number) {
    this.#desk = desk;
    this.#retained = retained;
    this.#monotonic = monotonic;
  }

  async coverage(range: CoverageRange, all: boolean): Promise<CoverageAnswer> {
    const { folder, boot, flush } = this.#retained;
    const [directives, assets] = await Promise.all([this.#files("directives"), this.#files("assets"), flush()]);
    const input: CoverageInput = { folder, boot, range, all, directives, assets };
    return (await this.#thread.run("coverage", input)) as CoverageAnswer;
  }

  known(): Promise<KnownAnswer> {
    const now = this.#monotonic();
    if (this.#known === undefined || now - this.#known.atMs > KNOWN_FOR_MS) {
      const answer = this.#learn();
      this.#known = { answer, atMs: now };
      answer.catch(() => {
        this.#known = undefined;
      });
    }
    return this.#known.answer;
  }

  draft(parts: Parameters<CoverageWork["draft"]>[0]): string {
    return draftDirective(parts);
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  async #learn(): Promise<KnownAnswer> {
    const { folder, boot, flush } = this.#retained;
    await flush();
    return (await this.#thread.run("known", { folder, boot } satisfies KnownInput)) as KnownAnswer;
  }

  async #files(kind: "directives" | "assets"): Promise<ConfigFile[]> {
    const names = await this.#desk.names(kind);
    const files = await Promise.all(names.map((name) => this.#desk.read(name)));
    return files.filter((file) => file !== undefined);
  }
}

function coverage({ folder, boot, range, all, directives, assets }: CoverageInput): CoverageAnswer {
  const count = new CoverageCount(coveredDirectives(directives), new Inventory(loadAssets(assets).assets));
  for (const raw of oldestEvents(folder, range)) {
    const read = readRawEvent(raw, boot);
    if (read !== undefined) count.see(read.event, read.id, read.at);
  }
  return count.answer(all);
}

function known({ folder, boot }: KnownInput): KnownAnswer {
  const count = new KnownCount();
  for (const raw of oldestEvents(folder)) {
    const read = readRawEvent(raw, boot);
    if (read !== undefined) count.see(read.event);
  }
  return count.answer();
}

/** Those that a backend would load; what is wrong with the others the directives' own list says. */
function coveredDirectives(files: readonly ConfigFile[]): CoveredDirective[] {
  const byNode = Map.groupBy(files, ({ name }) => nodeOfDirectiveFile(name) ?? "");
  const covered: CoveredDirective[] = [];
  for (const [node, ofNode] of byNode) {
    loadDirectives(ofNode, (directive, { file }) => covered.push({ directive, file, node }));
  }
  return covered;
}

serveJobs(ROLE, {
  coverage: (input: CoverageInput) => ({ result: coverage(input) }),
  known: (input: KnownInput) => ({ result: known(input) }),
});
