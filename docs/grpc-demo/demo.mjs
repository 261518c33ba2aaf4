/**
 * A service of gRPC to try out: `node demo.mjs serve NAME PORT`, and calls of it: `node demo.mjs call ADDRESS TOKEN`.
 * Messages are plain text, so that nothing has to be generated.
 */
import grpc from "@grpc/grpc-js";

const text = {
  requestSerialize: (value) => Buffer.from(value),
  requestDeserialize: String,
  responseSerialize: (value) => Buffer.from(value),
  responseDeserialize: String,
};
const service = {
  Greet: { path: "/demo.Greeter/Greet", requestStream: false, responseStream: false, ...text },
  GreetAgain: { path: "/demo.Greeter/GreetAgain", requestStream: false, responseStream: true, ...text },
};

function serve(name, port) {
  const greeting = (to) => `Hello ${to}, this is ${name}.`;
  const greetAgain = (call) => {
    const timer = setInterval(() => call.write(greeting(call.request)), 1000);
    call.on("cancelled", () => clearInterval(timer));
  };
  const server = new grpc.Server();
  server.addService(service, {
    Greet: ({ request }, answer) => answer(null, greeting(request)),
    GreetAgain: greetAgain,
  });
  server.bindAsync(`localhost:${port}`, grpc.ServerCredentials.createInsecure(), (error) => {
    if (error) throw error;
  });
}

/** Six calls, then a stream of three seconds. */
async function call(address, token) {
  const Greeter = grpc.makeGenericClientConstructor(service);
  const client = new Greeter(address, grpc.credentials.createInsecure());
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${token}`);
  for (let i = 0; i < 6; i++) {
    await new Promise((resolve) => {
      client.Greet("world", metadata, (error, greeting) => resolve(console.log(error?.message ?? greeting)));
    });
  }
  const again = client.GreetAgain("again", metadata, { deadline: Date.now() + 3500 });
  again.on("data", (greeting) => console.log(greeting));
  again.on("error", (error) => console.log(error.message));
  again.on("status", () => client.close());
}

const [what, ...given] = process.argv.slice(2);
if (what === "serve") serve(...given);
else call(...given);
