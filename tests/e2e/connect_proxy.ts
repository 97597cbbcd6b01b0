// A proxy that sends every host to the mock; it never opens a connection to another machine.

/** A running proxy. */
export interface ConnectProxy extends AsyncDisposable {
  port: number;
}

/** Starts a proxy on loopback: `CONNECT anything` becomes a tunnel to `targetPort` on loopback. */
export function startConnectProxy(targetPort: number): ConnectProxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();
  const serving = accept();
  return {
    port: listener.addr.port,
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of open) close(connection);
      await serving;
    },
  };

  async function accept(): Promise<void> {
    const tunnels: Promise<void>[] = [];
    try {
      for await (const connection of listener) tunnels.push(tunnel(connection).catch(() => {}));
    } catch {
      // The listener is closed.
    }
    await Promise.all(tunnels);
  }

  async function tunnel(client: Deno.Conn): Promise<void> {
    open.add(client);
    try {
      const head = await readHead(client);
      if (!head.startsWith("CONNECT ")) {
        await writeAll(client, "HTTP/1.1 502 Only CONNECT\r\nconnection: close\r\n\r\n");
        return;
      }
      const target = await Deno.connect({ hostname: "127.0.0.1", port: targetPort });
      open.add(target);
      try {
        await writeAll(client, "HTTP/1.1 200 Connection established\r\n\r\n");
        await Promise.race([pipe(client, target), pipe(target, client)]);
      } finally {
        close(target);
      }
    } finally {
      close(client);
    }
  }

  function close(connection: Deno.Conn): void {
    open.delete(connection);
    try {
      connection.close();
    } catch {
      // The other side has closed it.
    }
  }
}

/** Reads up to the empty line; a TLS client waits for our answer before it continues. */
async function readHead(connection: Deno.Conn): Promise<string> {
  const bytes = new Uint8Array(8192);
  let head = "";
  while (!head.includes("\r\n\r\n")) {
    const n = await connection.read(bytes);
    if (n === null || head.length > 16_384) throw new Error("no request head");
    head += new TextDecoder().decode(bytes.subarray(0, n));
  }
  return head;
}

async function pipe(from: Deno.Conn, to: Deno.Conn): Promise<void> {
  const bytes = new Uint8Array(65_536);
  for (let n = await from.read(bytes); n !== null; n = await from.read(bytes)) {
    for (let at = 0; at < n;) at += await to.write(bytes.subarray(at, n));
  }
}

async function writeAll(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}
