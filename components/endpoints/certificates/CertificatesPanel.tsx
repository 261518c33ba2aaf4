"use client";
import AddIcon from "@mui/icons-material/Add";
import Box from "@mui/material/Box";
import Typography from "@mui/material/Typography";
import { useState } from "react";
import type { ApiDefinition } from "#lib/edit/api";
import { type CertificateInfo, httpsOrigins } from "#lib/traffic/trustedCertificates";
import type { AddCertificate, Change } from "../../shared/actionResults";
import { SoftButton } from "../../shared/SoftButton";
import { CertificateDialog } from "./CertificateDialog";
import { CertificateRow } from "./CertificateRow";

export interface Certificates {
  /** All, because what is trusted must be seen somewhere although no endpoint leads there now. */
  list: CertificateInfo[];
  /** Origins of token issuers' keys: certificates may be for them too. */
  issuers: string[];
  onAdd: AddCertificate;
  onRemove: Change;
}

interface Props {
  definition: ApiDefinition;
  certificates: Certificates;
}

export function CertificatesPanel({ definition, certificates }: Props) {
  const [open, setOpen] = useState(false);
  const origins = [...new Set([...httpsOrigins(definition), ...certificates.issuers])];
  const list = certificates.list.filter((c) => origins.includes(c.origin));
  const others = certificates.list.filter((c) => !origins.includes(c.origin));
  return (
    <Box role="group" aria-labelledby="certs-title">
      <Box sx={{ display: "flex", flexWrap: "wrap", alignItems: "center", columnGap: 2 }}>
        <Typography id="certs-title" variant="subtitle2" component="h4" sx={{ fontWeight: 600 }}>
          Certificates: {list.length}
        </Typography>
        <SoftButton
          id="certs-add-btn"
          size="small"
          startIcon={<AddIcon />}
          needs="api.deploy"
          off={origins.length === 0}
          onClick={() => setOpen(true)}
        >
          Add Certificate
        </SoftButton>
      </Box>
      <Typography variant="body2" color="textSecondary">
        {origins.length === 0
          ? "Certificates are for https endpoints and token issuers, and there are none."
          : "Backends are trusted by the usual authorities, and by these. Changes take effect at once."}
      </Typography>
      {list.length > 0 && <List label="Certificates" list={list} onRemove={certificates.onRemove} />}
      {others.length > 0 && (
        <Box component="details" sx={{ typography: "body2", mt: 1 }}>
          <summary>For servers that this API does not use: {others.length}</summary>
          <List label="Certificates for other servers" list={others} onRemove={certificates.onRemove} />
        </Box>
      )}
      <CertificateDialog
        open={open}
        origins={origins}
        onAdd={certificates.onAdd}
        onClose={() => setOpen(false)}
      />
    </Box>
  );
}

function List({ label, list, onRemove }: { label: string; list: CertificateInfo[]; onRemove: Change }) {
  return (
    <Box component="ul" aria-label={label} sx={{ listStyle: "none", m: 0, p: 0, pt: 1 }}>
      {list.map((certificate) => (
        <CertificateRow key={certificate.id} certificate={certificate} onRemove={onRemove} />
      ))}
    </Box>
  );
}
