/**
 * How the pages are built: one folder of static files that the CSMS serves under a policy without inline script or
 * inline style, so nothing is inlined (`assetsInlineLimit: 0`) and no source map leaves the house.
 */
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2023",
    assetsInlineLimit: 0,
    sourcemap: false,
    // The weight of the first load is a test: tests/console/weight.browser.test.ts.
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1_000,
    modulePreload: { polyfill: false },
  },
});
