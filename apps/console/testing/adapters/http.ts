/** Serves the fake CSMS and the built console on loopback, under a policy as strict as the real one, without a nonce. */
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { extname, join, normalize } from "node:path";
import { type Answered, COOKIE, type FakeCsms } from "../fake-csms.ts";

const dist = join(import.meta.dirname, "../../dist");
const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
  "font-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

export type FakeServer = { readonly url: string; close(): Promise<void> };

/** `port` 0: any free one. The url is by name, because passkeys are bound to names. */
export async function serveFake(csms: FakeCsms, port = 0): Promise<FakeServer> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    const serve = url.pathname.startsWith("/api/")
      ? api(csms, url, request, response)
      : page(url.pathname, response);
    serve.catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake server has no port");
  return {
    url: `http://localhost:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function api(
  csms: FakeCsms,
  url: URL,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  const text = Buffer.concat(chunks).toString("utf8");
  const header = (name: string) => {
    const value = request.headers[name];
    return typeof value === "string" ? value : undefined;
  };
  const answered = csms.answer({
    method: request.method ?? "GET",
    path: url.pathname,
    query: url.searchParams,
    headers: Object.fromEntries(Object.keys(request.headers).map((name) => [name, header(name)])),
    body: text === "" ? undefined : JSON.parse(text),
  });
  send(csms, answered, request, response);
}

function send(csms: FakeCsms, answered: Answered, request: IncomingMessage, response: ServerResponse): void {
  if (answered.kind === "cut") {
    request.socket.destroy();
    return;
  }
  if (answered.kind === "json") {
    response.writeHead(answered.status, {
      "content-type": "application/json",
      ...(answered.cookie === undefined
        ? {}
        : { "set-cookie": `${COOKIE}=1; Path=/; HttpOnly; SameSite=Strict` }),
    });
    response.end(JSON.stringify(answered.body));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const close = answered.open((text) => response.write(text));
  const forget = csms.onCut(() => request.socket.destroy());
  response.once("close", () => {
    close();
    forget();
  });
}

async function page(path: string, response: ServerResponse): Promise<void> {
  const file = extname(path) === "" ? "index.html" : normalize(path).replace(/^(\.\.[/\\])+/, "");
  const bytes = await readFile(join(dist, file)).catch(() => undefined);
  if (bytes === undefined) {
    response.writeHead(404).end("not built, or not there: npm run build -w @wattward/console");
    return;
  }
  response.writeHead(200, {
    "content-type": types[extname(file)] ?? "application/octet-stream",
    "content-security-policy": policy,
    "cache-control": "no-store",
  });
  response.end(bytes);
}
