import { Command, CommanderError } from "commander";
import packageFile from "../../package.json" with { type: "json" };
import { DsiemError, errorText } from "../base/errors.ts";
import { plain } from "../base/log.ts";
import {
  type AnyFlag,
  commanderOption,
  type FlagTable,
  type FlagValues,
  type GivenFlags,
  normaliseArguments,
  resolveFlags,
  UsageError,
} from "./flags.ts";

/** Set by the build to the commit it was made from; unset when running from sources. */
export const COMMIT = process.env.DSIEM_BUILD_COMMIT ?? "";
export const RELEASE = packageFile.version;

/** The version that every command prints. */
export const VERSION = COMMIT === "" ? RELEASE : `${RELEASE} (${COMMIT})`;

/** Where a command line comes from and where its answers go; tests give their own. */
export interface Terminal {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Exit codes (engine.md §10). */
export const EXIT_RUNTIME_ERROR = 1;
const EXIT_USAGE = 2;

export interface Subcommand<T extends FlagTable> {
  name: string;
  description: string;
  /** Shown after the flags. */
  epilogue?: string;
  /** Positional argument as commander spells it, such as `<file>`. */
  argument?: { name: string; description: string };
  flags: T;
  /** Resolves with the exit code. */
  run: (values: FlagValues<T>, argument: string) => Promise<number>;
}

/**
 * One executable: its flags before and after the subcommand, its subcommands, its help and version. Ends in an exit
 * code; whatever is wrong is one line on the error output.
 */
export class CommandLine {
  readonly #name: string;
  readonly #terminal: Terminal;
  readonly #program: Command;
  readonly #flags: AnyFlag[];
  readonly #given: GivenFlags = { texts: new Map(), counts: new Map() };
  #exitCode = 0;

  constructor(name: string, description: string, globalFlags: FlagTable, terminal: Terminal) {
    this.#name = name;
    this.#terminal = terminal;
    this.#flags = Object.values(globalFlags);
    this.#program = this.#prepare(new Command(name)).description(description);
    this.#program.helpCommand("help [command]", "Print the help of a command");
    this.#program.version(`${name} ${VERSION}`, "-V, --version", "Print the version");
    this.#addFlags(this.#program, globalFlags);
  }

  add<T extends FlagTable>(subcommand: Subcommand<T>, globalFlags: FlagTable): void {
    const command = this.#prepare(new Command(subcommand.name)).description(subcommand.description);
    if (subcommand.epilogue !== undefined) command.addHelpText("after", `\n${subcommand.epilogue}`);
    if (subcommand.argument !== undefined) command.argument(subcommand.argument.name, subcommand.argument.description);
    // A flag both of the command itself and of all commands is read from either place.
    this.#addFlags(
      command,
      Object.fromEntries(Object.entries(subcommand.flags).filter(([key]) => !(key in globalFlags))),
    );
    this.#flags.push(...Object.values(subcommand.flags));
    command.action(async (argument: unknown) => {
      const values = resolveFlags(subcommand.flags, this.#given, this.#terminal.env);
      this.#exitCode = await subcommand.run(values, typeof argument === "string" ? argument : "");
    });
    this.#program.addCommand(command);
  }

  /** Runs what was asked for and resolves with the exit code. Never rejects. */
  async run(): Promise<number> {
    try {
      await this.#program.parseAsync(normaliseArguments(this.#terminal.argv, this.#flags), { from: "user" });
      return this.#exitCode;
    } catch (error) {
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_USAGE;
      this.#terminal.err(failureText(this.#name, error));
      return error instanceof UsageError ? EXIT_USAGE : EXIT_RUNTIME_ERROR;
    }
  }

  #prepare(command: Command): Command {
    return command
      .helpOption("-h, --help", "Print this help")
      .configureHelp({ showGlobalOptions: true })
      .exitOverride()
      .configureOutput({
        writeOut: this.#terminal.out,
        writeErr: this.#terminal.err,
        // commander's suggestion stands on a line of its own; what is wrong is one line.
        outputError: (text, write) => {
          const line = text
            .trim()
            .replace(/^error: /, "")
            .replace(/\s*\n\s*/g, " ");
          write(`${this.#name}: ${plain(line)}\n`);
        },
      });
  }

  #addFlags(command: Command, table: FlagTable): void {
    for (const flag of Object.values(table)) {
      command.addOption(commanderOption(flag, this.#given));
      if (flag.kind !== "count") continue;
      command.on(`option:${flag.long}`, () => {
        this.#given.counts.set(flag.long, (this.#given.counts.get(flag.long) ?? 0) + 1);
      });
    }
  }
}

/**
 * What a person gets to read when a command fails: the sentence, or for what nobody foresaw the stack. Control
 * characters are escaped, line ends stay (a report of configuration problems has many lines).
 */
function failureText(name: string, error: unknown): string {
  const foreseen = error instanceof DsiemError;
  const text = !foreseen && error instanceof Error && error.stack !== undefined ? error.stack : errorText(error);
  return `${name}: ${text.trimEnd().split("\n").map(plain).join("\n")}\n`;
}
