/** What a proxy keeps to itself. */
import type { ProxyServer } from 'httpxy';

/** What the server behind says of its connection is not for the client, whose connection is another one. */
export function keepConnectionsApart(proxy: ProxyServer): void {
  proxy.on('proxyRes', ({ headers }) => {
    delete headers.connection;
    delete headers['keep-alive'];
  });
}
