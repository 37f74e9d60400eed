/**
 * A real Chromium for the console's tests. Where there is none, the tests say so and are skipped. Everything runs on
 * loopback; the console is built first if its sources are newer than its build.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, type TestContext } from "node:test";
import { buildConsole as build } from "@wattward/console/build";
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

const launch = (): Promise<Browser> =>
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

/** Of the test file that loads this: one for all of its tests, there once they run. */
export let browser: Browser;
/** Longest build that another test file may be at. */
const BUILD_MS_MAX = 60_000;

/**
 * Builds the console where its build is missing or older than its sources: once for all files, of which several begin
 * at the same time; the others wait for the first.
 */
export function buildConsole(): void {
  const lock = join(
    tmpdir(),
    `wattward-console-${createHash("sha256").update(root).digest("hex").slice(0, 12)}`,
  );
  const endMs = Date.now() + BUILD_MS_MAX;
  while (!taken(lock)) {
    // Left by one that was killed.
    if (Date.now() > endMs) rmSync(lock, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
  }
  try {
    build(() => {});
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
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
export async function open(t: TestContext, wish: Wish = {}): Promise<Opened> {
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

/**
 * The themes and widths in which a page is looked at. The first two have every colour and every width; the other two are
 * for eyes, where pictures are asked for.
 */
export const views: readonly (readonly ["light" | "dark", number])[] = [
  ["light", 1440],
  ["dark", 390],
  ...(process.env.WATTWARD_SCREENSHOTS === undefined
    ? []
    : ([
        ["dark", 1440],
        ["light", 390],
      ] as const)),
];

/** Where pictures for people go: WATTWARD_SCREENSHOTS, else a folder of the system's temporary one. */
export function picture(name: string): string {
  const folder = process.env.WATTWARD_SCREENSHOTS ?? join(tmpdir(), "wattward-screenshots");
  mkdirSync(folder, { recursive: true });
  return join(folder, `${name}.png`);
}

// The runner begins with it at once: whatever it needs stands above.
before(async () => {
  if (noBrowser !== false) return;
  buildConsole();
  browser = await launch();
});
after(() => browser?.close());
