"use client";
import { createTheme } from "@mui/material/styles";

const button = { textTransform: "none", fontWeight: 500 } as const;

const buttonIcon = {
  "& > *:nth-of-type(1)": { fontSize: "1.25rem" },
  ".MuiButton-sizeSmall > & > *:nth-of-type(1)": { fontSize: "1.125rem" },
} as const;

/** Above a field, for its label: none where the browser's text has its usual size. */
const LABEL_ROOM = "calc(0.5rem - 8px)";

/** Where the system chooses the colours, the one of the ground does not say what is chosen. */
const chosen = { outline: "2px solid Highlight", outlineOffset: -2 } as const;

export const theme = createTheme({
  cssVariables: true,
  // Nothing moves for those who told their system so.
  motion: { reducedMotion: "system" },
  colorSchemes: {
    light: {
      palette: {
        primary: { main: "#0b6478", dark: "#084b5b", contrastText: "#ffffff" },
        secondary: { main: "#4a5a78" },
        success: { main: "#1b6e3c" },
        warning: { main: "#8a5300" },
        error: { main: "#b3261e" },
        background: { default: "#f5f7f8", paper: "#ffffff" },
        text: { primary: "#17212b", secondary: "#4e5b67" },
        divider: "#dde3e8",
      },
    },
    dark: {
      palette: {
        primary: { main: "#6fcbe0", dark: "#9bdcec", contrastText: "#04242c" },
        secondary: { main: "#aebcd8" },
        success: { main: "#7bd69b" },
        warning: { main: "#f0b95c" },
        error: { main: "#ffa198" },
        background: { default: "#10161b", paper: "#182028" },
        text: { primary: "#e6edf2", secondary: "#a7b4bf" },
        divider: "#2c3843",
      },
    },
  },
  // In sizes of the text that the browser is set to: twice as large, it has as little room as on half the screen.
  breakpoints: { unit: "rem", values: { xs: 0, sm: 37.5, md: 56.25, lg: 75, xl: 96 } },
  shape: { borderRadius: 8 },
  typography: {
    fontFamily: '"Roboto Variable", system-ui, sans-serif',
    fontSize: 13.5,
    h1: { fontSize: "1.5rem", fontWeight: 600, letterSpacing: "-0.01em" },
    h2: { fontSize: "1.125rem", fontWeight: 600 },
    h3: { fontSize: "0.9375rem", fontWeight: 600 },
    button,
  },
  components: {
    MuiCssBaseline: {
      styleOverrides: {
        // What is reached with the keyboard must not end up under the sticky bar.
        html: { scrollPaddingBottom: 140 },
        // Every sentence may hold a path or a URL that is longer than a line.
        body: { overflowWrap: "break-word" },
        // One ring everywhere, the browser's own where a component has none of its own.
        ":focus-visible": { outlineColor: "var(--mui-palette-primary-main)" },
        "@media (forced-colors: active)": {
          "[aria-current='page'], [aria-current='true']": chosen,
        },
        // For fingers, as the buttons below.
        "@media (pointer: coarse)": { summary: { paddingBlock: 10 } },
      },
    },
    MuiDialogActions: { styleOverrides: { root: { padding: "0 24px 20px" } } },
    MuiPaper: { defaultProps: { elevation: 0 }, styleOverrides: { root: { backgroundImage: "none" } } },
    MuiButton: {
      defaultProps: { disableElevation: true },
      // For fingers.
      styleOverrides: {
        // Where the system chooses the colours, a button is told from text by its line alone.
        contained: { "@media (forced-colors: active)": { border: "1px solid ButtonBorder" } },
        sizeSmall: { "@media (pointer: coarse)": { minHeight: 40 } },
        startIcon: buttonIcon,
        endIcon: buttonIcon,
      },
    },
    MuiButtonBase: {
      styleOverrides: {
        root: ({ theme }) => ({
          "&.Mui-focusVisible": {
            outline: `2px solid ${theme.vars?.palette.primary.main}`,
            outlineOffset: 2,
          },
          "&[aria-disabled=true]": { opacity: 0.5, cursor: "default" },
          "@media (forced-colors: active)": { "&[aria-current=page], &[aria-pressed=true]": chosen },
        }),
      },
    },
    // What clips what stands out of it would clip the ring.
    MuiMenuItem: {
      styleOverrides: {
        root: {
          // A path may be longer than a phone is wide.
          whiteSpace: "normal",
          overflowWrap: "anywhere",
          "&.Mui-focusVisible": { outlineOffset: -2 },
          "@media (pointer: coarse)": { minHeight: 48 },
        },
      },
    },
    MuiCardActionArea: { styleOverrides: { root: { "&.Mui-focusVisible": { outlineOffset: -2 } } } },
    MuiTableCell: {
      styleOverrides: { root: ({ theme }) => ({ borderBottomColor: theme.vars?.palette.divider }) },
    },
    MuiToggleButton: {
      // The default colour of one that is not chosen is too faint on a dark page.
      styleOverrides: {
        root: ({ theme }) => ({
          textTransform: "none",
          paddingInline: 16,
          "&:not(.Mui-selected)": { color: theme.vars?.palette.text.primary },
        }),
      },
    },
    // For fingers; it takes no room between the lines.
    MuiLink: { styleOverrides: { root: { "@media (pointer: coarse)": { paddingBlock: 6 } } } },
    MuiTextField: { defaultProps: { size: "small" } },
    MuiFormControl: {
      styleOverrides: {
        // The label stands out of it, the more the larger its text is. No margin: it would beat that of a page.
        root: { "&:where(:has(> .MuiInputLabel-outlined))": { paddingTop: LABEL_ROOM } },
      },
    },
    // From here to the chips: what is around a text is as high as that is, whatever size the browser is set to.
    MuiInputLabel: {
      styleOverrides: {
        outlined: {
          top: LABEL_ROOM,
          "&.MuiInputLabel-sizeSmall": { transform: "translate(14px, 0.583em) scale(1)" },
          "&.MuiInputLabel-shrink": { transform: "translate(14px, -0.583em) scale(0.75)" },
        },
      },
    },
    MuiOutlinedInput: {
      styleOverrides: {
        root: {
          // No stronger than what a field with more inside of it, as one that completes, says of its own.
          "&.MuiInputBase-sizeSmall:where(:not(.MuiInputBase-multiline)) > .MuiInputBase-input": {
            paddingBlock: "0.55em",
          },
          "&.MuiInputBase-sizeSmall.MuiInputBase-multiline": { paddingBlock: "0.55em" },
        },
        // Where the system chooses the colours, that of a line says nothing, and a faint one is not seen.
        notchedOutline: {
          "@media (forced-colors: active)": {
            // No weaker than what a field says of one that has the focus.
            "&&&&": { borderColor: "FieldText" },
            ".Mui-focused > &&&&": { borderColor: "Highlight" },
            ".Mui-disabled > &&&&": { borderColor: "GrayText" },
            ".Mui-error > &": { borderStyle: "dashed", borderWidth: 2 },
          },
        },
      },
    },
    // The arrow is 1.5rem.
    MuiSelect: { styleOverrides: { select: { "&&&&": { paddingRight: "2rem" } } } },
    MuiChip: {
      styleOverrides: {
        root: { height: "2rem", borderRadius: "1rem" },
        sizeSmall: { height: "1.5rem" },
      },
    },
    MuiIconButton: {
      // For fingers.
      styleOverrides: { sizeSmall: { "@media (pointer: coarse)": { padding: 10 } } },
    },
    // In the dark a shadow tells nothing from what is under it.
    MuiPopover: {
      styleOverrides: { paper: ({ theme }) => ({ border: `1px solid ${theme.vars?.palette.divider}` }) },
    },
    MuiAutocomplete: {
      styleOverrides: { paper: ({ theme }) => ({ border: `1px solid ${theme.vars?.palette.divider}` }) },
    },
    // Of the page's own colours: the usual one is white in the dark.
    MuiSnackbarContent: {
      styleOverrides: {
        root: ({ theme }) => ({
          border: `1px solid ${theme.vars?.palette.divider}`,
          backgroundColor: theme.vars?.palette.background.paper,
          color: theme.vars?.palette.text.primary,
          boxShadow: theme.vars?.shadows[6],
        }),
      },
    },
    // The ring around one that has the focus is larger than a small switch.
    MuiSwitch: {
      styleOverrides: {
        root: { overflow: "visible" },
        // Where the system chooses the colours, on and off are told apart by what fills it.
        track: {
          "@media (forced-colors: active)": {
            "&&&": {
              forcedColorAdjust: "none",
              opacity: 1,
              border: "1px solid ButtonText",
              backgroundColor: "ButtonFace",
            },
            ".Mui-checked + &&&": { backgroundColor: "Highlight" },
          },
        },
      },
    },
    MuiAlert: { styleOverrides: { root: { alignItems: "flex-start" } } },
  },
});
