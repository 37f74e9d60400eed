/**
 * The architecture as a test (ARCHITECTURE, "The whole"): arrows point down only, apps never import apps, domain packages do not
 * import each other, a package is entered by its doors and only where its manifest says so, and no import goes in a
 * circle. Whoever adds a package gives it a layer here.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { test } from "node:test";

const root = resolve(import.meta.dirname, "..");

const layers = [
  ["packages/kernel"],
  ["packages/testing"],
  ["packages/ocpp", "packages/sitelink", "packages/modbus", "packages/yaml"],
  ["packages/pki", "packages/energy", "packages/guard"],
  ["apps/csms", "apps/site", "apps/simulator", "apps/console"],
  ["launcher", "demo"],
  ["bench"],
  ["tests"],
];
const folders = layers.flat();
const layerOf = (folder: string) => layers.findIndex((layer) => layer.includes(folder));

/** Same layer, yet allowed: the site link carries OCPP frames. */
const sideways = new Set(["packages/sitelink -> packages/ocpp"]);

type Import = { file: string; specifier: string; typeOnly: boolean };
type Manifest = {
  name: string;
  exports?: Record<string, string>;
  dependencies?: object;
  devDependencies?: object;
};

const manifests = new Map(
  folders.map((folder) => [
    folder,
    JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")) as Manifest,
  ]),
);
const folderOfPackage = new Map([...manifests].map(([folder, { name }]) => [name, folder]));

function* sources(folder: string): Generator<string> {
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!["node_modules", "dist", "generated"].includes(entry.name)) yield* sources(path);
    } else if (/\.tsx?$/.test(entry.name)) yield path;
  }
}

const importPattern =
  /^(?:import|export)\s+(type\s)?(?:[^'"`;]*?\sfrom\s+)?["']([^"']+)["']|import\(\s*["']([^"']+)["']/gm;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), "utf8");
  return [...text.matchAll(importPattern)].map((m) => ({
    file,
    specifier: m[2] ?? m[3]!,
    typeOnly: m[1] !== undefined,
  }));
}

const files = folders.flatMap((folder) => [...sources(folder)]);
const imports = files.flatMap(importsOf);
const folderOf = (file: string) => folders.find((folder) => file.startsWith(`${folder}/`))!;
const isTest = (file: string) => /\.test\.tsx?$/.test(file) || file.includes("/testing/");

/** Every import that crosses from one workspace folder to another, with the door it uses. */
const crossings = imports.flatMap(({ file, specifier, typeOnly }) => {
  const name = specifier.split("/").slice(0, 2).join("/");
  const to = specifier.startsWith(".")
    ? folderOf(relative(root, resolve(root, dirname(file), specifier)))
    : folderOfPackage.get(name);
  const from = folderOf(file);
  return to === undefined || to === from
    ? []
    : [{ file, specifier, typeOnly, from, to, door: `.${specifier.slice(name.length)}` }];
});

test("layers: the reader of imports sees them (it would find nothing wrong in an empty list)", () => {
  assert(files.length > 40, `${files.length} files`);
  assert(crossings.length > 30, `${crossings.length} crossings`);
});

test("layers: arrows point down only; apps do not import apps, nor domain packages each other", () => {
  const wrong = crossings.filter(({ file, from, to }) => {
    if (from === "tests") return false;
    if (to === "packages/testing") return !isTest(file);
    return layerOf(to) >= layerOf(from) && !sideways.has(`${from} -> ${to}`);
  });
  assert.deepEqual(
    wrong.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
});

test("layers: a package is entered by its doors, and only where the manifest lists it", () => {
  const wrong = crossings.filter(({ file, from, to, specifier, door }) => {
    if (from === "tests") return false;
    if (specifier.startsWith(".")) return true;
    const { dependencies = {}, devDependencies = {} } = manifests.get(from)!;
    const listed = {
      ...dependencies,
      ...(isTest(file) ? { "@wattward/testing": "*", ...devDependencies } : {}),
    };
    return (
      !(specifier.split("/").slice(0, 2).join("/") in listed) || !(door in (manifests.get(to)!.exports ?? {}))
    );
  });
  assert.deepEqual(
    wrong.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
});

test("layers: the outside world is touched in adapters, doors and entries alone", () => {
  const worldly =
    /^node:(net|tls|http|https|http2|dgram|dns|fs|fs\/promises|child_process|worker_threads|sqlite)$/;
  const allowed = [
    /^packages\/kernel\/node\//,
    /^packages\/ocpp\/websocket\//,
    /^packages\/modbus\/tcp\//,
    /^packages\/pki\/files\//,
    /^packages\/energy\/highs\//,
    /^apps\/[a-z]+\/(modbus-guard\/)?(adapters|cli)\//,
    /^apps\/[a-z]+\/main\.ts$/,
    /^apps\/csms\/(store\/sqlite|core\/worker)\.ts$/,
    /^(launcher|demo|bench|tests)\//,
    /^apps\/console\//,
    /^apps\/csms\/api\/(static|write-openapi)\.ts$/,
  ];
  const wrong = imports.filter(
    ({ file, specifier, typeOnly }) =>
      !typeOnly && worldly.test(specifier) && !isTest(file) && !allowed.some((pattern) => pattern.test(file)),
  );
  assert.deepEqual(
    wrong.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
});

test("layers: no import goes in a circle", () => {
  const next = new Map<string, string[]>();
  for (const { file, specifier, typeOnly } of imports) {
    if (typeOnly || !specifier.startsWith(".")) continue;
    const target = relative(root, resolve(root, dirname(file), specifier));
    if (existsSync(join(root, target))) next.set(file, [...(next.get(file) ?? []), target]);
  }
  assert.deepEqual(circles(next), []);
});

/** Each circle once, as "a → b → a". */
function circles(next: ReadonlyMap<string, readonly string[]>): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]) => {
    const at = path.indexOf(file);
    if (at >= 0) found.push([...path.slice(at), file].join(" → "));
    if (at >= 0 || done.has(file)) return;
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

test("layers: the finder of circles finds one", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["a", "d"]],
    ["d", []],
  ]);
  assert.deepEqual(circles(graph), ["a → b → c → a"]);
});
