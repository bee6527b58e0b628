/** A rule that a body breaks, and where. */
export interface BodyError {
  readonly id: string;
  readonly message: string;
}

// biome-ignore lint/suspicious/noExplicitAny: any document may come.
type Node = Readonly<Record<string, any>>;

/** An operation of a document, whoever has written it. */
export interface BodyOperation {
  readonly method: string;
  readonly path: string;
  readonly definition: Node;
}

const METHODS = [
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'x-amazon-apigateway-any-method',
];
const VALIDATOR = 'x-amazon-apigateway-request-validator';

/** The operations of a document, without preflights: those are for everyone, and carry nothing. */
export function operationsOf(body: Node): BodyOperation[] {
  return Object.entries<Node>(body.paths ?? {}).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).flatMap((key) => {
      const definition = item[key];
      const type = definition['x-amazon-apigateway-integration']?.type;
      if (key === 'options' && String(type).toLowerCase() === 'mock') return [];
      return [{ method: key.startsWith('x-') ? 'ANY' : key.toUpperCase(), path, definition }];
    }),
  );
}

/** Which operation a finding is about: CDK takes no spaces in an id. */
export function findingAt({ method, path }: Pick<BodyOperation, 'method' | 'path'>): string {
  return `[${method}:${path}]`;
}

/** Operations without a security scheme that do not say they are public, and without a validator. */
export function validateBody(body: Node): BodyError[] {
  return operationsOf(body).flatMap((operation) => {
    const where = `${operation.method} ${operation.path}`;
    const at = findingAt(operation);
    const insecure = securityError(operation.definition, body);
    const unchecked = validatorError(operation.definition, body);
    return [
      ...(insecure ? [{ id: `Trellis-ApiSecurity${at}`, message: `${where} ${insecure}` }] : []),
      ...(unchecked ? [{ id: `Trellis-ApiValidator${at}`, message: `${where} ${unchecked}` }] : []),
    ];
  });
}

function securityError(operation: Node, body: Node): string | undefined {
  const security: readonly Node[] | undefined = operation.security ?? body.security;
  if (!security) {
    return 'has no `security`, so that everyone may call it: name a security scheme, or say `security: []`';
  }
  const schemes = body.components?.securitySchemes ?? body.securityDefinitions ?? {};
  for (const requirement of security) {
    const names = Object.keys(requirement);
    if (names.length === 0) return 'has an empty security requirement, so that everyone may call it';
    const unknown = names.find((name) => !(name in schemes));
    if (unknown) return `names the security scheme ${unknown}, which the document does not define`;
  }
  return undefined;
}

function validatorError(operation: Node, body: Node): string | undefined {
  const name = operation[VALIDATOR] ?? body[VALIDATOR];
  if (!name) return `has no \`${VALIDATOR}\`: name one of the document's validators`;
  const validator = body['x-amazon-apigateway-request-validators']?.[name];
  if (!validator) return `names the validator ${name}, which the document does not define`;
  if (validator.validateRequestBody || validator.validateRequestParameters) return undefined;
  return `has the validator ${name}, which checks nothing`;
}
