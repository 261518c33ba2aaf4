import { type Group, ok } from "./http1CorpusHeads";

const final = ok("Content-Length: 5\r\n", "hello");

const lengths: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      "a length": final,
      "a length of zero": ok("Content-Length: 0\r\n"),
      "a length with leading zeros": ok("Content-Length: 00005\r\n", "hello"),
      "a length of zeros": ok("Content-Length: 0000\r\n"),
      "spaces around a length": ok("Content-Length: \t 5  \r\n", "hello"),
      "no length": ok("A: b\r\n", "hello"),
      "no length and no body": ok("A: b\r\n"),
      "a binary body": ok("Content-Length: 6\r\n", "\0\r\n\r\n\xff"),
      "a body that is cut off": ok("Content-Length: 5\r\n", "hel"),
      "a body that does not come": ok("Content-Length: 5\r\n"),
      "a long length that does not come": ok("Content-Length: 999999999999999\r\n", "hello"),
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "the same length twice": ok("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"),
      "two lengths": ok("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!"),
      "two lengths, the first zero": ok("Content-Length: 0\r\nContent-Length: 5\r\n", "hello"),
      "two lengths, one in another case": ok("Content-Length: 5\r\ncontent-length: 5\r\n", "hello"),
      "a list of one length": ok("Content-Length: 5, 5\r\n", "hello"),
      "a list without a space": ok("Content-Length: 5,5\r\n", "hello"),
      "a list that ends": ok("Content-Length: 5,\r\n", "hello"),
      "two lengths in one": ok("Content-Length: 5 5\r\n", "hello"),
      "a length with a plus": ok("Content-Length: +5\r\n", "hello"),
      "a length with a minus": ok("Content-Length: -5\r\n", "hello"),
      "minus zero": ok("Content-Length: -0\r\n"),
      "a length in hexadecimal": ok("Content-Length: 0x5\r\n", "hello"),
      "a length in hexadecimal digits": ok("Content-Length: a\r\n", "0123456789"),
      "a length with a point": ok("Content-Length: 5.0\r\n", "hello"),
      "a length with an exponent": ok("Content-Length: 5e0\r\n", "hello"),
      "a length with an underscore": ok("Content-Length: 1_0\r\n", "0123456789"),
      "a length in quotes": ok('Content-Length: "5"\r\n', "hello"),
      "a length with a parameter": ok("Content-Length: 5;a\r\n", "hello"),
      "an empty length": ok("Content-Length:\r\n", "hello"),
      "a length of spaces": ok("Content-Length:  \r\n", "hello"),
      "a length and a null byte": ok("Content-Length: 5\0\r\n", "hello"),
      "a length beyond 64 bits": ok("Content-Length: 18446744073709551616\r\n", "hello"),
      "a length far beyond": ok("Content-Length: 99999999999999999999999\r\n", "hello"),
      "a no-break space before a length": ok("Content-Length: \xa05\r\n", "hello"),
      "a superscript": ok("Content-Length: \xb2\r\n", "he"),
      "a length, then chunks": ok("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "chunks, then a length": ok("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
      "a length, then no coding": ok("Content-Length: 5\r\nTransfer-Encoding: identity\r\n", "hello"),
      "a length of zero, then chunks": ok("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "a tab after a length": ok("Content-Length: 5\t\r\n", "hello"),
      "a tab and a space after a length": ok("Content-Length: 5\t \r\n", "hello"),
    },
  },
  {
    relation: "stricter",
    why: "More digits than any body needs; beyond 2^53 numbers are not exact.",
    answers: {
      "a length of sixteen digits": ok("Content-Length: 0000000000000005\r\n", "hello"),
    },
  },
];

const codings: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      chunks: ok("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked in another case": ok("tRANSFER-eNCODING: cHUNKED\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked with spaces around": ok("Transfer-Encoding:  \tchunked  \r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "the coding identity": ok("Transfer-Encoding: identity\r\n", "hello"),
      "a content coding of that name": ok("Content-Encoding: chunked\r\nContent-Length: 5\r\n", "hello"),
      "TE is none": ok("TE: chunked\r\nContent-Length: 5\r\n", "hello"),
    },
  },
  {
    relation: "stricter",
    why: "Of codings, chunked alone is asked for; any other shape of its name is read in two ways somewhere.",
    answers: {
      gzip: ok("Transfer-Encoding: gzip\r\n", "hello"),
      "gzip, chunked": ok("Transfer-Encoding: gzip, chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "gzip, then chunked in a field of its own": ok(
        "Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n",
        "2\r\nhi\r\n0\r\n\r\n",
      ),
      "identity, chunked": ok("Transfer-Encoding: identity, chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked, gzip": ok("Transfer-Encoding: chunked, gzip\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked, chunked": ok("Transfer-Encoding: chunked, chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked, identity": ok("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "hello"),
      "chunked twice": ok(
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "2\r\nhi\r\n0\r\n\r\n",
      ),
      "identity twice": ok("Transfer-Encoding: identity\r\nTransfer-Encoding: identity\r\n", "hello"),
      chunkedchunked: ok("Transfer-Encoding: chunkedchunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      xchunked: ok("Transfer-Encoding: xchunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked in quotes": ok('Transfer-Encoding: "chunked"\r\n', "2\r\nhi\r\n0\r\n\r\n"),
      "chunked with a parameter": ok("Transfer-Encoding: chunked;a=b\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked with a comma behind it": ok("Transfer-Encoding: chunked,\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked with a comma before it": ok("Transfer-Encoding: , chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "chunked and a no-break space": ok("Transfer-Encoding: chunked\xa0\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "a tab after chunked": ok("Transfer-Encoding: chunked\t\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "an empty coding, then a length": ok("Transfer-Encoding:\r\nContent-Length: 5\r\n", "hello"),
      "an empty coding": ok("Transfer-Encoding:\r\n", "hello"),
      "an unknown coding": ok("Transfer-Encoding: cow\r\n", "hello"),
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "a vertical tab before chunked": ok("Transfer-Encoding: \x0bchunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "a null byte after chunked": ok("Transfer-Encoding: chunked\0\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "a null byte in the name": ok("Transfer-Encoding\0: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
    },
  },
];

/** How long a body is, and how it is coded. */
export const framings: readonly Group[] = [...lengths, ...codings];
