import type { Clock } from "../base/clock.ts";
import type { Logger } from "../base/log.ts";
import { OwnNames } from "../base/own-names.ts";
import type { Bus } from "../bus/bus.ts";
import type { UpgradeSource } from "../bus/link-door.ts";
import { addApi } from "../console/api.ts";
import { CurrentSettings } from "../console/current-settings.ts";
import { Fleet } from "../console/fleet.ts";
import { Gate } from "../console/gate.ts";
import { LiveHub } from "../console/live/hub.ts";
import { LoginCodes } from "../console/login/login-codes.ts";
import { addLogin, loginHandlers, turnAway } from "../console/login/login-routes.ts";
import type { Supervision } from "../console/supervision/supervision.ts";
import { CookieUsers } from "../console/users.ts";
import type { ServiceStats } from "../contract/stats.ts";
import { SUBJECT_ALL_STATS } from "../contract/subjects.ts";
import type { ConsoleMode } from "../ingest/door.ts";
import { busBackends } from "./bus-backends.ts";
import type { ConsoleConfig, FrontendConfig } from "./config.ts";
import { joinedTopics, openFeatures } from "./console-features.ts";
import type { ConsoleEvents } from "./events-feature.ts";
import type { Feature } from "./feature.ts";

export interface ConsoleParts {
  frontend: FrontendConfig;
  clock: Clock;
  log: Logger;
  own: () => ServiceStats;
  supervision: Supervision;
  events: ConsoleEvents;
}

/** What a frontend in console mode has besides: the gate, the API behind it, and the features that answer it. */
export class FrontendConsole {
  readonly mode: ConsoleMode;
  readonly #config: ConsoleConfig;
  readonly #parts: ConsoleParts;
  readonly #fleet: Fleet;
  readonly #hub: LiveHub;
  #features: readonly Feature[] = [];

  constructor(config: ConsoleConfig, parts: ConsoleParts) {
    const { clock, log, own } = parts;
    const gate = new Gate(new OwnNames(parts.frontend.address, config.origins), config.token);
    const users = new CookieUsers(() => parts.supervision.facts().user);
    const codes = new LoginCodes(() => clock.monotonic());
    this.#config = config;
    this.#parts = parts;
    this.#fleet = new Fleet(clock, log, own);
    this.#hub = new LiveHub(() => joinedTopics(this.#features), log, clock);
    this.mode = {
      foreign: (request) => gate.foreign(request),
      unauthorised: (request) => gate.unauthorised(request),
      addRoutes: async (app) => {
        const handlers = [
          loginHandlers(codes, () => clock.now()),
          ...this.#features.flatMap((feature) => feature.handlers ?? []),
        ];
        await addApi(app, { gate, log, users, handlers });
        await addLogin(app, gate, codes, clock);
      },
      renderer: {
        folder: config.rendererFolder,
        turnAway: (request, reply) =>
          gate.unauthorised(request.raw) === undefined ? undefined : turnAway(request, reply),
      },
    };
  }

  /** Takes the upgrades of the console; the others are those of the source that it returns. */
  takeUpgrades(source: UpgradeSource): UpgradeSource {
    return this.#hub.attach(source);
  }

  /** From now on there is a bus: opens the features, before anything is listened on. */
  async join(bus: Bus): Promise<void> {
    const { clock, events, frontend, log, supervision } = this.#parts;
    const fleet = this.#fleet;
    bus.subscribe(SUBJECT_ALL_STATS, (payload) => fleet.hear(payload));
    this.#nameOtherConsoles();
    const backends = busBackends(bus, fleet);
    this.#features = await openFeatures({
      ...{ config: this.#config, frontend, bus, backends, fleet, clock, log, supervision, events },
      settings: new CurrentSettings(),
    });
  }

  /** A fleet has one console (operation.md §1): whoever sees another says so, once for each, and goes on. */
  #nameOtherConsoles(): void {
    const named = new Set<string>();
    this.#fleet.onHeard(() => {
      const other = this.#fleet.otherConsole();
      if (other === undefined || named.has(other)) return;
      named.add(other);
      this.#parts.log.warn("another console serves the same fleet: what is changed in one isn't seen in the other", {
        "frontend.node": other,
      });
    });
  }

  /** Before the bus is closed. */
  async close(): Promise<void> {
    this.#hub.close();
    await Promise.all(this.#features.map((feature) => feature.close?.()));
  }
}
