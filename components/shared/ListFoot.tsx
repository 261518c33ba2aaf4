"use client";
import Box from "@mui/material/Box";
import Pagination from "@mui/material/Pagination";
import PaginationItem from "@mui/material/PaginationItem";
import Typography from "@mui/material/Typography";
import NextLink from "next/link";

interface Props {
  /** The list's page, which takes `?search=` and `?page=`. */
  path: string;
  /** Such as "27 APIs". */
  count: string;
  page: number;
  pages: number;
  search: string;
}

/** How many there are, and the way to the other pages. */
export function ListFoot({ path, count, page, pages, search }: Props) {
  const href = (to: number | null) =>
    `${path}?${new URLSearchParams({ ...(search && { search }), page: String(to ?? 1) })}`;
  return (
    <Box sx={foot}>
      <Typography variant="body2" color="textSecondary" role="status">
        {count}
      </Typography>
      {pages > 1 && (
        <Pagination
          count={pages}
          page={page}
          renderItem={(item) => <PaginationItem component={NextLink} href={href(item.page)} {...item} />}
        />
      )}
    </Box>
  );
}

const foot = { display: "flex", flexWrap: "wrap", justifyContent: "space-between", gap: 1, mt: 1.5, px: 0.5 };
