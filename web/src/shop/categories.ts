/** The departments of the shop, in the order of its navigation. */
export const CATEGORIES = ['home', 'kitchen', 'lighting', 'pantry', 'stationery', 'travel'] as const;

export function nameOf(category: string): string {
  const words = category.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
