/** Returns the name that was probably meant by another one; undefined if none is similar. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase();
  const candidates = names.map((candidate) => {
    const lower = candidate.toLowerCase();
    const isPart = Math.min(lower.length, wanted.length) >= 4 && isStart(lower, wanted);
    return { candidate, distance: isPart ? 1 : distance(wanted, lower) };
  });
  const [best] = candidates.sort((a, b) => a.distance - b.distance);
  return best && best.distance <= Math.max(1, Math.floor(name.length / 3)) ? best.candidate : undefined;
}

function isStart(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a);
}

/** Edits that lead from one text to the other (Levenshtein), where two letters in the wrong order are one. */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1];
      row[j] = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwapped) row[j] = Math.min(row[j]!, before[j - 2]! + 1);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
