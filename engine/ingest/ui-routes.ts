import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Where the static files of the data folder are in console mode, which has pages of its own at /ui. */
export const LEGACY_UI = "/ui-legacy";

/**
 * `/ui`: the static files of `webFolder` (compat.md §1). Both `/ui` and `/ui/` answer index.html, without a redirect;
 * an unknown path is a 404 and never falls back to index.html. The folder may come and go while the frontend runs.
 */
export async function addUiRoutes(
  app: FastifyInstance,
  webFolder: string,
  at: "/ui" | typeof LEGACY_UI,
): Promise<void> {
  await app.register(fastifyStatic, {
    root: webFolder,
    prefix: `${at}/`,
    // In console mode the pages of the console have done so.
    decorateReply: at === "/ui",
    index: ["index.html"],
    dotfiles: "ignore",
    redirect: false,
    suppressWarning: true,
  });
  app.get(at, (_, reply) => reply.sendFile("index.html", webFolder));
}
