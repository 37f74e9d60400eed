/**
 * What Mantine's components need to know of our manner. Colours and sizes are static CSS (tokens.css): the page's
 * policy forbids the style elements that Mantine would otherwise write at run time.
 */
import { createTheme, Drawer } from "@mantine/core";

export const theme = createTheme({
  cursorType: "pointer",
  focusRing: "auto",
  respectReducedMotion: true,
  defaultRadius: "md",
  components: {
    // The scroll lock of Mantine's modals writes a style element; theme/tokens.css locks by :has() instead.
    Drawer: Drawer.extend({ defaultProps: { lockScroll: false, removeScrollProps: { enabled: false } } }),
  },
});
