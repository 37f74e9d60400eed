/**
 * A real Chromium for the console's tests. Where there is none, the tests say so and are skipped. Everything runs on
 * loopback; the console is built first if its sources are newer than its build.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestContext } from "node:test";
import {
  COOKIE,
  FakeCsms,
  type FakeServer,
  FakeWorld,
  type Scenario,
  scenarios,
  serveFake,
} from "@wattward/console/testing";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const executablePath = "/usr/bin/chromium";
const root = resolve(import.meta.dirname, "../..");
export const dist = join(root, "apps/console/dist");

/** Pass as a test's `skip`: false where a browser is there. */
export const noBrowser = existsSync(executablePath) ? false : `no browser at ${executablePath}`;

/** Longest wait for anything on a page. */
export const PATIENCE_MS = 10_000;

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });

/** Builds the console where its build is missing or older than its sources. */
export function buildConsole(): void {
  const built = join(dist, "index.html");
  const builtMs = existsSync(built) ? statSync(built).mtimeMs : 0;
  if (builtMs > newestMs(join(root, "apps/console"))) return;
  const vite = join(root, "node_modules/vite/bin/vite.js");
  const { status, stderr } = spawnSync(process.execPath, [vite, "build", "--logLevel", "error"], {
    cwd: join(root, "apps/console"),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`the console does not build: ${stderr}`);
}

function newestMs(folder: string): number {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", "dist", "testing"].includes(entry.name)) continue;
    const path = join(folder, entry.name);
    newest = Math.max(newest, entry.isDirectory() ? newestMs(path) : statSync(path).mtimeMs);
  }
  return newest;
}

export type Opened = {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly world: FakeWorld;
  readonly csms: FakeCsms;
  readonly server: FakeServer;
  /** What the browser complained of: errors of the page, and breaches of the content security policy. */
  readonly complaints: string[];
};
export type Wish = {
  readonly scenario?: Scenario;
  readonly path?: string;
  readonly width?: number;
  readonly scheme?: "light" | "dark";
  readonly signedIn?: boolean;
};

/** The console on a fake CSMS with a scripted world, until the test ends; signed in unless told otherwise. */
export async function open(t: TestContext, browser: Browser, wish: Wish = {}): Promise<Opened> {
  const { scenario = "quiet", path = "/sites", width = 1440, scheme = "light", signedIn = true } = wish;
  const world = new FakeWorld(() => Date.now());
  scenarios[scenario](world);
  const csms = new FakeCsms(world);
  const server = await serveFake(csms);
  t.after(() => server.close());
  const context = await browser.newContext({
    viewport: { width, height: width < 700 ? 844 : 900 },
    colorScheme: scheme,
    reducedMotion: "reduce",
  });
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE_MS);
  if (signedIn) {
    csms.signIn();
    await context.addCookies([{ name: COOKIE, value: "1", url: server.url }]);
  }
  const page = await context.newPage();
  const complaints = listen(page);
  await page.goto(server.url + path);
  return { page, context, world, csms, server, complaints };
}

/** Network failures are the tests' own doing; what else stands in the browser's log is ours to mend. */
export function listen(page: Page): string[] {
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("console", (message) => {
    if (message.type() !== "error" && message.type() !== "warning") return;
    if (!message.text().startsWith("Failed to load resource")) complaints.push(message.text());
  });
  return complaints;
}

/** A passkey in software, as a laptop's own (CDP, domain WebAuthn). Present and willing. */
export async function addAuthenticator(page: Page): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send("WebAuthn.enable");
  await cdp.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
}

/** Where pictures for people go: WATTWARD_SCREENSHOTS, else a folder of the system's temporary one. */
export function picture(name: string): string {
  const folder = process.env.WATTWARD_SCREENSHOTS ?? join(tmpdir(), "wattward-screenshots");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}
