/**
 * What Mantine's components need to know of our manner. Colours and sizes are static CSS (tokens.css): the page's
 * policy forbids the style elements that Mantine would otherwise write at run time. Buttons are ink on ground: colour
 * is kept for meaning.
 */
import { createTheme, Drawer, type VariantColorsResolver } from "@mantine/core";

const inks: VariantColorsResolver = ({ variant }) => {
  switch (variant) {
    case "filled":
      return {
        background: "var(--ink)",
        hover: "var(--ink-2)",
        color: "var(--ground)",
        border: "1px solid transparent",
      };
    case "danger":
      return {
        background: "var(--danger-fill)",
        hover: "var(--danger-fill-hover)",
        color: "#ffffff",
        border: "1px solid transparent",
      };
    case "subtle":
      return {
        background: "transparent",
        hover: "var(--hover)",
        color: "var(--ink)",
        border: "1px solid transparent",
      };
    default:
      return {
        background: "var(--panel)",
        hover: "var(--hover)",
        color: "var(--ink)",
        border: "1px solid var(--line-strong)",
      };
  }
};

export const theme = createTheme({
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  defaultRadius: "md",
  variantColorResolver: inks,
  components: {
    // The scroll lock of Mantine's modals writes a style element; theme/tokens.css locks with :has() instead.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, removeScrollProps: { enabled: false } } }),
  },
});
