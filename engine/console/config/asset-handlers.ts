import { canonicalAddress, parseAddress, parseCidr } from "../../base/ip.ts";
import type { AssetRow } from "../../contract/console/directives.ts";
import type { Asset } from "../../contract/inventory.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import { ApiFault } from "../api-fault.ts";
import type { Handlers } from "../route-table.ts";
import type { ConfigDesk } from "./config-desk.ts";
import type { ConfigSaver } from "./config-saver.ts";
import { configProblem } from "./config-tools.ts";
import { versionOf } from "./file-version.ts";

/** What the engine makes of an address. */
export interface AddressVerdict {
  value: number;
  hostName: string | undefined;
  inHomeNet: boolean;
  whitelisted: boolean;
  networks: readonly string[];
}

export interface AssetHandlerParts {
  desk: ConfigDesk;
  saver: ConfigSaver;
  /** As the correlator works it out, of an address in canonical text. */
  verdictOf: (assets: readonly Asset[], address: string) => AddressVerdict;
}

/** `/assets`: the networks and hosts, what they make of an address, and their files. */
export function assetHandlers({ desk, saver, verdictOf }: AssetHandlerParts): Handlers {
  return {
    "GET /assets": async () => {
      const { assets, problems } = await desk.assets();
      const readOnly = saver.readOnly();
      return { rows: assets, problems: problems.map(configProblem), ...(readOnly !== undefined && { readOnly }) };
    },
    "GET /assets/effective": async ({ query }) => {
      const ip = canonicalAddress(query.ip.trim());
      if (ip === undefined) {
        const text = `${JSON.stringify(query.ip)} is no address; expected one such as 10.0.0.1 or 2001:db8::1.`;
        throw new ApiFault(400, text, { field: "ip" });
      }
      const { assets } = await desk.assets();
      const verdict = verdictOf(assets, ip);
      const entries = containing(assets, ip).map(({ name, cidr, value }) => ({ name, cidr, value }));
      return {
        ip,
        value: verdict.value,
        ...(verdict.hostName !== undefined && { name: verdict.hostName }),
        home: verdict.inHomeNet,
        whitelisted: verdict.whitelisted,
        networks: [...verdict.networks],
        entries,
        text: sentence(ip, verdict, entries.length),
      };
    },
    "GET /assets/files/:name": async ({ params: { name } }) => {
      checkName(name);
      const file = await desk.read(name);
      if (file === undefined) throw new ApiFault(404, `There is no file ${name} in the folder configs.`);
      return { name, text: Buffer.from(file.bytes).toString("utf8"), version: versionOf(file) };
    },
    "PUT /assets/files/:name": ({ params: { name }, query, body, user }) => {
      checkName(name);
      const changed = [{ name, bytes: Buffer.from(body.text) }];
      const { ifVersion } = body;
      return saver.save(async () => ({ changed, dryRun: query.dryRun === "true", user, ifVersion }));
    },
    "POST /config/changed": async ({ user }) => {
      const { reloaded, restarting, reasons = [] } = await saver.renew([...(await desk.namesByNode()).keys()], user);
      if (reloaded.length + restarting.length > 0) return { ok: true };
      const text =
        reasons.length === 0
          ? "The files have problems that keep every backend from taking them in."
          : `No backend took the files in: ${reasons.map((reason) => reason.text).join("; ")}.`;
      throw new ApiFault(409, text);
    },
  };
}

function containing(assets: readonly AssetRow[], ip: string): AssetRow[] {
  const address = parseAddress(ip);
  if (address === undefined) return [];
  return assets.filter(({ cidr }) => {
    const network = parseCidr(cidr);
    return !("error" in network) && network.contains(address);
  });
}

function sentence(ip: string, { value, hostName, inHomeNet, whitelisted }: AddressVerdict, entries: number): string {
  if (entries === 0) {
    return `No asset names ${ip}: its value is 0, so by itself it never raises a risk, and it isn't in HOME_NET.`;
  }
  const who = hostName === undefined ? ip : `${ip} is ${JSON.stringify(hostName)} and`;
  const worth = `has the value ${value}, the highest of ${entries === 1 ? "the one entry" : `the ${entries} entries`} that name it`;
  const home = inHomeNet ? "It is in HOME_NET." : "It isn't in HOME_NET.";
  const ignored = whitelisted ? " It is whitelisted: events whose source it is are ignored." : "";
  return `${who} ${worth}. ${home}${ignored}`;
}

function checkName(name: string): void {
  if (CONFIG_FILE_NAME.test(name) && name.startsWith("assets_")) return;
  const wanted = "assets_….json, of letters, digits, - and _";
  throw new ApiFault(400, `${JSON.stringify(name.slice(0, 100))} is no name of an asset file; expected ${wanted}.`, {
    field: "name",
  });
}
