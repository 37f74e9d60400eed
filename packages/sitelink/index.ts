/** What a site and its CSMS say to each other: link messages, journal records, the signed bundle. */
export * from "./bundle.ts";
export * from "./hearing.ts";
export * from "./limits.ts";
export * from "./messages.ts";
export * from "./observed.ts";
export * from "./parse.ts";
export * from "./record.ts";
