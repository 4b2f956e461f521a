/** The body of a request, kept whole so that it can be sent again. */
import type { IncomingMessage } from 'node:http';

export type RequestBody =
  | { readonly kind: 'whole'; readonly chunks: readonly Buffer[] }
  | { readonly kind: 'too large' }
  /** The client went away before all of it had come. */
  | { readonly kind: 'broken off' };

/** Bytes. No front end takes more. */
const largest = 1_048_576;

export async function requestBody(request: IncomingMessage): Promise<RequestBody> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > largest) return tooLarge(request);
    }
    return { kind: 'whole', chunks };
  } catch {
    return { kind: 'broken off' };
  }
}

/** The rest is read and thrown away: a client that still sends does not see an answer on a connection that was closed. */
function tooLarge(request: IncomingMessage): RequestBody {
  request.resume();
  return { kind: 'too large' };
}
