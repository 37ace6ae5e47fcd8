import fastifyStatic from "@fastify/static";
import type { FastifyInstance } from "fastify";

/**
 * `/ui`: the static files of `webFolder` (compat.md §1). Both `/ui` and `/ui/` answer index.html, without a redirect;
 * an unknown path is a 404 and never falls back to index.html. The folder may come and go while the frontend runs.
 */
export async function addUiRoutes(app: FastifyInstance, webFolder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: webFolder,
    prefix: "/ui/",
    index: ["index.html"],
    dotfiles: "ignore",
    redirect: false,
    suppressWarning: true,
  });
  app.get("/ui", (_, reply) => reply.sendFile("index.html"));
}
