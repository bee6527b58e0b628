/**
 * Returns whether a path matches a pattern: `*` stands for any characters but a slash, `**` for any characters. A
 * pattern without a slash matches names in every folder, as in .gitignore.
 */
export function matches(pattern: string, path: string): boolean {
  const source = pattern.replace(/\*\*\/?|\*|[^*]/g, (part) => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    return part === '*' ? '[^/]*' : part.replace(/[\\^$.|?+()[\]{}]/, '\\$&');
  });
  return new RegExp(`^${pattern.includes('/') ? '' : '(?:.*/)?'}${source}$`, 's').test(path);
}
