import type { z } from "zod";
import { nodeOfDirectiveFile } from "../../base/config-file.ts";
import type { replayDirectivesSchema } from "../../contract/console/replay.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import type { ReplaySetting, ReplaySideFiles } from "../../contract/replay-thread.ts";
import { ApiFault } from "../api-fault.ts";
import type { ConfigDesk } from "../config/config-desk.ts";

export type ReplayDirectives = z.output<typeof replayDirectivesSchema>;
/** What the backends of this console run with, as far as this console knows it. */
export type ReplayFlags = Pick<
  ReplaySetting,
  "medRiskMin" | "medRiskMax" | "minAlarmLifetimeSeconds" | "status" | "tag"
>;

/**
 * The files that a replay runs with: the saved ones of a node and, with an edited file, the same once more with that one in
 * its place.
 */
export async function replaySetting(
  desk: ConfigDesk,
  flags: ReplayFlags,
  { edited, only, node }: ReplayDirectives,
): Promise<ReplaySetting> {
  if (edited !== undefined) checkName(edited.name);
  const byNode = await desk.namesByNode();
  const ofEdited = edited === undefined ? undefined : nodeOfDirectiveFile(edited.name);
  const chosen = node ?? ofEdited ?? (await nodeWith(desk, only)) ?? [...byNode.keys()][0];
  if (chosen === undefined) {
    throw new ApiFault(409, "There are no directives to replay with: the folder configs has no directive file.");
  }
  const saved = await read(desk, byNode.get(chosen) ?? []);
  const sides: ReplaySideFiles[] = [{ side: "saved", directives: saved }];
  if (edited !== undefined) {
    const file = { name: edited.name, bytes: Buffer.from(edited.text) };
    const others = saved.filter(({ name }) => name !== edited.name);
    const directives = [...others, file].sort((a, b) => (a.name < b.name ? -1 : 1));
    sides.unshift({ side: "edited", directives });
  }
  const assets = await read(desk, await desk.names("assets"));
  return { sides, assets, ...(only !== undefined && { only }), ...flags };
}

/** The node that the first of these directives belongs to. */
async function nodeWith(desk: ConfigDesk, only: readonly number[] | undefined): Promise<string | undefined> {
  const [first] = only ?? [];
  if (first === undefined) return undefined;
  return (await desk.directives()).find(({ directives }) => directives.some(({ id }) => id === first))?.node;
}

async function read(desk: ConfigDesk, names: readonly string[]): Promise<ReplaySideFiles["directives"]> {
  return (await Promise.all(names.map((name) => desk.read(name)))).filter((file) => file !== undefined);
}

function checkName(name: string): void {
  if (CONFIG_FILE_NAME.test(name) && nodeOfDirectiveFile(name) !== undefined) return;
  throw new ApiFault(400, `${JSON.stringify(name.slice(0, 100))} is no name of a directive file.`, {
    field: "directives.edited.name",
  });
}
