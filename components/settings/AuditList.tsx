"use client";
import Box from "@mui/material/Box";
import TableCell from "@mui/material/TableCell";
import TableRow from "@mui/material/TableRow";
import Typography from "@mui/material/Typography";
import { ListFoot } from "../shared/ListFoot";
import { ListTable } from "../shared/ListTable";
import { LocalTime } from "../shared/LocalTime";
import { SearchField } from "../shared/SearchField";

interface Entry {
  id: number;
  at: string;
  username: string;
  text: string;
}

interface Props {
  entries: Entry[];
  total: number;
  page: number;
  pages: number;
  search: string;
}

const path = "/settings/audit";

/** Who changed what, newest first. */
export function AuditList({ entries, total, page, pages, search }: Props) {
  return (
    <Box>
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 }}>
        <Typography variant="h2" sx={{ flex: 1 }}>
          Audit
        </Typography>
        <SearchField
          search={search}
          path={path}
          label="Search the audit list"
          placeholder="User, API or change"
        />
      </Box>
      {total === 0 ? (
        <Typography color="textSecondary" sx={{ py: 6, textAlign: "center" }} role="status">
          {search ? `No entry contains “${search}”.` : "Nothing has been changed yet."}
        </Typography>
      ) : (
        <Entries entries={entries} />
      )}
      {total > 0 && (
        <ListFoot
          path={path}
          count={total === 1 ? "1 entry" : `${total} entries`}
          page={page}
          pages={pages}
          search={search}
        />
      )}
    </Box>
  );
}

function Entries({ entries }: { entries: Entry[] }) {
  return (
    <ListTable label="Audit list" columns={["When", "Who", "What"]} sx={table}>
      {entries.map((entry) => (
        <TableRow key={entry.id} sx={row}>
          <TableCell sx={{ whiteSpace: "nowrap", color: "text.secondary" }}>
            <LocalTime at={entry.at} />
          </TableCell>
          <TableCell>
            <Box sx={{ minWidth: 64, overflowWrap: "anywhere" }}>{entry.username || "–"}</Box>
          </TableCell>
          <TableCell sx={{ overflowWrap: "anywhere" }}>{entry.text}</TableCell>
        </TableRow>
      ))}
    </ListTable>
  );
}

const row = { verticalAlign: "top", "&:last-child td": { border: 0 } };
const table = { "& td, & th": { py: 1, px: { xs: 1, sm: 2 } } };
