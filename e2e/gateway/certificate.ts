import "reflect-metadata";
import { createPrivateKey, createPublicKey } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** Self-signed for localhost and 127.0.0.1, valid for 100 years; nobody trusts it, which is the point. */
export const certificate = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg+3+j0z1wamxtclUk
PrR3n50Ihj8HtghAyE5J1qJb08GhRANCAATxkM889cqO+f7A76XM3yEXQLaqMfYm
nICdzef7qkTdX2Scw2WAbB8XpAAZQ0m+xi1b8PjzFWRLS/rEi8RSjY7O
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBnDCCAUGgAwIBAgIUIQW9wmKltVlrwKf4Og5GHIaZjwQwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJbG9jYWxob3N0MCAXDTI2MTEyMTAxMjYxNFoYDzIxMjYxMDI4
MDEyNjE0WjAUMRIwEAYDVQQDDAlsb2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATxkM889cqO+f7A76XM3yEXQLaqMfYmnICdzef7qkTdX2Scw2WAbB8X
pAAZQ0m+xi1b8PjzFWRLS/rEi8RSjY7Oo28wbTAdBgNVHQ4EFgQUnn7gpBX7f3Qo
j9mde0FGOM29Rc0wHwYDVR0jBBgwFoAUnn7gpBX7f3Qoj9mde0FGOM29Rc0wDwYD
VR0TAQH/BAUwAwEB/zAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwCgYIKoZI
zj0EAwIDSQAwRgIhALsVHY4V8xskaD7KEgtL1G81XC6sdGPE9zF9yZJNF9mtAiEA
8VjjUWw3EMElxC2zK9cgxzYvljWWnkRpJKc7BPF/ko4=
-----END CERTIFICATE-----
`,
};

/** Another one like it. */
export const other = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgR87pGQqay4AWaRpD
ksGYegPq7hV9aA/6gSKz+fcJ6aWhRANCAAS8GxDp/8GtvCZSgHZ4zGpxGc5WjBLO
5QVNBvsqia2QuoieuLRLXy+3b68Qs4d9FtqHbCBUiaEz8It4LBBQ+ci9
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBlDCCATmgAwIBAgIUYnP0jvqiqY/k3iwD7wX9AtagMRwwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFb3RoZXIwIBcNMjYxMTIxMDM0MTE4WhgPMjEyNjEwMjgwMzQx
MThaMBAxDjAMBgNVBAMMBW90aGVyMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
vBsQ6f/BrbwmUoB2eMxqcRnOVowSzuUFTQb7KomtkLqInri0S18vt2+vELOHfRba
h2wgVImhM/CLeCwQUPnIvaNvMG0wHQYDVR0OBBYEFCuT+ZswRrWaJzViEyrZaZx2
eoZzMB8GA1UdIwQYMBaAFCuT+ZswRrWaJzViEyrZaZx2eoZzMA8GA1UdEwEB/wQF
MAMBAf8wGgYDVR0RBBMwEYIJbG9jYWxob3N0hwR/AAABMAoGCCqGSM49BAMCA0kA
MEYCIQCfFHsvgqP/CGiUNEX9kdyhW8r03KXZdpbmoVk58Lkb9AIhAJiY1A0urave
FncXYjbb+gErydWth1BujRsZXCN6Dre9
-----END CERTIFICATE-----
`,
};

/** For orders.example, which is not where tests run. */
export const wrongName = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgqqVauF2/9QdFATOo
+Vab+EHA42e6wwnVYcr2XYBza4ShRANCAASufa2rU3JF5qfCsAdv9vf/vEVnHfh+
LmNLeMkMKxD+I3OgDWznhq2u3Xcd+wlYbc1QVZXXBccu9WBS/zEQfd0G
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBozCCAUqgAwIBAgIUPKA00Oa6VH1VcyaYbrtJbM2UByAwCgYIKoZIzj0EAwIw
GTEXMBUGA1UEAwwOb3JkZXJzLmV4YW1wbGUwIBcNMjYxMTIxMDM0MTE4WhgPMjEy
NjEwMjgwMzQxMThaMBkxFzAVBgNVBAMMDm9yZGVycy5leGFtcGxlMFkwEwYHKoZI
zj0CAQYIKoZIzj0DAQcDQgAErn2tq1NyReanwrAHb/b3/7xFZx34fi5jS3jJDCsQ
/iNzoA1s54atrt13HfsJWG3NUFWV1wXHLvVgUv8xEH3dBqNuMGwwHQYDVR0OBBYE
FAyTvgJjI7LK1Ynd7g0AwUBRxZdlMB8GA1UdIwQYMBaAFAyTvgJjI7LK1Ynd7g0A
wUBRxZdlMA8GA1UdEwEB/wQFMAMBAf8wGQYDVR0RBBIwEIIOb3JkZXJzLmV4YW1w
bGUwCgYIKoZIzj0EAwIDRwAwRAIgHzb2Zmy9mlOXyu72wwnwAFtC32V01sVGYRFU
q1xTjUwCICTLsQGmPY6BmUUwHUZdffv2EX8mAYJHeuEa/kLkEcui
-----END CERTIFICATE-----
`,
};

/** Ended on 2020-01-11. */
export const expired = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg85kelO/6BiyGARck
MyCqMQkuaQs7Fd/wJ9Et0mDJw0uhRANCAASsyu8QRb8ThsMGW/bmTADSEAQelF+O
AfRUGW5OWEgkI0en9WoIEmthjRsJByvJzKmdwyWDDOQGrv2rHG6GDDPc
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBYjCCAQigAwIBAgIBATAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
c3QwHhcNMjAwMTAxMDAwMDAwWhcNMjAwMTExMDAwMDAwWjAUMRIwEAYDVQQDDAls
b2NhbGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASsyu8QRb8ThsMGW/bm
TADSEAQelF+OAfRUGW5OWEgkI0en9WoIEmthjRsJByvJzKmdwyWDDOQGrv2rHG6G
DDPco0swSTAaBgNVHREEEzARgglsb2NhbGhvc3SHBH8AAAEwDAYDVR0TBAUwAwEB
/zAdBgNVHQ4EFgQUb0wPh8iNZnqwK5064ZCr+98nrE8wCgYIKoZIzj0EAwIDSAAw
RQIgSiD/NZnaKKV49oUSkuIzXOPkpa1ce67SVrGaj/7pqLoCIQDhHL453gypIxIe
5H2YB1gUVdnUu2bNtZRwWRFGmqeRzA==
-----END CERTIFICATE-----
`,
};

/** Of localhost and 127.0.0.1, signed by `authority`. */
export const signed = {
  key: `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgBXHUgOE2rjBHli+u
URiXSI6t1T8RM7JQU4L8T2YxC1+hRANCAAQuQjEY9VPvuWGt+6taokGKI8ZHcQlS
O6J8sM9B8NQ2HTMRGG/eDgXRZMlRpxIWd6QExKWVQwNIueZKvjyfE/jZ
-----END PRIVATE KEY-----
`,
  cert: `-----BEGIN CERTIFICATE-----
MIIBqTCCAU+gAwIBAgIUb6EHo6rc2ZlH1mHnL0WWtbr5MyYwCgYIKoZIzj0EAwIw
KDENMAsGA1UECgwEVGVzdDEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYx
MTIxMDM0MTE4WhgPMjEyNjEwMjgwMzQxMThaMBQxEjAQBgNVBAMMCWxvY2FsaG9z
dDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABC5CMRj1U++5Ya37q1qiQYojxkdx
CVI7onywz0Hw1DYdMxEYb94OBdFkyVGnEhZ3pATEpZVDA0i55kq+PJ8T+NmjaTBn
MBoGA1UdEQQTMBGCCWxvY2FsaG9zdIcEfwAAATAJBgNVHRMEAjAAMB0GA1UdDgQW
BBRht6OscgNaUOKx0uE0nEZykGZ6JDAfBgNVHSMEGDAWgBRRboBZw+zkG6Xja5GN
B6wo/PiDpjAKBggqhkjOPQQDAgNIADBFAiAohWaMW8OHK1kytn16TvzD0DmMDRBB
GbZ+sVtHRGmynQIhAMfsHXz+QhOo/vPViOw3/46AgCMHtk2ekQ2Va9Zy7iRn
-----END CERTIFICATE-----
`,
};

/** Signs `signed`. */
export const authority = {
  cert: `-----BEGIN CERTIFICATE-----
MIIBpzCCAU2gAwIBAgIUPIkBaPWkThReG6WmqQO0TyVcyRYwCgYIKoZIzj0EAwIw
KDENMAsGA1UECgwEVGVzdDEXMBUGA1UEAwwOVGVzdCBhdXRob3JpdHkwIBcNMjYx
MTIxMDM0MTE4WhgPMjEyNjEwMjgwMzQxMThaMCgxDTALBgNVBAoMBFRlc3QxFzAV
BgNVBAMMDlRlc3QgYXV0aG9yaXR5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
u9VjcMrYFYhCayXhzSERnjxHzN3ck0h65jXtV1N76VI9uIWIda9iNSs0pqxWFvyF
vW4EAkgrYRAsumh0SwuyTKNTMFEwHQYDVR0OBBYEFFFugFnD7OQbpeNrkY0HrCj8
+IOmMB8GA1UdIwQYMBaAFFFugFnD7OQbpeNrkY0HrCj8+IOmMA8GA1UdEwEB/wQF
MAMBAf8wCgYIKoZIzj0EAwIDSAAwRQIgER1xbJuT7IaDTdcn9CjtyVFOohPN+/em
TXjuPlsngmQCIQDWyB/2MaoO6xJMyOsJX/CFebra67Zi1GSC/Kd+Q8/WyA==
-----END CERTIFICATE-----
`,
};

/** A certificate for localhost of a key in PEM form, self-signed, that ends in so many days. PEM. */
export async function endingIn(days: number, key: string): Promise<string> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { subtle } = globalThis.crypto;
  const pkcs8 = createPrivateKey(key).export({ type: "pkcs8", format: "der" });
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const made = await X509CertificateGenerator.createSelfSigned({
    name: "CN=localhost",
    notBefore: new Date(Date.now() - 86_400_000),
    notAfter: new Date(Date.now() + days * 86_400_000),
    keys: {
      privateKey: await subtle.importKey("pkcs8", pkcs8, algorithm, false, ["sign"]),
      publicKey: await subtle.importKey("spki", spki, algorithm, true, ["verify"]),
    },
    signingAlgorithm: algorithm,
  });
  return `${made.toString("pem")}\n`;
}
