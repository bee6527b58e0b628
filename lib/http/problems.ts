/** Statuses and titles of problems (RFC 9457), the same in responses of functions, of API Gateway and of the mock. */
export const PROBLEMS = {
  invalidRequest: { status: 400, title: 'The request is not valid' },
  invalidPath: { status: 400, title: 'The path is not a valid URL' },
  invalidJson: { status: 400, title: 'The body is not JSON' },
  missingBody: { status: 400, title: 'The body is missing' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  notFound: { status: 404, title: 'Not found' },
  methodNotAllowed: { status: 405, title: 'Method not allowed' },
  notAcceptable: { status: 406, title: 'Not acceptable' },
  bodyTooLarge: { status: 413, title: 'The body is too large' },
  unsupportedMediaType: { status: 415, title: 'Unsupported media type' },
  tooManyRequests: { status: 429, title: 'Too many requests' },
  internalError: { status: 500, title: 'Internal server error' },
  notImplemented: { status: 501, title: 'Not implemented' },
  badGateway: { status: 502, title: 'Bad gateway' },
  gatewayTimeout: { status: 504, title: 'Gateway timeout' },
} as const;
