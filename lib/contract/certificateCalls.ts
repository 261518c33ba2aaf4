import * as z from "zod";
import { type Call, count } from "./httpCall";
import * as forms from "./wso2Forms";

/** Of WSO2's Publisher REST API: certificates that backends are trusted by. */

const page = {
  limit: count("limit", 25, "Most that are listed."),
  offset: count("offset", 0, "How many are left out before."),
};
const file = { name: "certificate", words: "The certificate as PEM or DER.", required: true };

export const certificateCalls = {
  certificates: {
    ...{
      method: "GET",
      path: "/endpoint-certificates",
      summary: "List certificates",
      permission: "api.read",
    },
    query: z.object({
      ...page,
      alias: z.string().default("").meta({ description: "Only the one of this alias." }),
      endpoint: z
        .string()
        .default("")
        .meta({ description: "Only those for the server of this URL, or whose server contains this." }),
    }),
    answers: { 200: { words: "By alias.", schema: forms.Certificates } },
    refusals: [400],
  },
  addCertificate: {
    ...{
      method: "POST",
      path: "/endpoint-certificates",
      summary: "Trust a certificate",
      permission: "api.deploy",
    },
    form: {
      file,
      fields: z.object({
        alias: z.string("Send alias."),
        endpoint: z
          .string("Send endpoint.")
          .meta({ description: "An https URL; the certificate is for its server." }),
      }),
    },
    answers: { 201: { words: "Trusted at once.", schema: forms.CertificateMetadata } },
    refusals: [400, 409],
  },
  certificate: {
    ...{
      method: "GET",
      path: "/endpoint-certificates/{alias}",
      summary: "Get what a certificate says",
      permission: "api.read",
    },
    answers: { 200: { words: "Of a chain the first.", schema: forms.CertificateDetails } },
    refusals: [404],
  },
  replaceCertificate: {
    ...{
      method: "PUT",
      path: "/endpoint-certificates/{alias}",
      summary: "Replace a certificate",
      permission: "api.deploy",
    },
    form: { file, fields: z.object({}) },
    answers: { 200: { words: "Trusted at once.", schema: forms.CertificateMetadata } },
    refusals: [400, 404],
  },
  deleteCertificate: {
    ...{
      method: "DELETE",
      path: "/endpoint-certificates/{alias}",
      summary: "Trust a certificate no more",
      permission: "api.deploy",
    },
    answers: { 200: { words: "Deleted." } },
    refusals: [404],
  },
  certificateFile: {
    ...{
      method: "GET",
      path: "/endpoint-certificates/{alias}/content",
      summary: "Get a certificate",
      permission: "api.read",
    },
    answers: { 200: { words: "As PEM.", mediaType: "application/octet-stream" } },
    refusals: [404],
  },
  certificateUse: {
    ...{
      method: "GET",
      path: "/endpoint-certificates/{alias}/usage",
      summary: "List the APIs that a certificate is for",
      permission: "api.read",
    },
    query: z.object(page),
    answers: { 200: { words: "By name and version.", schema: forms.ApiInfoList } },
    refusals: [400, 404],
  },
} as const satisfies Record<string, Call>;
