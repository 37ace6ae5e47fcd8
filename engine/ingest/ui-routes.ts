import { readFile } from "node:fs/promises";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/** Where the static files of the data folder are in console mode, which has pages of its own at /ui. */
export const LEGACY_UI = "/ui-legacy";

const INDEX = "index.html";
/** What pages that were made for /ui say about where their files are. */
const BASE_UI = /(<base\s[^>]*href=["']?)\/ui\/?(?=["'\s>])/i;

/**
 * `/ui`: the static files of `webFolder` (compat.md §1). Both `/ui` and `/ui/` answer index.html, without a redirect;
 * an unknown path is a 404 and never falls back to index.html. The folder may come and go while the frontend runs.
 */
export async function addUiRoutes(app: FastifyInstance, webFolder: string): Promise<void> {
  await app.register(fastifyStatic, { ...staticFiles(webFolder), prefix: "/ui/", index: [INDEX] });
  app.get("/ui", (_, reply) => reply.sendFile(INDEX, webFolder));
}

/**
 * The same at `/ui-legacy`, in console mode. Pages that were made for `/ui` find their files here: that is put into what
 * is sent, and nothing into the folder, which may be one that is only read.
 */
export async function addLegacyUiRoutes(app: FastifyInstance, webFolder: string): Promise<void> {
  await app.register(fastifyStatic, {
    ...staticFiles(webFolder),
    prefix: `${LEGACY_UI}/`,
    index: false,
    // The pages of the console have done so.
    decorateReply: false,
  });
  for (const path of [LEGACY_UI, `${LEGACY_UI}/`, `${LEGACY_UI}/${INDEX}`]) {
    app.get(path, async (_, reply) => {
      const page = await readFile(join(webFolder, INDEX), "utf8").catch(() => undefined);
      if (page === undefined) return reply.callNotFound();
      return reply.type("text/html; charset=utf-8").send(page.replace(BASE_UI, `$1${LEGACY_UI}/`));
    });
  }
  app.get("/ui/assets/config/esconfig.json", (_, reply) => reply.sendFile("assets/config/esconfig.json", webFolder));
}

function staticFiles(root: string) {
  return { root, dotfiles: "ignore", redirect: false, suppressWarning: true } as const;
}
