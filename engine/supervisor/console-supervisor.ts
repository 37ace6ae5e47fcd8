import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodesOf } from "../base/config-file.ts";
import { errorText } from "../base/errors.ts";
import type { ConsoleFacts, SupervisorAnswer, SupervisorAsk } from "../contract/console/supervision.ts";
import type { SupervisorState } from "../contract/console/supervisor.ts";
import { demoConfigFiles } from "./demo/demo-configs.ts";
import { playScenarioForever } from "./demo/demo-player.ts";
import { type DemoResponder, startDemoResponder } from "./demo/demo-responder.ts";
import { EventSender } from "./demo/event-sender.ts";
import { type FolderInspection, inspectFolder, wholePath } from "./folder-inspection.ts";
import type { Launcher } from "./launcher.ts";
import { choosePort, Profile } from "./profile.ts";
import { described, type ProfileEntry, Profiles } from "./profiles.ts";
import { SupervisorRefusal } from "./refusal.ts";
import { removeSession, sessionOfFolder, sessionOfRoot, writeSession } from "./session-file.ts";
import { firstRun, type Plan, planProfile, planStart, type Wish } from "./start-plan.ts";
import type { ServiceState, SupervisedService } from "./supervised-service.ts";
import { localUrl, System } from "./system.ts";

export interface ConsoleOptions {
  launcher: Launcher;
  /** The built files (or sources) of the two services. */
  frontendFile: string;
  backendFile: string;
  /** Holds the profiles and `profiles.json`. */
  profileRoot: string;
  wish: Wish;
  /** `undefined`: the one of the last time, at first the first free one from 8080 on. */
  port: number | undefined;
  /** Address literal to listen on. */
  listen: string;
  /** Further origins that may use the console. */
  consoleOrigins: readonly string[];
  /** Given to the services as they are, such as `-v`. */
  extraArgs: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** The window is the desktop's. */
  desktop: boolean;
  /** Under which changes are noted by those who said no name; empty to ask them. */
  user: string;
  listener?: ConsoleListener;
}

/** What whoever started the console may want to tell. */
export interface ConsoleListener {
  /** The frontend listens, and the backends start: at first, and after each change of the profile. */
  opened?(opened: OpenedConsole): void;
  /** The services are about to stop. */
  closing?(): void;
  service?(service: SupervisedService, state: ServiceState): void;
  /** A scene of the demo begins, or its traffic isn't taken. */
  demo?(text: string): void;
  /** Something that whoever started the console should know: one sentence. */
  notice?(text: string): void;
  /** Another profile can't be started. */
  failed?(reason: string): void;
}

export interface OpenedConsole {
  /** Missing at a first run. */
  profile: ProfileEntry | undefined;
  dataDir: string;
  alarmFile: string;
  nodes: readonly string[];
  /** The configuration is the demo's. */
  isDemo: boolean;
  /** The demo's traffic plays. */
  plays: boolean;
}

/** Where the console is served, and what opens it (operation.md §3). */
export interface ConsoleAddress {
  /** Base URL, without a slash at its end. */
  url: string;
  port: number;
  /** The launch token: the same until the console is stopped. */
  token: string;
}

interface Running {
  plan: Plan;
  entry: ProfileEntry | undefined;
  profile: Profile;
  system: System;
  demo: AbortController;
}

/** A request that brings about another profile is answered before its frontend stops, in milliseconds. */
const ANSWER_FIRST_MS = 250;
/** A frontend that lives answers a request for a login within this time, in milliseconds. */
const LOGIN_MS = 10_000;
const SHOWN_LINES = 40;

/**
 * A console on this machine, independent of terminal and window: profiles, port, secrets, services, and the demo
 * (console.md §1, operation.md §5). Both `npm start` and the desktop are made of it.
 */
export class ConsoleSupervisor {
  readonly #options: ConsoleOptions;
  readonly #profiles: Profiles;
  readonly #token = randomBytes(32).toString("base64url");
  #responder: DemoResponder | undefined;
  #port: number | undefined;
  #running: Running | undefined;
  #listens = false;
  #failedChange: SupervisorState["failedChange"];
  #changing: Promise<void> | undefined;
  #stopped: Promise<boolean> | undefined;
  #restarted: () => void = () => undefined;

  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#profiles = new Profiles(options.profileRoot);
  }

  /** `undefined` while no frontend listens. */
  get address(): ConsoleAddress | undefined {
    if (!this.#listens || this.#port === undefined) return undefined;
    return { url: localUrl(this.#options.listen, this.#port), port: this.#port, token: this.#token };
  }

  get logsFolder(): string {
    return join(this.#running?.plan.dataDir ?? this.#options.profileRoot, "logs", "services");
  }

  /** The last lines of the frontend's log. */
  lastLines(): readonly string[] {
    return this.#running?.system.frontend.log.lastLines(SHOWN_LINES) ?? [];
  }

  /** Calls when the frontend was started anew: after a failure, or for another profile. */
  onRestart(listener: () => void): void {
    this.#restarted = listener;
  }

  /**
   * The frontend listens when it resolves; the backends start meanwhile. It may be tried again.
   * @throws ProfileError, ServiceFailedError with a sentence for a person
   */
  async start(): Promise<void> {
    await this.#close();
    const { trouble } = this.#profiles;
    if (trouble !== undefined) this.#options.listener?.notice?.(trouble);
    await this.#open(planStart(this.#profiles, this.#options.wish));
  }

  /** A page to open that logs its browser in, once, within a minute. */
  async loginUrl(): Promise<string> {
    const { address } = this;
    if (address === undefined) throw new SupervisorRefusal(503, "No frontend listens.");
    const answer = await fetch(`${address.url}/api/login-code`, {
      method: "POST",
      headers: { authorization: `Bearer ${address.token}` },
      signal: AbortSignal.timeout(LOGIN_MS),
    }).catch((error: unknown) => {
      throw new SupervisorRefusal(503, `The frontend doesn't answer: ${errorText(error)}.`);
    });
    const { path } = (await answer.json().catch(() => ({}))) as { path?: unknown };
    if (typeof path !== "string") throw new SupervisorRefusal(502, `The frontend answers ${answer.status}.`);
    return `${address.url}${path}`;
  }

  /**
   * Stops the services in order (operation.md §6); asking again gives the same promise.
   * @returns whether all of them ended by themselves
   */
  stop(): Promise<boolean> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<boolean> {
    const system = this.#running?.system;
    // Also those that are being exchanged right now.
    const clean = (await system?.stop()) ?? true;
    await this.#changing;
    await this.#close();
    await this.#responder?.close();
    return clean;
  }

  async #open(plan: Plan): Promise<void> {
    const { listen, listener } = this.#options;
    const profile = new Profile(plan.dataDir);
    profile.lock();
    try {
      const seeded = plan.seed ? profile.seed(await this.#demoFiles()) : [];
      this.#port ??= await choosePort(listen, this.#options.port, profile.port);
      // As soon as a file of somebody's own is there, this is no demo any more.
      const isDemo = seeded.length > 0 && profile.configNames().every((name) => seeded.includes(name));
      const entry = plan.entry && (isDemo ? { ...plan.entry, kind: "demo" as const, editable: true } : plan.entry);
      const nodes = nodesOf(profile.configNames());
      const system = this.#system(plan.dataDir, this.#port, nodes, isDemo);
      const demo = new AbortController();
      this.#running = { plan, entry, profile, system, demo };
      this.#writeSessions({ url: localUrl(listen, this.#port), token: this.#token, pid: process.pid });
      // A backend that is given up is the console's to show; the frontend is what there has to be.
      system.start().catch(() => undefined);
      await system.frontend.ready();
      if (this.#stopped !== undefined) return;
      this.#listens = true;
      if (this.#options.port === undefined) profile.rememberPort(this.#port);
      const { dataDir } = plan;
      listener?.opened?.({
        ...{ profile: entry, dataDir, alarmFile: profile.alarmFile, nodes, isDemo, plays: plan.play },
      });
      if (plan.play) void this.#play(demo.signal);
    } catch (error) {
      await this.#close();
      profile.unlock();
      // What was to start was stopped, as it was asked to.
      if (this.#stopped === undefined) throw error;
    }
  }

  /** What runs ends; nothing does when there is nothing. */
  async #close(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#options.listener?.closing?.();
    this.#listens = false;
    running.demo.abort();
    await running.system.stop();
    for (const path of this.#sessionFiles(running)) removeSession(path);
    running.profile.unlock();
    this.#running = undefined;
  }

  #system(dataDir: string, port: number, nodes: readonly string[], isDemo: boolean): System {
    const { backendFile, consoleOrigins, env, extraArgs, frontendFile, launcher, listen, listener } = this.#options;
    const system: System = new System({
      ...{ launcher, frontendFile, backendFile, dataDir, address: listen, port, consoleOrigins, nodes, extraArgs, env },
      // The demo's addresses are private or reserved for documentation, and its providers are on this machine.
      backendArgs: isDemo ? ["--intel_private_ip"] : [],
      onState: (service, state) => {
        if (service === system.frontend && state.kind === "running" && this.#listens) this.#restarted();
        listener?.service?.(service, state);
      },
      console: {
        launchToken: this.#token,
        facts: () => this.#facts(),
        notes: () => this.#notes(),
        tasks: {
          profiles: () => this.#list(),
          use: (choice) => this.#use(choice),
          inspect: ({ folder }) => this.#inspect(folder),
          editable: ({ editable }) => this.#setEditable(editable),
          eraseDemo: () => this.#eraseDemo(),
        },
      },
    });
    return system;
  }

  async #play(signal: AbortSignal): Promise<void> {
    const tell = (text: string): void => this.#options.listener?.demo?.(text);
    const url = this.address?.url;
    if (url === undefined) return;
    await playScenarioForever(new EventSender(url, () => undefined, signal), { scene: tell, trouble: tell }, signal);
  }

  async #demoFiles(): Promise<Map<string, string>> {
    this.#responder ??= await startDemoResponder();
    return demoConfigFiles(this.#responder.port);
  }

  #facts(): ConsoleFacts {
    const { desktop, user } = this.#options;
    const entry = this.#running?.entry;
    return {
      firstRun: entry === undefined,
      desktop,
      user,
      ...(entry === undefined ? {} : { profile: described(entry) }),
    };
  }

  #notes(): Pick<SupervisorState, "failedChange" | "damagedProfiles"> {
    const { trouble } = this.#profiles;
    return {
      ...(this.#failedChange !== undefined && { failedChange: this.#failedChange }),
      ...(trouble !== undefined && { damagedProfiles: trouble }),
    };
  }

  #list(): SupervisorAnswer<"profiles"> {
    const entry = this.#running?.entry;
    const known = this.#profiles.list();
    const here = entry === undefined || known.some(({ name }) => name === entry.name) ? [] : [described(entry)];
    return {
      profiles: [...known, ...here],
      ...(entry === undefined ? {} : { current: entry.name }),
      switchable: true,
    };
  }

  #inspect(folder: string): FolderInspection {
    return inspectFolder(wholePath(folder));
  }

  #use(choice: SupervisorAsk<"use">): SupervisorAnswer<"use"> {
    const entry = this.#chosen(choice);
    this.#changeTo(planProfile(entry));
    return { profile: described(entry) };
  }

  #chosen(choice: SupervisorAsk<"use">): ProfileEntry {
    switch (choice.kind) {
      case "demo":
        return this.#profiles.demo();
      case "own":
        return this.#profiles.own();
      case "folder": {
        const folder = wholePath(choice.folder);
        const inspection = inspectFolder(folder);
        if (!inspection.ok) throw new SupervisorRefusal(400, inspection.text);
        return this.#profiles.folder(folder);
      }
      case "existing": {
        const entry = this.#profiles.find(choice.name);
        if (entry === undefined) throw new SupervisorRefusal(404, `There is no profile ${choice.name}.`);
        return entry;
      }
    }
  }

  #setEditable(editable: boolean): Record<string, never> {
    const running = this.#running;
    if (running?.entry === undefined) throw new SupervisorRefusal(409, "Nothing was chosen yet that could be edited.");
    running.entry = this.#profiles.setEditable(running.entry, editable);
    running.system.factsChanged();
    return {};
  }

  #eraseDemo(): Record<string, never> {
    const entry = this.#profiles.find("demo");
    const folder = join(this.#profiles.root, "demo");
    // Only what is ours is erased: the folder that the demo got below the root.
    if (entry?.kind !== "demo" || entry.folder !== folder) {
      throw new SupervisorRefusal(409, "There is no demo to be erased here.");
    }
    const erase = (): void => {
      rmSync(folder, { recursive: true, force: true });
      this.#profiles.forget(entry);
    };
    if (this.#running?.plan.dataDir === folder) this.#changeTo(firstRun(this.#profiles), erase);
    else {
      const profile = new Profile(folder);
      profile.lock();
      profile.unlock();
      erase();
    }
    return {};
  }

  /**
   * Answers first, then exchanges the services; the next wish waits for this one. The next start goes there, too, unless
   * this change fails.
   */
  #changeTo(plan: Plan, between: () => void = () => undefined): void {
    if (this.#changing !== undefined) throw new SupervisorRefusal(409, "Another profile is being started already.");
    const before = this.#running?.plan;
    const last = this.#profiles.current;
    if (plan.dataDir === before?.dataDir) {
      this.#profiles.use(plan.entry);
      return;
    }
    // Says now, where somebody hears it, that another process uses the folder, or that nothing can be written.
    const profile = new Profile(plan.dataDir);
    profile.lock();
    try {
      this.#profiles.use(plan.entry);
    } catch (error) {
      profile.unlock();
      throw error;
    }
    this.#failedChange = undefined;
    this.#changing = this.#change(plan, between)
      .catch((error: unknown) => {
        // Whoever asked was answered before: it is said where they look meanwhile.
        this.#failedChange = { profile: plan.entry?.name ?? "", reason: errorText(error), at: Date.now() };
        return this.#changeFailed(error, before, last);
      })
      .finally(() => {
        this.#changing = undefined;
        if (this.#listens) this.#restarted();
      });
  }

  async #change(plan: Plan, between: () => void): Promise<void> {
    await sleep(ANSWER_FIRST_MS);
    await this.#close();
    between();
    if (this.#stopped === undefined) await this.#open(plan);
  }

  /** Back to where it was, now and at the next start. */
  async #changeFailed(error: unknown, before: Plan | undefined, last: ProfileEntry | undefined): Promise<void> {
    const tell = (reason: unknown): void => this.#options.listener?.failed?.(errorText(reason));
    tell(error);
    try {
      this.#profiles.use(last);
      if (before !== undefined && this.#stopped === undefined) await this.#open(before);
    } catch (second) {
      tell(second);
    }
  }

  #writeSessions(session: Parameters<typeof writeSession>[1]): void {
    if (this.#running === undefined) return;
    for (const path of this.#sessionFiles(this.#running)) writeSession(path, session);
  }

  /** Commands that name no profile look in the root. */
  #sessionFiles({ plan }: Running): string[] {
    const { dataDir, profile } = this.#options.wish;
    const isNamed = dataDir !== undefined || profile !== undefined;
    const ofFolder = sessionOfFolder(plan.dataDir);
    return isNamed ? [ofFolder] : [ofFolder, sessionOfRoot(this.#profiles.root)];
  }
}
