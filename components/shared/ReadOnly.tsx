"use client";
import Alert from "@mui/material/Alert";
import { type Theme, ThemeProvider } from "@mui/material/styles";
import { createContext, type ReactNode, useContext } from "react";
import type { Permission } from "#lib/access/roles";
import { useAccess } from "./Access";

const Context = createContext("");

/** Why nothing may be changed here; "" where it may. */
export const useReadOnly = () => useContext(Context);

/**
 * Shows why and switches every control inside off for who may not, dialogs included: fields through the theme,
 * buttons by themselves (SoftButton). A control that changes nothing says so: `harmless` or `disabled={false}`.
 */
export function ReadOnlyUnless({ permission, children }: { permission: Permission; children: ReactNode }) {
  const reason = useAccess().reason(permission);
  if (reason === "") return children;
  return (
    <Context value={reason}>
      <Alert severity="info" sx={{ mb: 2 }}>
        {reason}
      </Alert>
      <ThemeProvider theme={readOnly}>{children}</ThemeProvider>
    </Context>
  );
}

const off = { defaultProps: { disabled: true } };
/** Off, and still there to be read: MUI's grey for what is disabled is too pale for a page full of it. */
const legible = {
  "&.Mui-disabled": { color: "inherit", WebkitTextFillColor: "currentColor", opacity: 0.85 },
};

function readOnly(outer: Theme): Theme {
  const { MuiTextField, ...others } = outer.components ?? {};
  const { secondary } = (outer.vars ?? outer).palette.text;
  return {
    ...outer,
    components: {
      ...others,
      MuiTextField: { ...MuiTextField, defaultProps: { ...MuiTextField?.defaultProps, disabled: true } },
      MuiFormHelperText: { styleOverrides: { root: { "&.Mui-disabled": { color: secondary } } } },
      MuiInputBase: { styleOverrides: { root: legible, input: legible } },
      MuiCheckbox: off,
      MuiSwitch: off,
    },
  };
}
