/** What a Temporal server refuses while its namespace is set up, and the errors that say so with the command that helps. */
import { isGrpcServiceError } from '@temporalio/client';
import { type SearchAttributeType, TypedSearchAttributes } from '@temporalio/common';
import { UpliftError } from '../domain/errors.js';

/** As `defineSearchAttributeKey` makes it. */
export interface SearchAttribute {
  readonly name: string;
  readonly type: SearchAttributeType;
}

type ServiceError = Error & { readonly code: number; readonly details: string };

/** How the types are numbered on the wire. */
export const wireTypes: Readonly<Record<SearchAttributeType, number>> = {
  TEXT: 1,
  KEYWORD: 2,
  INT: 3,
  DOUBLE: 4,
  BOOL: 5,
  DATETIME: 6,
  KEYWORD_LIST: 7,
};

/** The status codes of gRPC that mean something here. */
export const grpc = {
  invalidArgument: 3,
  notFound: 5,
  alreadyExists: 6,
  denied: 7,
  unimplemented: 12,
  unauthenticated: 16,
};
/** What a server answers to a connection without the permission, or where only its owner can do such things. */
export const mayNot = [grpc.denied, grpc.unauthenticated, grpc.unimplemented];

export function hasCode(error: unknown, ...codes: readonly number[]): error is ServiceError {
  return isGrpcServiceError(error) && codes.includes(error.code);
}

/** `error` itself unless it says that this connection may not `command` the namespace. */
export function namespaceRefused(
  error: unknown,
  command: 'describe' | 'create' | 'update',
  what: string,
  { namespace, retentionDays }: { readonly namespace: string; readonly retentionDays: number },
): unknown {
  if (!hasCode(error, ...mayNot)) return error;
  const retention = command === 'describe' ? '' : ` --retention ${retentionDays}d`;
  return new UpliftError(
    'NAMESPACE_UNAVAILABLE',
    {
      what: `${what}; this connection may not ${command} it`,
      blockedBy: 'the permissions of the Temporal server',
      next: `temporal operator namespace ${command} --namespace ${namespace}${retention}`,
    },
    { cause: error },
  );
}

export function searchAttributesMissing(
  namespace: string,
  missing: readonly SearchAttribute[],
  why: string,
  cause?: unknown,
): UpliftError {
  const names = missing.map(({ name }) => name).join(', ');
  return new UpliftError(
    'SEARCH_ATTRIBUTE_MISSING',
    {
      what: `Search attributes missing in namespace ${namespace}: ${names}; they ${why}`,
      blockedBy: 'the Temporal server',
      next: createCommand(namespace, missing),
    },
    { cause },
  );
}

export function otherType(namespace: string, wanted: SearchAttribute, type: number): UpliftError {
  const found = (Object.keys(wireTypes) as SearchAttributeType[]).find((name) => wireTypes[name] === type);
  return new UpliftError('SEARCH_ATTRIBUTE_MISSING', {
    what: `Search attribute ${wanted.name} of namespace ${namespace} is ${found ? typeName(found) : 'of an unknown type'}, and ${typeName(wanted.type)} is needed`,
    next:
      `temporal operator search-attribute remove --namespace ${namespace} --name ${wanted.name} --yes; ` +
      createCommand(namespace, [wanted]),
  });
}

function createCommand(namespace: string, attributes: readonly SearchAttribute[]): string {
  const pairs = attributes.map(({ name, type }) => `--name ${name} --type ${typeName(type)}`);
  return `temporal operator search-attribute create --namespace ${namespace} ${pairs.join(' ')}`;
}

/** As the command line and the UI call it: `KeywordList`. */
const typeName = (type: SearchAttributeType): string => TypedSearchAttributes.toMetadataType(type);
