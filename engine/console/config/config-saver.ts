import type { ConfigFile } from "../../base/config-file.ts";
import type { Logger } from "../../base/log.ts";
import { type Problem, problemText } from "../../base/problem.ts";
import type { SaveAnswer } from "../../contract/console/directives.ts";
import { ApiFault } from "../api-fault.ts";
import { nameOf } from "../user-name.ts";
import type { ConfigDesk } from "./config-desk.ts";
import { configProblem } from "./config-tools.ts";
import { versionOf } from "./file-version.ts";
import type { NodeReload } from "./node-reload.ts";

/** Who may change the files, and who then restarts the backends. */
export interface ConfigKeeper {
  /** Why nothing may be changed, one sentence; `undefined` when it may. */
  readOnly(): string | undefined;
  /** Live backlogs of a directive, as its backend said last. */
  liveOf(node: string, directiveId: number): number;
  /** Has the backend of a node take in the files as they are now, while it runs. */
  reload(node: string, by: string): Promise<NodeReload>;
  /** Restarts the backends of these nodes that a supervisor looks after, their state kept; returns which. */
  restart(nodes: readonly string[]): Promise<string[]>;
}

export interface SaveRequest {
  changed: readonly ConfigFile[];
  dryRun: boolean;
  /** Who asks, as the log names them. */
  user: string;
  /** What the one changed file must be as yet, as `versionOf` has it; not looked at when missing. */
  ifVersion?: string | undefined;
}

type Renewed = Pick<SaveAnswer, "reloaded" | "restarting" | "outdated" | "reasons"> & {
  touched: NonNullable<SaveAnswer["touched"]>;
};

/** The part of a folder that is checked together: the directives of a node, or all assets. */
interface Scope {
  names: readonly string[];
  check(files: readonly ConfigFile[]): Promise<Problem[]>;
}

/**
 * Saves configuration files: checked as the backends would, then written so that a reader sees the old file or the new
 * one, and then the backends that load it take it in. One save after the other.
 */
export class ConfigSaver {
  readonly #desk: ConfigDesk;
  readonly #keeper: ConfigKeeper;
  readonly #log: Logger;
  /** What was saved last from the console, by the file's name, since it was started. */
  readonly #lastSaves = new Map<string, { version: string; by: string }>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(desk: ConfigDesk, keeper: ConfigKeeper, log: Logger) {
    this.#desk = desk;
    this.#keeper = keeper;
    this.#log = log;
  }

  readOnly(): string | undefined {
    return this.#keeper.readOnly();
  }

  /** @throws ApiFault 403 when nothing may be changed here */
  refuseWhenReadOnly(): void {
    const reason = this.#keeper.readOnly();
    if (reason !== undefined) throw new ApiFault(403, reason);
  }

  /** `make` looks at the files and says what to change, while nobody else changes them. */
  save(make: () => Promise<SaveRequest>): Promise<SaveAnswer> {
    const saved = this.#last.then(make).then((request) => this.#save(request));
    this.#last = saved.catch(() => undefined);
    return saved;
  }

  /**
   * Has the backends of these nodes run with what is in the folder, where that is in order: they take it in as they run, and
   * those that can't are restarted, if somebody can.
   */
  async renew(nodes: readonly string[], user: string): Promise<Renewed> {
    const sound = await this.#sound(nodes);
    const by = nameOf(user);
    const reloads = new Map(
      await Promise.all(sound.map(async (node) => [node, await this.#keeper.reload(node, by)] as const)),
    );
    const reloaded = sound.filter((node) => reloads.get(node)?.kind === "reloaded");
    const restarting = await this.#keeper.restart(sound.filter((node) => reloads.get(node)?.kind === "needs restart"));
    const reasons: { node: string; text: string }[] = [];
    const touched: NonNullable<SaveAnswer["touched"]> = [];
    for (const [node, reload] of reloads) {
      if (reload.kind !== "reloaded") {
        reasons.push({ node, text: reload.why });
        this.#log.warn("a backend doesn't take in the configuration while it runs", { node, reason: reload.why });
        continue;
      }
      for (const { directiveId, onOldRules, ended } of reload.answer.touched) {
        touched.push({ node, directiveId, live: onOldRules + ended, ...(ended > 0 && { ended }) });
      }
    }
    const outdated = nodes.filter((node) => !reloaded.includes(node) && !restarting.includes(node));
    return { reloaded, restarting, outdated, touched, ...(reasons.length > 0 && { reasons }) };
  }

  async #save({ changed, dryRun, user, ifVersion }: SaveRequest): Promise<SaveAnswer> {
    if (!dryRun) this.refuseWhenReadOnly();
    await this.#refuseWhenChanged(changed, ifVersion);
    const { problems, faulty } = await this.#check(changed);
    const differences = await Promise.all(
      changed.map(async ({ name, bytes }) => {
        const before = (await this.#desk.read(name))?.bytes ?? new Uint8Array();
        return this.#desk.tools.difference(name, before, bytes);
      }),
    );
    const answer = {
      problems: problems.map(configProblem),
      difference: differences.filter(Boolean).join("\n"),
      touched: (await Promise.all(changed.map((file) => this.#touched(file)))).flat(),
    };
    const nobody = { reloaded: [], restarting: [], outdated: [] };
    if (dryRun || faulty) return { ...answer, saved: false, ...nobody };
    if (answer.difference === "") return { ...answer, saved: true, ...nobody };
    await this.#write(changed);
    for (const file of changed) {
      const { name, bytes } = file;
      this.#lastSaves.set(name, { version: versionOf(file), by: nameOf(user) });
      this.#log.info("a configuration file was saved from the console", {
        file: name,
        bytes: bytes.length,
        by: nameOf(user),
      });
    }
    const { touched, ...renewed } = await this.renew(await this.#nodesOf(changed), user);
    // A backend that has taken it in knows exactly; of the others it is what they said last.
    const guessed = answer.touched.filter(({ node }) => !renewed.reloaded.includes(node));
    return { ...answer, saved: true, ...renewed, touched: [...touched, ...guessed] };
  }

  async #refuseWhenChanged(changed: readonly ConfigFile[], ifVersion: string | undefined): Promise<void> {
    const [file] = changed;
    if (ifVersion === undefined || file === undefined) return;
    const current = versionOf(await this.#desk.read(file.name));
    if (current === ifVersion) return;
    const last = this.#lastSaves.get(file.name);
    const by = current !== "" && last?.version === current ? `by ${last.by}` : "outside of the console";
    throw new ApiFault(
      409,
      `${file.name} was changed since you opened it, ${by}. Copy what you changed, open the file anew and put it in there.`,
    );
  }

  /** Directives that this changes while backlogs of theirs live. */
  async #touched(after: ConfigFile): Promise<NonNullable<SaveAnswer["touched"]>> {
    const node = this.#desk.tools.nodeOf(after.name);
    const before = node === undefined ? undefined : await this.#desk.read(after.name);
    if (node === undefined || before === undefined) return [];
    const ids = await this.#desk.tools.changedDirectives(before, after);
    return ids
      .map((directiveId) => ({ node, directiveId, live: this.#keeper.liveOf(node, directiveId) }))
      .filter(({ live }) => live > 0);
  }

  async #write(changed: readonly ConfigFile[]): Promise<void> {
    try {
      await this.#desk.files.writeAll(changed);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const names = changed.map(({ name }) => name).join(" and ");
      const rest = changed.length === 1 ? "the file is as it was" : "all of these files are as they were";
      throw new ApiFault(500, `${names} can't be written: ${reason}; ${rest}.`);
    }
  }

  /**
   * What is wrong with the folder once this is in it, and whether that is this change's doing. What was wrong before, in
   * another file, doesn't keep anybody from mending one file after the other.
   */
  async #check(changed: readonly ConfigFile[]): Promise<{ problems: Problem[]; faulty: boolean }> {
    const names = new Set(changed.map(({ name }) => name));
    const problems: Problem[] = [];
    let faulty = false;
    for (const scope of await this.#scopes(changed)) {
      const before = await this.#filesOf(scope.names.filter((name) => !names.has(name)));
      const own = changed.filter(({ name }) => scope.names.includes(name));
      const after = [...before, ...own].sort((a, b) => (a.name < b.name ? -1 : 1));
      const found = await scope.check(after);
      problems.push(...found);
      if (found.length === 0) continue;
      const old = await this.#filesOf(scope.names);
      const known = new Set(old.length === 0 ? [] : (await scope.check(old)).map(problemText));
      faulty ||= found.some((problem) => names.has(problem.file) || !known.has(problemText(problem)));
    }
    return { problems, faulty };
  }

  async #scopes(changed: readonly ConfigFile[]): Promise<Scope[]> {
    const { tools } = this.#desk;
    const scopes = new Map<string, Scope>();
    const byNode = await this.#desk.namesByNode();
    for (const { name } of changed) {
      const node = tools.nodeOf(name);
      if (node !== undefined) {
        const names = new Set([...(scopes.get(node)?.names ?? byNode.get(node) ?? []), name]);
        const check = async (files: readonly ConfigFile[]) => (await tools.inspectDirectives(files)).problems;
        scopes.set(node, { names: [...names].sort(), check });
      } else {
        // No node is called so: its name would be a part of a file's name.
        const names = new Set([...(scopes.get("assets_")?.names ?? (await this.#desk.names("assets"))), name]);
        const check = async (files: readonly ConfigFile[]) => (await tools.inspectAssets(files)).problems;
        scopes.set("assets_", { names: [...names].sort(), check });
      }
    }
    return [...scopes.values()];
  }

  async #filesOf(names: readonly string[]): Promise<ConfigFile[]> {
    const files = await Promise.all(names.map((name) => this.#desk.read(name)));
    return files.filter((file) => file !== undefined);
  }

  /** The nodes whose backends load any of these files. */
  async #nodesOf(changed: readonly ConfigFile[]): Promise<string[]> {
    const nodes = changed.map(({ name }) => this.#desk.tools.nodeOf(name));
    const all = [...(await this.#desk.namesByNode()).keys()];
    const isForAll = nodes.some((node) => node === undefined);
    return isForAll ? all : [...new Set(nodes.filter((node) => node !== undefined))];
  }

  /** Those whose backends would start with what is in the folder now. */
  async #sound(nodes: readonly string[]): Promise<string[]> {
    const [assets, providers, directives] = await Promise.all([
      this.#desk.assets(),
      this.#desk.providers(),
      this.#desk.directives(),
    ]);
    if (assets.problems.length + providers.problems.length > 0) return [];
    return nodes.filter((node) => directives.find((each) => each.node === node)?.problems.length === 0);
  }
}
