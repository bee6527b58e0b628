/** A string in the browser's storage, or in memory if storage is disabled. */
export class Kept {
  private fallback: string | undefined;

  constructor(
    private readonly storage: () => Storage,
    private readonly key: string,
  ) {}

  get(): string | undefined {
    try {
      return this.storage().getItem(this.key) ?? undefined;
    } catch {
      return this.fallback;
    }
  }

  set(text: string | undefined): void {
    this.fallback = text;
    try {
      if (text === undefined) this.storage().removeItem(this.key);
      else this.storage().setItem(this.key, text);
    } catch {
      // Storage is disabled; the fallback has the value.
    }
  }
}
