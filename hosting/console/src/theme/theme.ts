import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from "@mantine/core";

/** The one accent: the color of a deep, still lake. */
const lake: MantineColorsTuple = [
  "#edf6f7",
  "#d8ebed",
  "#b3d8dc",
  "#85c2c9",
  "#52a3ae",
  "#318894",
  "#1c717d",
  "#0f6470",
  "#0b525c",
  "#073f48",
];
/** Only for what cannot be undone, and for failures. */
const brick: MantineColorsTuple = [
  "#fcf1ef",
  "#f8dfdb",
  "#f0bdb6",
  "#e8998f",
  "#dd7467",
  "#cf5144",
  "#b3372b",
  "#9a2d23",
  "#7f251d",
  "#651d17",
];
const paper: MantineColorsTuple = [
  "#f8f8f6",
  "#f1f2ef",
  "#e5e7e3",
  "#d5d8d4",
  "#b9bebb",
  "#8f9796",
  "#626c6c",
  "#4b5556",
  "#333d3f",
  "#182124",
];
const night: MantineColorsTuple = [
  "#e6ebeb",
  "#c4cccd",
  "#9dabad",
  "#7a8a8d",
  "#364346",
  "#2a3538",
  "#1f282b",
  "#171e21",
  "#11171a",
  "#0b1012",
];

const sans =
  'Inter, -apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", Ubuntu, Cantarell, "Liberation Sans", "DejaVu Sans Condensed", Arial, sans-serif';

/** Lethe's look: calm neutrals, one accent, a small type scale, system fonts. */
export const theme = createTheme({
  colors: { lake, red: brick, gray: paper, dark: night },
  primaryColor: "lake",
  primaryShade: { light: 7, dark: 6 },
  black: "#182124",
  fontFamily: sans,
  fontFamilyMonospace:
    'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace',
  headings: { fontFamily: sans, fontWeight: "620" },
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  components: {
    Modal: {
      defaultProps: { centered: true, overlayProps: { backgroundOpacity: 0.45 }, transitionProps: { duration: 140 } },
    },
    Tooltip: { defaultProps: { openDelay: 300, withinPortal: true } },
    Button: { defaultProps: { loaderProps: { type: "dots" } } },
  },
});

/** Where Mantine's own choices lack contrast on these neutrals. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    "--mantine-color-body": "#ffffff",
    "--mantine-color-dimmed": "#56605f",
    "--mantine-color-placeholder": "#6b7574",
    "--mantine-color-error": "#9a2d23",
    "--mantine-color-default-border": "#d5d8d4",
  },
  dark: {
    "--mantine-color-body": "#171e21",
    "--mantine-color-dimmed": "#9dabad",
    "--mantine-color-placeholder": "#86959a",
    "--mantine-color-error": "#e8998f",
    "--mantine-color-default-border": "#364346",
  },
});
