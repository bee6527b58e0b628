import { contentSizes } from '../../../lib/site/private/content-sizes.js';

const sizesOf = (...megabytes: number[]) => {
  const files = megabytes.map((size, index) => ({ path: `${index}`, size: size * 1024 * 1024 }));
  const { memorySize, ephemeralStorageSize } = contentSizes(files);
  return [memorySize, ephemeralStorageSize?.toMebibytes()];
};

it.each([
  ['small files', [1, 1], [1024, undefined]],
  ['a site of 500 MB', Array.from({ length: 500 }, () => 1), [1024, 570]],
  ['two large files', [400, 400], [1112, 873]],
  ['a file that is too large for a function', [20_000], [10_240, 10_240]],
])('memory is for the largest file and storage for the archive: %s', (_case, files, sizes) =>
  expect(sizesOf(...files)).toEqual(sizes),
);
