"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Button from "@mui/material/Button";
import Container from "@mui/material/Container";
import Pagination from "@mui/material/Pagination";
import PaginationItem from "@mui/material/PaginationItem";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";
import { type ApiRow, ApiTable } from "./ApiTable";
import { EmptyState } from "./EmptyState";
import { SearchField } from "./SearchField";

interface Props {
  apis: ApiRow[];
  total: number;
  page: number;
  pages: number;
  search: string;
}

export function ApiList({ apis, total, page, pages, search }: Props) {
  if (total === 0 && search === "") return <EmptyState />;
  return (
    <Container maxWidth="lg" sx={{ py: 4 }}>
      <Box sx={head}>
        <Typography variant="h1">APIs</Typography>
        <Box sx={{ flex: 1 }} />
        <SearchField search={search} />
        <Button component={NextLink} href="/apis/create/rest" variant="contained" startIcon={<AddIcon />}>
          Create API
        </Button>
      </Box>
      {total === 0 ? (
        <Typography color="textSecondary" sx={{ py: 6, textAlign: "center" }} role="status">
          No API has “{search}” in its name or path.
        </Typography>
      ) : (
        <ApiTable apis={apis} />
      )}
      <Box sx={foot}>
        <Typography variant="body2" color="textSecondary">
          {total === 1 ? "1 API" : `${total} APIs`}
        </Typography>
        {pages > 1 && (
          <Pagination
            count={pages}
            page={page}
            renderItem={(item) => (
              <PaginationItem component={NextLink} href={pageHref(search, item.page)} {...item} />
            )}
          />
        )}
      </Box>
    </Container>
  );
}

const pageHref = (search: string, page: number | null) =>
  `/apis?${new URLSearchParams({ ...(search && { search }), page: String(page ?? 1) })}`;

const head = { display: "flex", flexWrap: "wrap", alignItems: "center", gap: 1.5, mb: 2 };
const foot = { display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 1, mt: 1.5, px: 0.5 };
