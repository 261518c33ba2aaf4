import type { Relation } from "./http1Compare";
import type { Method } from "./http1Readers";

/** Answers byte for byte (latin1), in the manner of llhttp's test/response and of http-garden. */

export interface Group {
  /** How ours reads each of them, beside llhttp. */
  relation: Exclude<Relation, "different">;
  /** Why, where not alike; of "laxer" one of the exceptions. */
  why: string;
  /** Default GET. */
  method?: Method;
  answers: Record<string, string>;
}

export const ok = (fields: string, body = "") => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const empty = (line: string) => `${line}\r\nContent-Length: 0\r\n\r\n`;
const final = ok("Content-Length: 5\r\n", "hello");
const long = (bytes: number) => "b".repeat(bytes);

const statusLines: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      "no reason": empty("HTTP/1.1 200"),
      "an empty reason": empty("HTTP/1.1 200 "),
      "two spaces before the reason": empty("HTTP/1.1 200  OK"),
      "a space after the reason": empty("HTTP/1.1 200 OK "),
      "a tab in the reason": empty("HTTP/1.1 200 O\tK"),
      "a reason of many words, and one in latin1": empty("HTTP/1.1 200 All is w\xe4ll: 1"),
      "an unknown status": empty("HTTP/1.1 799 X"),
      "HTTP/1.0": empty("HTTP/1.0 200 OK"),
      "HTTP/1.0 that ends with the connection": "HTTP/1.0 200 OK\r\n\r\nhello",
      "HTTP/1.0 that keeps it, without a length":
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nHTTP/1.0 200 OK",
      "empty lines before it": `\r\n\r\n${final}`,
      "bare line feeds before it": `\n\n${final}`,
      "bare carriage returns before it": `\r\r${final}`,
      "no headers": "HTTP/1.1 404 Not Found\r\n\r\n",
      "no headers and a body": "HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 200 OK",
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "another protocol": "SSH-2.0-OpenSSH_9.2\r\n\r\n",
      "a letter missing": "HTP/1.1 200 OK\r\n\r\n",
      "a letter too many": "HTTPER/1.1 200 OK\r\n\r\n",
      "lower case": empty("http/1.1 200 OK"),
      "a request": "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
      "a space before it": ` ${final}`,
      "a null byte before it": `\0${final}`,
      "a byte order mark before it": `\xef\xbb\xbf${final}`,
      "a version of two digits": empty("HTTP/11.1 200 OK"),
      "a version with a leading zero": empty("HTTP/01.1 200 OK"),
      "a minor version of two digits": empty("HTTP/1.01 200 OK"),
      "HTTP/1.2": empty("HTTP/1.2 200 OK"),
      "HTTP/3.0": empty("HTTP/3.0 200 OK"),
      "HTTP/5.6": empty("HTTP/5.6 200 OK"),
      "no minor version": empty("HTTP/1 200 OK"),
      "a comma in the version": empty("HTTP/1,1 200 OK"),
      "a space in the version": empty("HTTP/1. 1 200 OK"),
      "no version": empty("HTTP 200 OK"),
      "a tab after the version": empty("HTTP/1.1\t200 OK"),
      "a carriage return before, a tab after the version": empty("\rHTTP/1.1\t200 OK"),
      "two spaces after the version": empty("HTTP/1.1  200 OK"),
      "no space after the version": empty("HTTP/1.1200 OK"),
      "a status of one digit": empty("HTTP/1.1 2 OK"),
      "a status of two digits": empty("HTTP/1.1 20 OK"),
      "a status of four digits": empty("HTTP/1.1 2000 OK"),
      "a negative status": empty("HTTP/1.1 -20 OK"),
      "a status with a sign": empty("HTTP/1.1 +20 OK"),
      "a status with a letter": empty("HTTP/1.1 2O0 OK"),
      "a status in hexadecimal": empty("HTTP/1.1 0xC8 OK"),
      "no status": empty("HTTP/1.1 OK"),
      "a tab after the status": empty("HTTP/1.1 200\tOK"),
      "a reason without a space": empty("HTTP/1.1 200OK"),
      "a bare carriage return in the reason": empty("HTTP/1.1 200 O\rK"),
      "a bare line feed after it": "HTTP/1.1 200 OK\nContent-Length: 0\r\n\r\n",
      "a space before the first header": "HTTP/1.1 200 OK\r\n Host: foo\r\nContent-Length: 0\r\n\r\n",
      "line feeds only": "HTTP/1.1 200 OK\nContent-Length: 0\n\n",
      "carriage returns only": "HTTP/1.1 200 OK\rContent-Length: 0\r\r",
      "a status of two digits, twice": `HTTP/1.1 10 X\r\n\r\n${final}`,
    },
  },
  {
    relation: "stricter",
    why: "Only HTTP/1.1 and 1.0 are spoken here, with the status codes that there are.",
    answers: {
      "HTTP/2.0": empty("HTTP/2.0 200 OK"),
      "HTTP/0.9": empty("HTTP/0.9 200 OK"),
      RTSP: empty("RTSP/1.1 200 OK"),
      ICE: empty("ICE/1.1 200 OK"),
      "a status that begins with zero": empty("HTTP/1.1 099 X"),
      "status 000": empty("HTTP/1.1 000 X"),
    },
  },
  {
    relation: "stricter",
    why: "Control characters of a reason would be written to the caller.",
    answers: {
      "a null byte in the reason": empty("HTTP/1.1 200 O\0K"),
      "a control character in the reason": empty("HTTP/1.1 200 O\x01K"),
      "an escape in the reason": empty("HTTP/1.1 200 \x1b[31m"),
      "a delete in the reason": empty("HTTP/1.1 200 O\x7fK"),
    },
  },
  {
    relation: "stricter",
    why: "A connection of HTTP/1.0 is used once.",
    answers: {
      "HTTP/1.0 that keeps the connection":
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 5\r\n\r\nhello",
      "HTTP/1.0 in chunks":
        "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
      "HTTP/1.0 without content": "HTTP/1.0 204 X\r\nConnection: keep-alive\r\n\r\n",
    },
  },
];

const fields: Group[] = [
  {
    relation: "alike",
    why: "",
    answers: {
      "an empty value": ok("A:\r\nContent-Length: 0\r\n"),
      "a value of spaces": ok("A:  \t \r\nContent-Length: 0\r\n"),
      "an empty value before others": ok("Pragma: \r\nLocation: /\r\nContent-Length: 0\r\n"),
      "spaces and tabs around a value": ok("A: \t b c\t \r\nContent-Length: 0\r\n"),
      "no space before a value": ok("A:b\r\nContent-Length:0\r\n"),
      "a value in latin1": ok("A: b\x80\xe4\xff\r\nContent-Length: 0\r\n"),
      "a value in UTF-8": ok("A: \xc3\xa4\r\nContent-Length: 0\r\n"),
      "a colon in a value": ok("A: :b:c\r\nContent-Length: 0\r\n"),
      "a tab in a value": ok("A: b\tc\r\nContent-Length: 0\r\n"),
      "a line of quotes": ok('A: "b\\"c", (d)\r\nContent-Length: 0\r\n'),
      "every character of a token in a name": ok("!#$%&'*+-.^_`|~0aZ: b\r\nContent-Length: 0\r\n"),
      "a field thrice": ok("A: b\r\nA: c\r\na: d\r\nContent-Length: 0\r\n"),
      "names that are no list of theirs": ok("__proto__: a\r\nconstructor: b\r\nContent-Length: 0\r\n"),
      "names that are nearly framing": ok(
        "Content-Lengt: 9\r\nContent-Lengthy: 9\r\nContent_Length: 9\r\nXTransfer-Encoding: a\r\nContent-Length: 0\r\n",
      ),
      "an odd case": ok("cONTENT-lENGTH: 5\r\n", "hello"),
      "a head as long as it may be": `HTTP/1.1 200 OK\r\nA: ${long(16_384 - 20)}\r\n\r\nhello`,
    },
  },
  {
    relation: "refused",
    why: "",
    answers: {
      "a folded line with a space": ok("A: b\r\n c\r\nContent-Length: 0\r\n"),
      "a folded line with a tab": ok("A: b\r\n\tc\r\nContent-Length: 0\r\n"),
      "an empty value, then a folded line": ok("A:\r\n b\r\nContent-Length: 0\r\n"),
      "a folded line of spaces only": ok("A: b\r\n \r\nContent-Length: 0\r\n"),
      "a folded length": ok("Content-Length:\r\n 5\r\n", "hello"),
      "a folded coding": ok("Transfer-Encoding: chunked\r\n  abc\r\n", "0\r\n\r\n"),
      "a space before the colon": ok("A : b\r\nContent-Length: 0\r\n"),
      "a tab before the colon": ok("A\t: b\r\nContent-Length: 0\r\n"),
      "a space before the colon of the length": ok("Content-Length : 5\r\n", "hello"),
      "a space before the colon of the coding": ok("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"),
      "a space in a name": ok("A B: c\r\nContent-Length: 0\r\n"),
      "no name": ok(": b\r\nContent-Length: 0\r\n"),
      "no colon": ok("A\r\nContent-Length: 0\r\n"),
      "nothing but a space": ok(" \r\nContent-Length: 0\r\n"),
      "a null byte in a name": ok("A\0: b\r\nContent-Length: 0\r\n"),
      "latin1 in a name": ok("\xc4: b\r\nContent-Length: 0\r\n"),
      "a separator in a name": ok("A(b): c\r\nContent-Length: 0\r\n"),
      "a quote in a name": ok('"A": c\r\nContent-Length: 0\r\n'),
      "a delete in a name": ok("A\x7f: c\r\nContent-Length: 0\r\n"),
      "a null byte in a value": ok("A: b\0c\r\nContent-Length: 0\r\n"),
      "a null byte at the start of a value": ok("A: \0\r\nContent-Length: 0\r\n"),
      "a control character in a value": ok("A: b\x01c\r\nContent-Length: 0\r\n"),
      "a vertical tab in a value": ok("A: b\x0bc\r\nContent-Length: 0\r\n"),
      "a form feed before a length": ok("Content-Length: \x0c5\r\n", "hello"),
      "a delete in a value": ok("A: b\x7fc\r\nContent-Length: 0\r\n"),
      "a bare carriage return in a value": ok("A: b\rC: d\r\nContent-Length: 0\r\n"),
      "a bare carriage return before a line's end": ok("A: b\r\r\nContent-Length: 0\r\n"),
      "a bare carriage return before a name": ok("\rA: b\r\nContent-Length: 0\r\n"),
      "a bare carriage return for the last line": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\rX",
      "a bare line feed after a value": ok("A: b\nContent-Length: 0\r\n"),
      "a bare line feed for the last line": "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\nhello",
      "a bare line feed before the last line": "HTTP/1.1 200 OK\r\nContent-Length: 5\n\r\nhello",
      "two bare line feeds at the end": "HTTP/1.1 200 OK\r\nContent-Length: 5\n\nhello",
      "a bare carriage return after the colon": ok("A:\rb\r\nContent-Length: 0\r\n"),
      "a value that is too long": ok(`A: ${long(17_000)}\r\nContent-Length: 0\r\n`),
      "too many fields": `HTTP/1.1 200 OK\r\n${"A: bcdefghi\r\n".repeat(2_000)}\r\n`,
    },
  },
  {
    relation: "stricter",
    why: "The whole head counts towards its limit, not names and values alone.",
    answers: {
      "a head that is a byte too long": `HTTP/1.1 200 OK\r\nA: ${long(16_385 - 20)}\r\n\r\nhello`,
      "many short fields": ok(`${"A:\r\n".repeat(5_000)}Content-Length: 0\r\n`),
    },
  },
];

/** Status lines and fields. */
export const heads: readonly Group[] = [...statusLines, ...fields];
