import { existsSync } from "node:fs";
import { join } from "node:path";
import fastifyStatic from "@fastify/static";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";

export interface RendererParts {
  /** Holds index.html and the hashed files below assets/. */
  folder: string;
  /** Answers instead of the page, for a browser that isn't logged in. */
  turnAway(request: FastifyRequest, reply: FastifyReply): FastifyReply | undefined;
}

const YEAR_SECONDS = 365 * 24 * 60 * 60;
const NOT_BUILT =
  "The console's pages aren't built: npm run build builds them, and so does npm start. The API is there.\n";

/**
 * `/ui/` in console mode: the console's own pages. Its scripts and styles are no secret, so only the page itself asks for
 * the login; what it may load and reach is nailed down by its policy.
 */
export async function addRendererRoutes(app: FastifyInstance, { folder, turnAway }: RendererParts): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    prefix: "/ui/",
    index: false,
    dotfiles: "ignore",
    redirect: false,
    suppressWarning: true,
    preCompressed: true,
    cacheControl: false,
    decorateReply: true,
    // A name with the hash of its content never means another one.
    setHeaders: (reply, path) => {
      const hashed = path.startsWith(join(folder, "assets"));
      reply.header("Cache-Control", hashed ? `public, max-age=${YEAR_SECONDS}, immutable` : "no-cache");
      reply.header("X-Content-Type-Options", "nosniff");
      reply.header("Cross-Origin-Resource-Policy", "same-origin");
    },
  });
  const page = (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    if (!existsSync(join(folder, "index.html"))) {
      return reply.code(404).type("text/plain; charset=utf-8").send(NOT_BUILT);
    }
    const turnedAway = turnAway(request, reply);
    if (turnedAway !== undefined) return turnedAway;
    reply.header("Content-Security-Policy", pagePolicy(request.headers.host ?? ""));
    reply.header("Referrer-Policy", "no-referrer");
    reply.header("Cross-Origin-Opener-Policy", "same-origin");
    return reply.sendFile("index.html");
  };
  app.get("/ui/", page);
  app.get("/ui/index.html", page);
  for (const path of ["/", "/ui"]) app.get(path, (_request, reply) => reply.redirect("/ui/", 303));
}

/** @param host as the gate let it through: one of the names under which this frontend may be reached. */
function pagePolicy(host: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    // Not every browser takes 'self' for the WebSocket's scheme, too.
    `connect-src 'self' ws://${host} wss://${host}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}
