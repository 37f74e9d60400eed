/** What every dialog says: before something is done, and where something is shown once. */
export const dialog = {
  effect: "What this does",
  cancel: "Cancel",
  working: "Working…",
  copy: "Copy",
  copied: "Copied",
  copyByHand: "This browser does not copy. The text is selected: press Ctrl-C.",
  once: "Shown once",
  kept: "I have kept it",
  administratorsOnly: "Only administrators may do this.",
};
