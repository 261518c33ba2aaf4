import {
  type CallOptions,
  type ClientDuplexStream,
  type ClientReadableStream,
  type ClientWritableStream,
  credentials,
  type Deadline,
  Client as GrpcClient,
  type handleBidiStreamingCall,
  type handleClientStreamingCall,
  type handleServerStreamingCall,
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServiceError,
  status,
} from "@grpc/grpc-js";
import { certificate } from "./certificate";

/** A service of gRPC and its client, both of the library that others use; messages are JSON, so nothing is generated. */

export const SERVICE = "/shop.Orders";

export interface Message {
  text?: string;
  /** How often, or how much. */
  count?: number;
  /** Before it is answered, ms. */
  waitMs?: number;
  /** The name of the server that answers. */
  by?: string;
}

type Method = MethodDefinition<Message, Message>;

function method(name: string, requestStream: boolean, responseStream: boolean): Method {
  const serialize = (message: Message) => Buffer.from(JSON.stringify(message));
  const deserialize = (bytes: Buffer) => JSON.parse(bytes.toString()) as Message;
  return {
    path: `${SERVICE}/${name}`,
    ...{ requestStream, responseStream },
    ...{ requestSerialize: serialize, responseSerialize: serialize },
    ...{ requestDeserialize: deserialize, responseDeserialize: deserialize },
  };
}

const methods = {
  get: method("Get", false, false),
  upload: method("Upload", true, false),
  watch: method("Watch", false, true),
  chat: method("Chat", true, true),
};

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

export interface Orders {
  /** Of the endpoint, with the service's path. */
  url: string;
  calls(): number;
  /** Ends it at once, with all that is under way. */
  stop(): void;
}

/** A server on 127.0.0.1, over TLS or with prior knowledge; `at`: a port, where it is not to be any. */
export async function ordersServer(by: string, tls: boolean, at = 0): Promise<Orders> {
  const server = new Server();
  let calls = 0;
  const get: handleUnaryCall<Message, Message> = async ({ request, metadata }, answer) => {
    calls++;
    await pause(request.waitMs ?? 0);
    if (request.text === "fail") {
      const trailers = new Metadata();
      trailers.set("reason", "sold out");
      answer({ code: status.NOT_FOUND, details: "no such order: 5 % of «all»", metadata: trailers });
      return;
    }
    const given = { plain: metadata.get("plain"), bin: metadata.get("some-bin").map(String) };
    const trailers = new Metadata();
    trailers.set("sum", "1");
    answer(null, { text: JSON.stringify(given), by }, trailers);
  };
  const upload: handleClientStreamingCall<Message, Message> = (call, answer) => {
    calls++;
    let count = 0;
    call.on("data", ({ text = "" }: Message) => {
      count += text.length;
    });
    call.on("end", () => answer(null, { count, by }));
  };
  const watch: handleServerStreamingCall<Message, Message> = async (call) => {
    calls++;
    const { count = 1, waitMs = 0 } = call.request;
    for (let i = 0; i < count; i++) {
      if (i > 0) await pause(waitMs);
      call.write({ count: i, by });
    }
    call.end();
  };
  const chat: handleBidiStreamingCall<Message, Message> = (call) => {
    calls++;
    call.on("data", ({ text = "" }: Message) => call.write({ text: `${text}?`, by }));
    call.on("end", () => call.end());
  };
  server.addService(methods, { get, upload, watch, chat });
  const { key, cert } = certificate;
  const pair = { private_key: Buffer.from(key), cert_chain: Buffer.from(cert) };
  const own = tls ? ServerCredentials.createSsl(null, [pair]) : ServerCredentials.createInsecure();
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${at}`, own, (error, bound) => (error ? reject(error) : resolve(bound)));
  });
  const url = `${tls ? "https" : "http"}://127.0.0.1:${port}${SERVICE}`;
  return { url, calls: () => calls, stop: () => server.forceShutdown() };
}

export interface Options {
  deadline?: Deadline;
  metadata?: Record<string, string | Buffer>;
}

/** A client of the service at a gateway's URL. */
export class OrdersClient {
  private readonly client: GrpcClient;

  constructor(url: string) {
    const { host, protocol } = new URL(url);
    const secure = () => credentials.createSsl(null, null, null, { rejectUnauthorized: false });
    const own = protocol === "https:" ? secure() : credentials.createInsecure();
    this.client = new GrpcClient(host, own, { "grpc.ssl_target_name_override": "localhost" });
  }

  close(): void {
    this.client.close();
  }

  /** The answer and its trailing metadata. */
  get(
    message: Message,
    options: Options = {},
    name = "Get",
  ): Promise<{ message: Message; trailers: Metadata }> {
    const { requestSerialize, responseDeserialize } = methods.get;
    return new Promise((resolve, reject) => {
      let answered: Message | undefined;
      const call = this.client.makeUnaryRequest(
        ...([`${SERVICE}/${name}`, requestSerialize, responseDeserialize, message] as const),
        ...([metadataOf(options), limitsOf(options)] as const),
        (error: ServiceError | null, found?: Message) => {
          if (error) reject(error);
          else answered = found;
        },
      );
      call.on("status", ({ code, metadata }) => {
        if (code === status.OK) resolve({ message: answered!, trailers: metadata });
      });
    });
  }

  upload(options: Options = {}): [ClientWritableStream<Message>, Promise<Message>] {
    const { path, requestSerialize, responseDeserialize } = methods.upload;
    let call!: ClientWritableStream<Message>;
    const answer = new Promise<Message>((resolve, reject) => {
      call = this.client.makeClientStreamRequest(
        ...([path, requestSerialize, responseDeserialize, metadataOf(options)] as const),
        ...([limitsOf(options)] as const),
        (error: ServiceError | null, found?: Message) => (error ? reject(error) : resolve(found!)),
      );
    });
    return [call, answer];
  }

  watch(message: Message, options: Options = {}): ClientReadableStream<Message> {
    const { path, requestSerialize, responseDeserialize } = methods.watch;
    return this.client.makeServerStreamRequest(
      ...([path, requestSerialize, responseDeserialize, message, metadataOf(options)] as const),
      ...([limitsOf(options)] as const),
    );
  }

  chat(options: Options = {}): ClientDuplexStream<Message, Message> {
    const { path, requestSerialize, responseDeserialize } = methods.chat;
    return this.client.makeBidiStreamRequest(
      ...([path, requestSerialize, responseDeserialize, metadataOf(options)] as const),
      ...([limitsOf(options)] as const),
    );
  }
}

const limitsOf = ({ deadline }: Options): CallOptions => (deadline === undefined ? {} : { deadline });

function metadataOf({ metadata = {} }: Options): Metadata {
  const made = new Metadata();
  for (const [name, value] of Object.entries(metadata)) made.set(name, value);
  return made;
}

// Started as a process of its own: a server that can be killed.
if (process.argv[1]?.endsWith("grpcService.ts")) {
  const [, , by = "", tls] = process.argv;
  console.log((await ordersServer(by, tls === "tls")).url);
}
