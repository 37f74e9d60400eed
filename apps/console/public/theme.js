// Runs before the first paint, as a file of its own because the policy allows no inline script: without it a page
// kept dark would flash white. The same key and words as theme/choice.ts, which a test compares.
(() => {
  let choice = "auto";
  try {
    choice = localStorage.getItem("wattward-theme") ?? "auto";
  } catch {
    // Storage is refused in some private windows: the system's own choice holds.
  }
  const dark =
    choice === "dark" || (choice !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.mantineColorScheme = dark ? "dark" : "light";
})();
