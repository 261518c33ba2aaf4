import { exceptions } from "./http1Compare";
import { type Group, ok } from "./http1CorpusHeads";

const final = ok("Content-Length: 5\r\n", "hello");
const saying = (connection: string) => ok(`${connection}\r\nContent-Length: 5\r\n`, "hello");
const after = (head: string) => `HTTP/1.1 ${head}\r\n\r\n${final}`;
const status = (line: string, fields: string, body = "") => `HTTP/1.1 ${line}\r\n${fields}\r\n${body}`;

const interim: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      "100 before it": after("100 Continue"),
      "100 without a reason": after("100"),
      "102 with fields": after("102 Processing\r\nA: b"),
      "103 with links": after("103 Early Hints\r\nLink: </a>; rel=preload\r\nLink: </b>"),
      "an unknown interim answer": after("199 X"),
      "many of them": `${"HTTP/1.1 100 Continue\r\n\r\n".repeat(20)}${final}`,
      "an empty line after it": `HTTP/1.1 100 Continue\r\n\r\n\r\n${final}`,
      "an interim answer with a length": after("100 Continue\r\nContent-Length: 5"),
      "an interim answer with a length of zero": after("100 Continue\r\nContent-Length: 0"),
      "nothing after it": "HTTP/1.1 100 Continue\r\n\r\n",
      "a cut off answer after it": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n",
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "an interim answer with a body": `HTTP/1.1 100 Continue\r\nContent-Length: 5\r\n\r\nhello${final}`,
      "an interim answer with two lengths": after("100 Continue\r\nContent-Length: 5\r\nContent-Length: 6"),
      "an interim answer with a malformed length": after("100 Continue\r\nContent-Length: 5,5"),
      "an interim answer with two framings": after(
        "100 Continue\r\nContent-Length: 5\r\nTransfer-Encoding: chunked",
      ),
      "an interim answer that closes": after("103 Early Hints\r\nConnection: close"),
      "an interim answer of HTTP/1.0": `HTTP/1.0 100 Continue\r\n\r\n${final}`,
      "a folded line in an interim answer": after("100 Continue\r\nA: b\r\n c"),
      "an upgrade that nobody asked for":
        "HTTP/1.1 101 X\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\nproto",
      "an upgrade with chunks": status(
        "101 X",
        "Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n",
        "2\r\nhi\r\n0\r\n\r\nproto",
      ),
    },
  },
  {
    relation: "stricter",
    why: "Nobody asked for another protocol.",
    answers: {
      "101 without one": "HTTP/1.1 101 X\r\n\r\n",
      "101, then an answer": after("101 X\r\nUpgrade: h2c"),
    },
  },
  {
    relation: "stricter",
    why: "No interim answer has a body (RFC 9112, section 6.1): whether chunks follow would be anybody's guess.",
    answers: {
      "an interim answer in chunks": after("103 Early Hints\r\nTransfer-Encoding: chunked"),
      "an interim answer in another coding": after("100 Continue\r\nTransfer-Encoding: gzip"),
    },
  },
  {
    relation: "stricter",
    why: "HTTP/1.0 has no interim answers.",
    answers: {
      "an interim answer of HTTP/1.0 that keeps the connection": `HTTP/1.0 100 Continue\r\nConnection: keep-alive\r\n\r\n${final}`,
    },
  },
];

const bodiless: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      "204": status("204 No Content", ""),
      "204 with a length of zero": status("204 No Content", "Content-Length: 0\r\n"),
      "204 with a length": status("204 No Content", "Content-Length: 5\r\n"),
      "304": status("304 Not Modified", "ETag: a\r\n"),
      "304 with a length": status("304 Not Modified", "Content-Length: 5\r\n"),
      "204 that closes": status("204 No Content", "Connection: close\r\n"),
      "205 with a body": status("205 Reset Content", "Content-Length: 5\r\n", "hello"),
      "304 cut off in the head": "HTTP/1.1 304 X\r\nETag: a\r\n",
    },
  },
  {
    relation: "alike",
    why: "",
    method: "HEAD",
    answers: {
      "to HEAD a length": ok("Content-Length: 5\r\n"),
      "to HEAD nothing of the body, and a close": ok("Connection: close\r\n"),
      "to HEAD 204": status("204 X", ""),
      "to HEAD interim answers": `HTTP/1.1 103 X\r\n\r\n${ok("Content-Length: 5\r\n")}`,
      "to HEAD a length and a close": ok("Connection: close\r\nContent-Length: 5\r\n"),
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "204 with two lengths": status("204 X", "Content-Length: 5\r\nContent-Length: 5\r\n"),
      "304 with a malformed length": status("304 X", "Content-Length: 5, 5\r\n"),
      "304 with an empty length": status("304 X", "Content-Length:\r\n"),
    },
  },
  {
    relation: "stricter",
    why: "Whether the last chunk follows, readers do not agree on: the connection ends.",
    answers: {
      "204 in chunks": status("204 X", "Transfer-Encoding: chunked\r\n", "0\r\n\r\n"),
      "204 in chunks that do not come": status("204 X", "Transfer-Encoding: chunked\r\n"),
      "304 in chunks": status("304 X", "Transfer-Encoding: chunked\r\n"),
      "304 in another coding": status("304 X", "Transfer-Encoding: gzip, chunked\r\n"),
    },
  },
  {
    relation: "stricter",
    why: "Whether the last chunk follows, readers do not agree on: the connection ends.",
    method: "HEAD",
    answers: { "to HEAD chunks": ok("Transfer-Encoding: chunked\r\n") },
  },
  {
    relation: "laxer",
    why: exceptions.bodiless.why,
    answers: {
      "304 with both framings": status("304 X", "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
      "204 with both framings": status("204 X", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
    },
  },
  {
    relation: "laxer",
    why: exceptions.bodiless.why,
    method: "HEAD",
    answers: { "to HEAD both framings": ok("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n") },
  },
];

const headOnly: Group[] = [
  {
    relation: "laxer",
    why: exceptions.head.why,
    method: "HEAD",
    answers: { "to HEAD nothing of the body": ok("A: b\r\n") },
  },
];

const connections: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      close: saying("Connection: close"),
      "close in capitals": saying("CONNECTION: CLOSE"),
      "close behind a tab": saying("Connection:\tclose"),
      "close in a list": saying("Connection: x-a,close , x-b"),
      "close behind empty ones": saying("Connection: ,, close,"),
      "close in a field of its own": saying("Connection: keep-alive\r\nConnection: close"),
      "close before keep-alive": saying("Connection: close, keep-alive"),
      "keep-alive": saying("Connection: keep-alive\r\nKeep-Alive: timeout=5, max=100"),
      "an empty Connection": saying("Connection:"),
      "what only begins like close": saying("Connection: closed, close-notify"),
      "what only ends like close": saying("Connection: xclose"),
      "close with words behind it": saying("Connection: close x"),
      "close in quotes": saying('Connection: "close"'),
      "an upgrade offered": saying("Connection: upgrade\r\nUpgrade: h2c"),
      "close, without a length": ok("Connection: close\r\n", "hello"),
      "close, in chunks": ok("Connection: close\r\nTransfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"),
      "close, and bytes behind it": `${saying("Connection: close")}2ad731e3`,
    },
  },
  {
    relation: "laxer",
    why: exceptions.proxyConnection.why,
    answers: { "close of a proxy": saying("Proxy-Connection: close") },
  },
  {
    relation: "stricter",
    why: "Nobody asked for what comes behind an answer: the connection is not used again.",
    answers: {
      "another answer": final + final,
      "an interim answer": `${final}HTTP/1.1 100 Continue\r\n\r\n`,
      "an empty line": `${final}\r\n`,
      "a line feed": `${final}\n`,
      "a byte": `${final}x`,
      "a null byte": `${final}\0`,
      "behind the last chunk": `${ok("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n")}x`,
      "behind trailers": `${ok("Transfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\nA: b\r\n\r\n")}HTTP/1.1 200 OK\r\n`,
      "behind no body": `${ok("Content-Length: 0\r\n")}x`,
      "a body of 204": status("204 X", "Content-Length: 5\r\n", "hello"),
      "an answer behind 204": status("204 X", "", final),
      "an answer behind 304": status("304 X", "", final),
    },
  },
  {
    relation: "stricter",
    why: "Nobody asked for what comes behind an answer: the connection is not used again.",
    method: "HEAD",
    answers: { "to HEAD a body": final },
  },
  {
    relation: "alike",
    why: "",
    answers: {
      "nothing at all": "",
      "an empty line and nothing": "\r\n",
      "cut off in the version": "HTTP/1",
      "cut off in the status": "HTTP/1.1 20",
      "cut off in the reason": "HTTP/1.1 200 O",
      "cut off after the status line": "HTTP/1.1 200 OK\r\n",
      "cut off in a name": "HTTP/1.1 200 OK\r\nCont",
      "cut off in a value": "HTTP/1.1 200 OK\r\nContent-Length: 5",
      "cut off before the last line": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n",
      "cut off in the last line": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r",
    },
  },
];

/** Interim answers, answers without a body, and what becomes of the connection. */
export const ends: readonly Group[] = [...interim, ...bodiless, ...headOnly, ...connections];
