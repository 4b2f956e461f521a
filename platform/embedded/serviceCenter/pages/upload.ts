/** The sources of a module as a browser sends them: a folder, file by file. They are checked as those of the API are. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { UpliftError } from '../../../../domain/errors.js';
import { schemaProblem, uploadBody } from '../schemas.js';

/** Bytes of a request, as of the API. */
const bodyLimit = 16 * 1_048_576;

/** Makes the body of such a request a `FormData`. */
export function acceptUploads(server: FastifyInstance): void {
  server.addContentTypeParser(
    'multipart/form-data',
    { parseAs: 'buffer', bodyLimit },
    async (request: FastifyRequest, body: Buffer) => {
      const headers = { 'content-type': request.headers['content-type'] ?? '' };
      return new Response(new Uint8Array(body), { headers }).formData().catch((cause: unknown) => {
        throw new UpliftError('INPUT_INVALID', { what: 'The form cannot be read' }, { cause });
      });
    },
  );
}

export interface Upload {
  readonly user: string;
  /** By path below the module's folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** Throws `INPUT_INVALID`. */
export async function uploadOf(request: FastifyRequest, userOf: (user: unknown) => string): Promise<Upload> {
  const form = request.body instanceof FormData ? request.body : new FormData();
  const files: Record<string, string> = {};
  for (const file of form.getAll('files')) {
    if (!(file instanceof File)) continue;
    const path = file.name.slice(file.name.indexOf('/') + 1);
    if (isSource(path)) files[path] = await textOf(file);
  }
  const body = { user: userOf(form.get('user')), files };
  const validate = request.compileValidationSchema(uploadBody, 'body');
  if (!validate(body)) throw schemaProblem(validate.errors ?? [], 'body');
  if (Object.keys(files).length > 0) return body;
  throw new UpliftError('INPUT_INVALID', {
    what: 'What you chose has neither a package.json nor TypeScript files in src',
    next: 'choose the folder of the module, which has its package.json',
  });
}

/** As `uplift publish --source` takes them from a folder. */
function isSource(path: string): boolean {
  return path === 'package.json' || (path.startsWith('src/') && path.endsWith('.ts'));
}

async function textOf(file: File): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.arrayBuffer());
  } catch (cause) {
    throw new UpliftError('INPUT_INVALID', { what: `${file.name} is not a text in UTF-8` }, { cause });
  }
}
