import Typography from "@mui/material/Typography";
import type { Problem } from "#lib/edit/api";
import { placeWords, told } from "./problems";

interface Props {
  id: string | undefined;
  saveProblems: Problem[];
  reasons: Problem[];
}

export function Reasons({ id, saveProblems, reasons }: Props) {
  const [first, ...more] = told(saveProblems.length > 0 ? saveProblems : reasons);
  if (!first) return null;
  const further = more.length > 0 ? ` And ${more.length} more.` : "";
  return (
    <Typography
      id={id}
      variant="body2"
      color={saveProblems.length > 0 ? "error" : "textSecondary"}
      sx={{ px: 1 }}
    >
      {saveProblems.length > 0 ? "Cannot be saved" : "Cannot be deployed yet"}
      {placeWords(first)}: {first.message}
      {further}
    </Typography>
  );
}
