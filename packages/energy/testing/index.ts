/** A simulated plant around the control loop, and a small site. */
export * from "./plant.ts";
export * from "./small-site.ts";
