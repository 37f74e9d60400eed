/**
 * What a page takes from its address, and nothing beside it. The router lays what a page read over everything that the
 * address says: what the page left out, because it cannot be read, would stand there after all and break the page.
 */
type Given = Record<string, unknown>;

/** Reads as `read` does; whatever it left out is as if it were not there. */
export const knownSearch =
  <Search extends object>(read: (given: Given) => Search) =>
  (given: Given): Search => ({
    ...Object.fromEntries(Object.keys(given).map((name) => [name, undefined])),
    ...read(given),
  });
