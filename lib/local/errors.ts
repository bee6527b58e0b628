/** An error that the user can fix: the message has the expected value, the actual value and the remedy. */
export class LocalCloudError extends Error {
  override readonly name = 'LocalCloudError';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota is used up',
  EISDIR: 'it is a folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is not a folder',
  EPERM: 'permission denied',
  EROFS: 'the disk is read-only',
};

/** Converts an error of the file system to an error with a remedy; returns other errors unchanged. */
export function asUserError(error: unknown): unknown {
  const { code = '', path = '', syscall } = error as NodeJS.ErrnoException;
  // Node.js reports a read-only disk as ENOENT when it creates several folders.
  const reason = code === 'ENOENT' && syscall === 'mkdir' ? 'it cannot be created' : REASONS[code];
  if (!reason || !path) return error;
  return new LocalCloudError(
    `The local cloud must be able to write ${path}, but ${reason}.\n` +
      'Make the path writable, or choose other folders: TRELLIS_STATE_DIR for its data (default .trellis), ' +
      'XDG_CACHE_HOME for its tools (default ~/.cache).',
  );
}
