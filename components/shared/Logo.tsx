import Box from "@mui/material/Box";

export function Logo() {
  return (
    <Box
      component="svg"
      viewBox="0 0 24 24"
      aria-hidden
      sx={{ width: "1.5rem", height: "1.5rem", color: "primary.main" }}
    >
      <rect x="2" y="3" width="3" height="18" rx="1.2" fill="currentColor" />
      <rect x="19" y="3" width="3" height="18" rx="1.2" fill="currentColor" />
      <path
        d="M5 8c2.3-2 4.7-2 7 0s4.7 2 7 0M5 13c2.3-2 4.7-2 7 0s4.7 2 7 0M5 18c2.3-2 4.7-2 7 0s4.7 2 7 0"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </Box>
  );
}
