/** Something the person at the keyboard can put right: the message says what was expected, given and to do. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}

const DISK: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota is used up',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
};

/** What the disk refuses, as something to put right; every other error as it is. */
export function asUserError(error: unknown): unknown {
  const { code = '', path = '', syscall } = error as NodeJS.ErrnoException;
  // Node reports a read-only disk so when it makes several folders.
  const why = code === 'ENOENT' && syscall === 'mkdir' ? 'it cannot be made there' : DISK[code];
  if (!why || !path) return error;
  return new LocalCloudError(
    `The local cloud must be able to write ${path}, but ${why}.\n` +
      'Make room for it there, or choose other folders: TRELLIS_STATE_DIR for its data (default .trellis), ' +
      'XDG_CACHE_HOME for its tools (default ~/.cache).',
  );
}
