/**
 * An error of the bundler. It is thrown while a template is resolved, where CDK writes `Resolution error:` before
 * the message once for each level of the template: this message stays as it is.
 */
export class BundlingError extends Error {
  constructor(text: string) {
    super(text);
    Object.defineProperty(this, 'message', { get: () => text, set: () => undefined });
  }
}
