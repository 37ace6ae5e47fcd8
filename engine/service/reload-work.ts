import { createHash } from "node:crypto";
import type { ConfigFile } from "../base/config-file.ts";
import { type Problem, problemText } from "../base/problem.ts";
import type { Directive } from "../contract/directive.ts";
import type { EventNames } from "../directive/interest-index.ts";
import { type DirectiveSource, type KnownDirectives, loadDirectives } from "../directive/load.ts";
import { type JobResult, JobThread, ownBytes, serveJobs } from "./job-thread.ts";

/** Directives are handed over in texts of about this size, of which the main thread reads one at a time. */
const SLICE_CHARACTERS = 32 * 1024;
/** More problems than these nobody reads. */
const MAX_PROBLEMS = 1_000;
/** Up to so many bytes of changed files are read at once, in the event loop: a few milliseconds, and no thread to start. */
const INLINE_BYTES = 128 * 1024;
/** The same of directives that are known, whose ids are looked up. */
const INLINE_KNOWN = 50_000;
const ROLE = "reload-work";

/** A directive file as the worker gets it: without bytes it is the one of before. */
export interface ReloadFile {
  name: string;
  bytes: Uint8Array | undefined;
  /** Of the file of this name that the backend runs with. */
  sha256: string | undefined;
  known: Omit<KnownDirectives, "name"> | undefined;
}

/** One directive of a changed file: where its text is, and which events its rules name. */
export type HandedDirective = [id: number, line: number, from: number, to: number, names: EventNames[]];

/** A changed file: its bytes come back, with its directives as JSON texts of lists of `HandedDirective`. */
interface ReadFile {
  name: string;
  sha256: string;
  bytes: Uint8Array;
  slices: Uint8Array[];
  disabled: number;
}

export type ReadFiles = { problems: string[]; count: number } | { files: (ReadFile | { name: string; same: true })[] };

/** Reads and checks directive files in a thread of its own, together with what is known of those that are the same. */
export class ReloadWork {
  readonly #thread = new JobThread(import.meta.url, ROLE);

  /** Takes the files' bytes over. */
  async read(files: readonly ReloadFile[]): Promise<ReadFiles> {
    const bytes = files.reduce((sum, file) => sum + (file.bytes?.length ?? 0), 0);
    const known = files.reduce((sum, file) => sum + (file.known?.ids.length ?? 0), 0);
    if (bytes <= INLINE_BYTES && known <= INLINE_KNOWN) return readFiles(files).result;
    const own = files.map((file) => ({ ...file, bytes: file.bytes && ownBytes(file.bytes) }));
    const buffers = own.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes.buffer]));
    return (await this.#thread.run("read", own, buffers)) as ReadFiles;
  }

  /** Takes the files' bytes over. */
  async digests(files: readonly ConfigFile[]): Promise<string[]> {
    if (files.reduce((sum, { bytes }) => sum + bytes.length, 0) <= INLINE_BYTES)
      return files.map(({ bytes }) => sha256Of(bytes));
    const own = files.map(({ bytes }) => ownBytes(bytes));
    const buffers = own.map(({ buffer }) => buffer);
    return (await this.#thread.run("digests", own, buffers)) as string[];
  }

  async close(): Promise<void> {
    await this.#thread.close();
  }
}

function readFiles(files: readonly ReloadFile[]): JobResult & { result: ReadFiles } {
  const changed = new Map<string, FileReader>();
  const all = files.map((file): ConfigFile | KnownDirectives => {
    const { name, bytes, known } = file;
    const sha256 = bytes === undefined ? file.sha256 : sha256Of(bytes);
    if (known !== undefined && sha256 === file.sha256) return { name, ...known };
    if (bytes === undefined || sha256 === undefined) throw new Error(`broken invariant: ${name} came without its text`);
    changed.set(name, new FileReader({ name, bytes }, sha256));
    return { name, bytes };
  });
  const { problems, disabledIn } = loadDirectives(all, (directive, source) =>
    changed.get(source.file)?.take(directive, source),
  );
  if (problems.length > 0)
    return { result: { problems: textsOf(problems), count: problems.length } satisfies ReadFiles };
  const result = files.map(
    ({ name }) => changed.get(name)?.finish(disabledIn.get(name) ?? 0) ?? { name, same: true as const },
  );
  const transfer = result.flatMap((file) =>
    "same" in file ? [] : [file.bytes.buffer as ArrayBuffer, ...file.slices.map(({ buffer }) => buffer as ArrayBuffer)],
  );
  return { result: { files: result } satisfies ReadFiles, transfer };
}

class FileReader {
  readonly #file: ConfigFile;
  readonly #sha256: string;
  readonly #slices: Uint8Array[] = [];
  #texts: string[] = [];
  #length = 0;

  constructor(file: ConfigFile, sha256: string) {
    this.#file = file;
    this.#sha256 = sha256;
  }

  take({ rules }: Directive, { id, line, bytes }: DirectiveSource): void {
    const from = bytes.byteOffset - this.#file.bytes.byteOffset;
    const names = rules.map(({ type, stage, plugin_id, plugin_sid, product, category }) => ({
      ...{ type, stage, plugin_id, plugin_sid, product, category },
    }));
    const text = JSON.stringify([id, line, from, from + bytes.length, names] satisfies HandedDirective);
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length > SLICE_CHARACTERS) this.#cut();
  }

  finish(disabled: number): ReadFile {
    if (this.#texts.length > 0) this.#cut();
    const { name, bytes } = this.#file;
    return { name, sha256: this.#sha256, bytes, slices: this.#slices, disabled };
  }

  #cut(): void {
    this.#slices.push(new TextEncoder().encode(`[${this.#texts.join()}]`));
    this.#texts = [];
    this.#length = 0;
  }
}

function textsOf(problems: readonly Problem[]): string[] {
  return problems.slice(0, MAX_PROBLEMS).map(problemText);
}

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

serveJobs(ROLE, {
  digests: (texts: readonly Uint8Array[]): JobResult => ({ result: texts.map(sha256Of) }),
  read: (files: readonly ReloadFile[]) => readFiles(files),
});
