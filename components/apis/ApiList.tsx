"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Container from "@mui/material/Container";
import Typography from "@mui/material/Typography";
import { ListFoot } from "../shared/ListFoot";
import { SearchField } from "../shared/SearchField";
import { LinkButton } from "../shared/SoftButton";
import { type ApiRow, ApiTable } from "./ApiTable";
import { EmptyState } from "./EmptyState";
import type { LiveStates } from "./health";

interface Props {
  apis: ApiRow[];
  /** Of those that are live. */
  states: LiveStates;
  total: number;
  page: number;
  pages: number;
  search: string;
}

export function ApiList({ apis, states, total, page, pages, search }: Props) {
  if (total === 0 && search === "") return <EmptyState />;
  return (
    <Container maxWidth="lg" sx={{ py: 4 }}>
      <Box sx={head}>
        <Typography variant="h1">APIs</Typography>
        <Box sx={{ flex: 1 }} />
        <SearchField search={search} path="/apis" label="Search APIs" placeholder="Search by name or path" />
        <LinkButton href="/apis/create" needs="api.edit" variant="contained" startIcon={<AddIcon />}>
          Create API
        </LinkButton>
      </Box>
      {total === 0 ? (
        <Typography color="textSecondary" sx={{ py: 6, textAlign: "center" }} role="status">
          No API has “{search}” in its name or path.
        </Typography>
      ) : (
        <ApiTable apis={apis} states={states} />
      )}
      <ListFoot
        path="/apis"
        count={total === 1 ? "1 API" : `${total} APIs`}
        page={page}
        pages={pages}
        search={search}
      />
    </Container>
  );
}

const head = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 };
