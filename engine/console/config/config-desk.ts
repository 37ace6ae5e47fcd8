import type { ConfigFile } from "../../base/config-file.ts";
import type { ConfigProblem } from "../../contract/console/directives.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import {
  type AssetsReport,
  type ConfigTools,
  configProblem,
  type ListedDirective,
  type ProvidersReport,
} from "./config-tools.ts";

/** A file of the folder `configs/`. */
export interface FoundConfigFile {
  version: string;
  size: number;
  /** Milliseconds since the epoch. */
  modifiedMs: number;
  /** `undefined` when it has gone since. */
  read(): Promise<Uint8Array | undefined>;
}

/** The folder `configs/`, from which the backends get their configuration. */
export interface ConfigFiles {
  list(): Promise<string[]>;
  find(name: string): Promise<FoundConfigFile | undefined>;
  /** All of them or, when one can't be written, none. */
  writeAll(files: readonly ConfigFile[]): Promise<void>;
}

export type ConfigKind = "directives" | "assets" | "intel" | "vuln";

/** The directives of one node. */
export interface NodeDirectives {
  node: string;
  directives: ListedDirective[];
  problems: ConfigProblem[];
  /** What is odd about those that are valid, as far as that is known without looking at events. */
  lint: ConfigProblem[];
}

export interface FileInfo {
  name: string;
  bytes: number;
  modified: number;
}

/** What the folder's files say, worked out anew only when they change. */
export class ConfigDesk {
  readonly files: ConfigFiles;
  readonly tools: ConfigTools;
  /** By what was asked: the versions of the files that an answer was made of, and the answer. */
  readonly #known = new Map<string, { versions: string; answer: Promise<unknown> }>();

  constructor(files: ConfigFiles, tools: ConfigTools) {
    this.files = files;
    this.tools = tools;
  }

  /** Names of the files of one kind that services take, in their order. */
  async names(kind: ConfigKind): Promise<string[]> {
    return (await this.files.list()).filter((name) => name.startsWith(`${kind}_`) && CONFIG_FILE_NAME.test(name));
  }

  /** The directive files of each node, by the node's name. */
  async namesByNode(): Promise<Map<string, string[]>> {
    const byNode = new Map<string, string[]>();
    for (const name of await this.names("directives")) {
      const node = this.tools.nodeOf(name);
      if (node !== undefined) byNode.set(node, [...(byNode.get(node) ?? []), name]);
    }
    return byNode;
  }

  async directives(): Promise<NodeDirectives[]> {
    const byNode = await this.namesByNode();
    return Promise.all(
      Array.from(byNode, async ([node, names]) => {
        const { directives, problems } = await this.#made(`directives ${node}`, names, (files) =>
          this.tools.inspectDirectives(files),
        );
        return { node, directives, problems: problems.map(configProblem), lint: await this.#lint(node, names) };
      }),
    );
  }

  /** Of the valid directives of a node; it depends on the assets, too. */
  async #lint(node: string, names: readonly string[]): Promise<ConfigProblem[]> {
    const assetNames = await this.names("assets");
    return this.#made(`lint ${node}`, [...names, ...assetNames], async (files) => {
      const { highestValue } = await this.assets();
      const own = files.filter(({ name }) => names.includes(name));
      return this.tools.lint(own, { highestValue, known: undefined });
    });
  }

  async assets(): Promise<AssetsReport> {
    return this.#made("assets", await this.names("assets"), (files) => this.tools.inspectAssets(files));
  }

  async providers(): Promise<ProvidersReport> {
    const names = [...(await this.names("intel")), ...(await this.names("vuln"))];
    return this.#made("providers", names, (files) => this.tools.inspectProviders(files));
  }

  /** By name, what a backend that loads the files now would be given. */
  async digests(): Promise<Record<string, string>> {
    const names = (
      await Promise.all((["assets", "directives", "intel", "vuln"] as const).map((kind) => this.names(kind)))
    ).flat();
    const each = await Promise.all(
      names.map((name) => this.#made(`digest ${name}`, [name], (files) => this.tools.digests(files))),
    );
    return Object.assign({}, ...each);
  }

  async info(kind: ConfigKind): Promise<FileInfo[]> {
    const infos = await Promise.all(
      (await this.names(kind)).map(async (name): Promise<FileInfo[]> => {
        const found = await this.files.find(name);
        return found === undefined ? [] : [{ name, bytes: found.size, modified: Math.floor(found.modifiedMs) }];
      }),
    );
    return infos.flat();
  }

  /** `undefined` when there is no such file. */
  async read(name: string): Promise<ConfigFile | undefined> {
    const bytes = await (await this.files.find(name))?.read();
    return bytes && { name, bytes };
  }

  async #made<T>(what: string, names: readonly string[], make: (files: ConfigFile[]) => Promise<T>): Promise<T> {
    const found = await Promise.all(names.map((name) => this.files.find(name)));
    const versions = names.map((name, i) => `${name}:${found[i]?.version ?? ""}`).join(" ");
    const known = this.#known.get(what);
    // Whatever is kept under a name was made by the same call, and so is of the same type.
    if (known?.versions === versions) return known.answer as Promise<T>;
    const answer = readAll(names, found).then(make);
    this.#known.set(what, { versions, answer });
    // What failed is tried anew by whoever asks next.
    answer.catch(() => this.#known.delete(what));
    return answer;
  }
}

async function readAll(
  names: readonly string[],
  found: readonly (FoundConfigFile | undefined)[],
): Promise<ConfigFile[]> {
  const files = await Promise.all(
    names.map(async (name, i): Promise<ConfigFile[]> => {
      const bytes = await found[i]?.read();
      return bytes === undefined ? [] : [{ name, bytes }];
    }),
  );
  return files.flat();
}
