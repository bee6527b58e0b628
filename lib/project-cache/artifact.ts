/** Contents of a layer that come from one npm package. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly bytes: number;
  /** Names that the project imports of it, by specifier; empty for a package that only other packages import. */
  readonly imports: Readonly<Record<string, string[] | '*'>>;
}

/** A built folder or archive in the cache's store; the `name` of an archive ends in .zip. */
export interface Artifact {
  readonly hash: string;
  readonly name: string;
  /** Unpacked size of all files. */
  readonly bytes: number;
  /** Unpacked size of each file. */
  readonly files: Readonly<Record<string, number>>;
  /** Size and modification time of each file in the store, by its path there. */
  readonly stamps: Readonly<Record<string, [size: number, mtimeMs: number]>>;
  /** Packages in a dependency layer. */
  readonly packages?: readonly Package[];
}
