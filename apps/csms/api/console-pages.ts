/**
 * Serves the console's built files from memory: what is not in the map does not exist, so no path can reach anything
 * else. Files below `/assets/` carry a hash in their name and are cached for ever; index.html, which names them, never
 * is. Every address that is no file is the console's page: its own router knows the rest.
 */
import { gzipSync } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { notFound } from "./faults.ts";
import { pagePolicy } from "./headers.ts";
import { problem } from "./problems.ts";
import { type Raw, sendProblem, sendRaw } from "./route.ts";

/** Path below the console's root ("assets/index-1a2b.js") to its bytes. */
export type ConsoleFiles = ReadonlyMap<string, { readonly bytes: Uint8Array; readonly type: string }>;

const notBuiltPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Wattward</title></head>
<body><h1>The console is not built</h1>
<p>Build it once with <code>npx wattward build</code> (some seconds), then start the central system again.</p>
<p>The API is at <code>/api/v1/openapi.json</code>.</p></body></html>
`;

export function consolePages(app: FastifyInstance, files: ConsoleFiles | undefined): void {
  const packed = new Map<string, Uint8Array>();

  app.route({
    method: "GET",
    url: "/*",
    config: { access: { action: "open the console", resource: "page", class: "public" } },
    schema: { hide: true },
    handler: async (request, reply) => {
      const path = pathOf(request);
      if (path.startsWith("api/")) return sendProblem(reply, notFound(request.method));
      const file = path === "index.html" ? undefined : files?.get(path);
      if (file !== undefined) return sendRaw(reply, 200, packedFile(path, file, request));
      // An asset that is gone is not a page: the browser must not run index.html as a script.
      if (path.startsWith("assets/")) return sendProblem(reply, problem("not-found"));
      reply.header("content-security-policy", pagePolicy);
      return sendRaw(reply, 200, indexPage(files));
    },
  });

  function packedFile(
    path: string,
    file: { readonly bytes: Uint8Array; readonly type: string },
    request: FastifyRequest,
  ): Raw {
    const headers: Record<string, string> = {
      "cache-control": path.startsWith("assets/") ? "public, max-age=31536000, immutable" : "no-cache",
      vary: "accept-encoding",
    };
    if (!compressible(file.type) || !takesGzip(request)) {
      return { kind: "raw", type: file.type, body: Buffer.from(file.bytes), headers };
    }
    const body = packed.get(path) ?? gzipSync(file.bytes);
    packed.set(path, body);
    return { kind: "raw", type: file.type, body, headers: { ...headers, "content-encoding": "gzip" } };
  }
}

const pathOf = (request: FastifyRequest): string => {
  const { "*": path = "" } = request.params as { "*"?: string };
  return path;
};

const takesGzip = (request: FastifyRequest): boolean =>
  String(request.headers["accept-encoding"] ?? "").includes("gzip");

const compressible = (type: string): boolean =>
  /^(text\/|application\/(json|javascript)|image\/svg)/.test(type);

function indexPage(files: ConsoleFiles | undefined): Raw {
  const page = {
    kind: "raw",
    type: "text/html; charset=utf-8",
    headers: { "cache-control": "no-store" },
  } as const;
  const index = files?.get("index.html");
  if (index === undefined) return { ...page, body: notBuiltPage, status: 503 };
  return { ...page, body: Buffer.from(index.bytes) };
}
