"use client";
import Box from "@mui/material/Box";
import FormControlLabel from "@mui/material/FormControlLabel";
import Switch from "@mui/material/Switch";
import Typography from "@mui/material/Typography";

interface Props {
  id: string;
  label: string;
  text?: string;
  problem?: string | undefined;
  checked: boolean;
  onChange: (checked: boolean) => void;
}

/** A switch with the sentence of what it does. */
export function SwitchField({ id, label, text, problem, checked, onChange }: Props) {
  return (
    <Box>
      <FormControlLabel
        control={
          <Switch
            id={id}
            checked={checked}
            onChange={(event) => onChange(event.target.checked)}
            slotProps={{ input: { "aria-describedby": text || problem ? `${id}-text` : undefined } }}
          />
        }
        label={label}
        // Of two lines, it would touch the sentence.
        slotProps={{ typography: { sx: { my: 0.5 } } }}
      />
      {(text || problem) && (
        <Typography
          id={`${id}-text`}
          variant="body2"
          color={problem ? "error" : "textSecondary"}
          sx={{ pl: 5.75, mt: -0.5 }}
        >
          {problem ?? text}
        </Typography>
      )}
    </Box>
  );
}
